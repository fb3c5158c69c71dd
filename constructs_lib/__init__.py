"""CDK constructs for a pod network. Each takes keyword arguments and the part of a plan that describes it."""

from constructs_lib.acknowledgement import acknowledge
from constructs_lib.applied_manifests import AppliedManifests
from constructs_lib.auto_mode_cluster import AutoModeCluster
from constructs_lib.auto_mode_pods import AutoModePods
from constructs_lib.cluster_vpc import ClusterVpc
from constructs_lib.egress import Egress, EgressInputs
from constructs_lib.endpoints import Endpoints
from constructs_lib.flow_logs import FlowLogs
from constructs_lib.monitoring import Monitoring
from constructs_lib.node_role import NodeRole
from constructs_lib.pod_network import PodNetwork
from constructs_lib.pod_security_group import PodSecurityGroup
from constructs_lib.podspace_checks import PodspaceChecks
from constructs_lib.validation_report import validation_failed
from constructs_lib.vpc_cni_add_on import VpcCniAddOn

__all__ = [
    "AppliedManifests",
    "AutoModeCluster",
    "AutoModePods",
    "ClusterVpc",
    "Egress",
    "EgressInputs",
    "Endpoints",
    "FlowLogs",
    "Monitoring",
    "NodeRole",
    "PodNetwork",
    "PodSecurityGroup",
    "PodspaceChecks",
    "VpcCniAddOn",
    "acknowledge",
    "validation_failed",
]
