"""The cluster, the role of its nodes, and security groups."""
