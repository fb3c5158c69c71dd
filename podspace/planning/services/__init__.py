"""Services: endpoints, flow logs, monitoring, prices."""
