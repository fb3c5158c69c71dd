"""VPC endpoints, flow logs, monitoring and prices."""
