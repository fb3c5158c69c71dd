"""VPC endpoints, flow logs and prices."""
