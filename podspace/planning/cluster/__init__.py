"""The cluster: the cluster itself, the role of its nodes, and security groups."""
