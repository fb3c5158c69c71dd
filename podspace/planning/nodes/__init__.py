"""Nodes: NodeClasses, NodePools, snatPolicy, and the VPC CNI of managed node groups."""
