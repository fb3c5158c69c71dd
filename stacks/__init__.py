"""The stack of a pod network, composed of the constructs of `constructs_lib`. Installed as `podspace.stacks`."""

from .feature_flags import FEATURE_FLAGS
from .pod_network_stack import PodNetworkStack

__all__ = ["FEATURE_FLAGS", "PodNetworkStack"]
