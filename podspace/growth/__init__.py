"""Config files that are appended to: zones and CIDR blocks, with every other byte as it is."""
