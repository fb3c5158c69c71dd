"""Services: endpoints, flow logs, prices."""
