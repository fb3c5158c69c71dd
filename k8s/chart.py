"""The chart of one pod network."""

from __future__ import annotations

from cdk8s import Chart
from constructs import Construct

from podspace.planning import Plan
from podspace.planning.nodes.manifests import NETWORK_POLICY_SWITCH

from .manifest import ManifestObject
from .node_class import NodeClass
from .node_pool import NodePool


class PodNetworkChart(Chart):
    """The objects of a plan: the ConfigMap that enables network policies, if requested, NodeClasses, NodePools."""

    def __init__(self, scope: Construct, construct_id: str, *, plan: Plan) -> None:
        """Define the objects in the order in which they are applied.

        Args:
            scope: the cdk8s app.
            construct_id: the id of the chart, unique in the app.
            plan: the plan of the pod network.
        """
        super().__init__(scope, construct_id)
        if plan.enable_network_policy:
            ManifestObject(self, "ConfigMap-amazon-vpc-cni", manifest=NETWORK_POLICY_SWITCH)
        for node_class in plan.node_classes:
            NodeClass(
                self,
                f"NodeClass-{node_class.name}",
                name=node_class.name,
                spec=node_class.spec,
                labels=node_class.metadata.labels,
                annotations=node_class.metadata.annotations,
            )
        for node_pool in plan.node_pools:
            NodePool(
                self,
                f"NodePool-{node_pool.name}",
                name=node_pool.name,
                spec=node_pool.spec,
                labels=node_pool.metadata.labels,
                annotations=node_pool.metadata.annotations,
            )
