"""CDK constructs for a pod network: each takes keyword arguments and one slice of a plan."""

from constructs_lib.acknowledgement import acknowledge
from constructs_lib.egress import Egress
from constructs_lib.node_role import NodeRole
from constructs_lib.pod_network import PodNetwork
from constructs_lib.pod_security_group import PodSecurityGroup
from constructs_lib.validation_report import validation_failed

__all__ = [
    "Egress",
    "NodeRole",
    "PodNetwork",
    "PodSecurityGroup",
    "acknowledge",
    "validation_failed",
]
