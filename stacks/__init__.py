"""Stacks: the constructs of the library, composed."""

from stacks.pod_network_stack import PodNetworkStack

__all__ = ["PodNetworkStack"]
