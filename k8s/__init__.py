"""cdk8s constructs of NodeClass, NodePool and ENIConfig, and the chart of a plan. Installed as `podspace.k8s`.

It needs cdk8s, which `pip install 'eks-podspace[k8s]'` installs.
"""

from .chart import PodNetworkChart
from .eni_config import ENIConfig
from .manifest import manifests_of
from .node_class import NodeClass
from .node_pool import NodePool

__all__ = ["ENIConfig", "NodeClass", "NodePool", "PodNetworkChart", "manifests_of"]
