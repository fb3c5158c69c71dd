"""The chart of one pod network."""

from __future__ import annotations

from cdk8s import Chart
from constructs import Construct

from k8s.manifest import define
from podspace.planning import Plan, manifests


class PodNetworkChart(Chart):
    """The NodeClasses and NodePools of a plan and, where it asks for it, the ConfigMap for network policies."""

    def __init__(self, scope: Construct, construct_id: str, *, plan: Plan) -> None:
        super().__init__(scope, construct_id)
        for manifest in manifests(plan):
            define(self, manifest)
