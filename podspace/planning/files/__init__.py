"""Files: configs read and planned together, stack outputs, zones and CIDR blocks to append."""
