"""Appending zones and CIDR blocks to config files, with every other byte unchanged."""
