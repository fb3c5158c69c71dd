"""The stacks of this app; the name is its own."""
