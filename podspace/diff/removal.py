"""How to remove or replace each kind of resource safely: what to do, in order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from podspace.diff.change import Effect

_DEPLOY: Final = "deploy the stack"
_APPLY: Final = "apply the new manifests"
_ADMIT: Final = "admit the new addresses in firewalls and security groups of other networks"
_WITHDRAW: Final = "remove the old addresses there"
_REPLACE_NODES: Final = "replace the nodes, and wait until no interface is in it"
_UNUSED: Final = "make sure that no pod sends traffic through it, for example in the flow logs"

_STEPS: Final[Mapping[str, tuple[str, ...]]] = {
    "CIDR block": (_APPLY, "replace the nodes whose pods have addresses of it", "wait until they are gone", _DEPLOY),
    "pod subnet": (_APPLY, "replace the nodes whose pods have addresses of it", "wait until they are gone", _DEPLOY),
    "VPC subnet": (_APPLY, "replace the nodes in it", "delete the load balancers in it", _DEPLOY),
    "prefix reservation": (_DEPLOY,),
    "share": ("remove the clusters of the other accounts from the pod subnets", _DEPLOY),
    "internet gateway": (_UNUSED, "remove the NAT gateways and load balancers that need it", _DEPLOY),
    "attachment of the internet gateway": (_UNUSED, _DEPLOY),
    "route table": (_DEPLOY,),
    "route table association": (_DEPLOY,),
    "route": (_UNUSED, "give the destination another route if pods still need it", _DEPLOY),
    "route propagation": (_UNUSED, "add routes to the destinations that pods still need", _DEPLOY),
    "NAT gateway": (_ADMIT, _DEPLOY, _WITHDRAW),
    "Elastic IP address": (_ADMIT, _DEPLOY, _WITHDRAW),
    "egress-only gateway": (_UNUSED, "give the destinations another route if pods still need them", _DEPLOY),
    "transit gateway attachment": (_UNUSED, "remove the routes of other networks to this VPC", _DEPLOY),
    "core network attachment": (
        _UNUSED,
        "make sure that no other network sends traffic to this VPC through it",
        _DEPLOY,
    ),
    "cluster": (
        "move the workloads to another cluster",
        "delete the NodePools and wait until their nodes are gone",
        "set cluster.create.deletion_protection to false and deploy",
        "deploy the new config",
    ),
    "access entry": ("make sure that the principal no longer needs access to the cluster", _DEPLOY),
    "node role": (
        "create a NodeClass with the new role, and move the NodePools to it",
        "wait until no node has the old role",
        _DEPLOY,
    ),
    "pod security group": (_APPLY, _REPLACE_NODES, _DEPLOY),
    "security group rule": ("admit the traffic that pods still need by a rule outside this stack", _DEPLOY),
    "endpoint rule": ("make sure that the endpoints admit the pods by another rule", _DEPLOY),
    "gateway endpoint": ("make sure that pods reach the service by another route", _DEPLOY),
    "interface endpoint": ("make sure that pods reach the service by another route", _DEPLOY),
    "security group of endpoints": (_DEPLOY,),
    "flow log": ("make sure that no new records are needed", _DEPLOY),
    "alarm": ("make sure that another alarm watches it, if it still exists", _DEPLOY),
    "delivery of IPAM logs": ("make sure that no new records are needed", _DEPLOY),
    "log group": (_DEPLOY, "delete it in the account when its records are no longer needed"),
    "bucket": (_DEPLOY, "delete it in the account when its records are no longer needed"),
    "VPC CNI add-on": ("move the workloads off the managed node groups", _DEPLOY),
    "configuration of the VPC CNI": ("give the add-on its new configuration", "replace the managed nodes"),
    "ENIConfig": ("replace the managed nodes that use it", "delete it in the cluster"),
    "functions that apply manifests": (
        "apply NodePools of other names with kubectl",
        "wait until the workloads are on their nodes",
        _DEPLOY,
    ),
}


def removal_steps(kind: str, effect: Effect) -> tuple[str, ...]:
    """The steps that remove or change a resource of a kind safely; none if the service refuses the change."""
    return () if effect == "refused" else _STEPS.get(kind, (_DEPLOY,))
