"""A manifest of probe pods that try the network of a plan, and the comparison of their results with the plan."""
