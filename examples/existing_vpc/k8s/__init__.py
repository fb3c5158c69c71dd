"""The charts of this app; the name is its own."""
