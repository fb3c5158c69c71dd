"""The Kubernetes half: a cdk8s chart of the plan's typed objects."""

from k8s.chart import PodNetworkChart
from k8s.manifest import define, manifests_of

__all__ = ["PodNetworkChart", "define", "manifests_of"]
