"""Addresses: the VPC, its CIDR blocks, pod subnets and node subnets, IPv6, shared VPCs."""
