"""The stack of a pod network, composed of the constructs of `constructs_lib`. Installed as `podspace.stacks`."""

from .pod_network_stack import PodNetworkStack

__all__ = ["PodNetworkStack"]
