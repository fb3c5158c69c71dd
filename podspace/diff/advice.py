"""Why changes have their effects, and what to do about them, as docs/growing.md says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from podspace.cidr import VPC_CIDR_PAGE
from podspace.diff.change import Advice, Effect
from podspace.diff.removal import removal_steps
from podspace.planning import Plan, Resource

_TEMPLATES: Final = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference"
_SUBNET: Final = f"{_TEMPLATES}/aws-resource-ec2-subnet.html"
_FLOW_LOG: Final = f"{_TEMPLATES}/aws-resource-ec2-flowlog.html"
_CLUSTER: Final = f"{_TEMPLATES}/aws-resource-eks-cluster.html"
_DELETE_SUBNET: Final = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteSubnet.html"
_NAT_GATEWAY: Final = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NatGateway.html"
_DELETE_GROUP: Final = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteSecurityGroup.html"
_IPV6: Final = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DisassociateSubnetCidrBlock.html"
_NETWORK: Final = "https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html"
_RULES: Final = "https://docs.aws.amazon.com/eks/latest/userguide/sec-group-reqs.html"
_SECOND_NETWORK: Final = (
    "deploy a second pod network with other addresses",
    "move the workloads to its NodePools",
    "remove this network",
)

_REPLACED_SUBNET: Final = Advice(
    cause="zone and CIDR of a subnet cannot change: CloudFormation creates the new subnet before it deletes the old "
    "one, EC2 refuses it because the addresses are taken, and the deployment is rolled back",
    source=_SUBNET,
    inferred=True,
    steps=_SECOND_NETWORK,
)
_REPLACED_FLOW_LOG: Final = Advice(
    cause="a flow log cannot change: CloudFormation creates the new one before it deletes the old one; no page says "
    "whether EC2 accepts a second flow log of the same resource until then",
    steps=(
        "deploy the stack",
        "if EC2 answers FlowLogAlreadyExists, remove flow_logs and deploy, then add it again and deploy: the log group "
        "stays in the account with its records, and a new one is created",
    ),
    source=_FLOW_LOG,
    inferred=True,
)
_REMOVED_SUBNET: Final = Advice(cause="EC2 deletes no subnet that is in use", source=_DELETE_SUBNET)
_OTHER_ADDRESSES: Final = Advice(
    cause="pods leave the VPC with other addresses: other networks that admit the old ones by address refuse them"
)
_OTHER_GROUP: Final = Advice(
    cause="pods of running nodes stay in this group until their nodes are replaced, and EC2 deletes no security group "
    "that is in use",
    source=_DELETE_GROUP,
)
_OTHER_GROUP_RULE: Final = Advice(
    cause="pods of running nodes stay in the old group until their nodes are replaced, and from the deployment on this "
    "traffic is refused",
    keep="keep pods.security_group",
    steps=(
        "apply the new manifests",
        "replace the nodes, and wait until no interface is in the old group",
        "deploy the stack",
    ),
    source=_RULES,
    inferred=True,
)
_REMOVED_RULE: Final = Advice(
    cause="from the deployment on this traffic is refused, unless a rule outside this stack admits it", source=_RULES
)
_NETWORK_ADVICE: Final[Mapping[tuple[str, Effect], Advice]] = {
    ("stack", "replaced"): Advice(
        cause="CloudFormation creates another stack next to the deployed one, and in the same VPC EC2 refuses its "
        "subnets, because the addresses are taken",
        keep="keep name, cluster.name and environment, or set stack.name to the name of the deployed stack",
        steps=_SECOND_NETWORK,
        inferred=True,
    ),
    ("stack", "removed"): Advice(
        cause="the stack stays in the account, and no file describes it",
        keep="keep the file",
        steps=(
            "delete the NodePools and wait until their nodes are gone",
            "run `cdk destroy` with the old file",
            "delete the file",
        ),
    ),
    ("VPC", "replaced"): Advice(
        cause="resources cannot move to another VPC: CloudFormation creates all of them there, and cannot delete the "
        "subnets that are in use here",
        keep="keep vpc",
        steps=_SECOND_NETWORK,
        source=_SUBNET,
        inferred=True,
    ),
    ("selector tag", "replaced"): Advice(
        cause="the NodeClasses in the cluster select no pod subnet from the deployment until the new manifests are "
        "applied",
        keep="keep name and cluster.name",
        steps=_SECOND_NETWORK,
    ),
}
_RESOURCE_ADVICE: Final[Mapping[tuple[str, Effect], Advice]] = {
    ("cluster", "replaced"): Advice(
        cause="EKS cannot change it: CloudFormation creates another cluster, which EKS refuses under the same name",
        steps=("create another cluster with another name", "move the workloads", "remove this cluster"),
        source=_CLUSTER,
        inferred=True,
    ),
    ("cluster", "removed"): Advice(
        cause="CloudFormation deletes the cluster, which EKS refuses with deletion_protection", source=_CLUSTER
    ),
    ("cluster", "refused"): Advice(
        cause="EKS accepts only subnets in the zones that the control plane has already",
        keep="keep cluster.create.zones, or the first two zones if it is left out",
        source=_NETWORK,
    ),
    ("CIDR block", "replaced"): Advice(
        cause="the size of a CIDR block cannot change: CloudFormation adds the new one before it removes the old one, "
        "and EC2 refuses it because they overlap",
        steps=("append another CIDR block", "replace the nodes", "remove the old CIDR block when no subnet is in it"),
        source=VPC_CIDR_PAGE,
        inferred=True,
    ),
    ("CIDR block", "removed"): Advice(cause="EC2 removes no CIDR block with subnets in it", source=VPC_CIDR_PAGE),
    ("pod subnet", "replaced"): _REPLACED_SUBNET,
    ("pod subnet", "removed"): _REMOVED_SUBNET,
    ("VPC subnet", "replaced"): _REPLACED_SUBNET,
    ("VPC subnet", "removed"): _REMOVED_SUBNET,
    ("pod subnet", "refused"): Advice(
        cause="EC2 takes no IPv6 CIDR from a subnet while interfaces have addresses of it",
        keep="keep pods.ipv6_subnets, and append to it",
        source=_IPV6,
        inferred=True,
    ),
    ("NAT gateway", "replaced"): _OTHER_ADDRESSES,
    ("NAT gateway", "removed"): _OTHER_ADDRESSES,
    ("NAT gateway", "updated"): _OTHER_ADDRESSES,
    ("NAT gateway", "refused"): Advice(
        cause="CloudFormation creates NAT gateways before it deletes others, and EC2 refuses one whose Elastic IP "
        "address is still associated with another (Resource.AlreadyAssociated): the deployment is rolled back",
        keep="keep the name, subnets and allocation_ids of its egress entry",
        steps=(
            "give the entry another name, and other allocation_ids if it has any, so that the new NAT gateways have "
            "other addresses",
            *removal_steps("NAT gateway", "replaced"),
            "to use the former allocation_ids again, write them and deploy once more",
        ),
        source=_NAT_GATEWAY,
        inferred=True,
    ),
    ("Elastic IP address", "removed"): _OTHER_ADDRESSES,
    ("route", "updated"): replace(
        _OTHER_ADDRESSES,
        cause="pods leave the VPC by another gateway: other networks may see another address, and open connections "
        "break",
    ),
    ("route propagation", "updated"): Advice(
        cause="pods reach the propagated destinations by another virtual private gateway, and open connections break"
    ),
    ("route propagation", "removed"): Advice(
        cause="the pod route tables lose the propagated routes: pods no longer reach these destinations, or reach "
        "them by another route"
    ),
    ("route", "removed"): Advice(
        cause=("pods that use the route no longer reach this destination, or reach it by another route")
    ),
    ("pod security group", "replaced"): _OTHER_GROUP,
    ("pod security group", "updated"): Advice(
        cause="pods of running nodes may then reach only what is listed; until the rules of the list are created, "
        "moments later, new connections are refused",
        keep="keep pods.security_group.egress",
        steps=(
            "find what pods reach, for example in the flow logs, and list it",
            "deploy the stack at a time of little traffic",
        ),
        source=f"{_TEMPLATES}/aws-resource-ec2-securitygroup.html",
        inferred=True,
    ),
    ("pod security group", "removed"): _OTHER_GROUP,
    ("security group rule", "replaced"): _REMOVED_RULE,
    ("security group rule", "removed"): _REMOVED_RULE,
    ("endpoint rule", "replaced"): _REMOVED_RULE,
    ("endpoint rule", "removed"): _REMOVED_RULE,
    ("flow log", "replaced"): _REPLACED_FLOW_LOG,
    ("node role", "replaced"): Advice(
        cause="running nodes have the old role until they are replaced", keep="keep name and cluster.name"
    ),
    ("functions that apply manifests", "removed"): Advice(
        cause="the deployment deletes the NodePools and NodeClasses that it applied, and their nodes with them"
    ),
    ("log group", "removed"): Advice(cause="it stays in the account with its records"),
    ("bucket", "removed"): Advice(cause="it stays in the account with its records"),
}
_NO_CONSEQUENCE: Final = ("added", "updated")


def advice_on_network(kind: str, effect: Effect) -> Advice:
    """Advice on a change of the whole network."""
    return _NETWORK_ADVICE[kind, effect]


def advice_on_replaced_flow_log() -> Advice:
    """Advice on a flow log that the config does not change and that a new version of podspace replaces."""
    return _REPLACED_FLOW_LOG


def advice_on_resource(resource: Resource, effect: Effect, *, loses: bool, old: Plan, new: Plan) -> Advice:
    """Advice on the change of a resource: how to keep it, and how to change or remove it safely."""
    if effect in _NO_CONSEQUENCE and not loses:
        return Advice()
    if effect == "removed" and not loses and resource.kind in ("security group rule", "endpoint rule"):
        return Advice(cause="other rules of this stack admit the same traffic")
    advice = _RESOURCE_ADVICE.get((resource.kind, effect), Advice())
    if resource.kind == "security group rule" and old.pod_group.origin != new.pod_group.origin:
        advice = _OTHER_GROUP_RULE
    if resource.type == "AWS::EC2::Subnet" and effect != "refused" and (order := _order(old, new)):
        return replace(advice, keep=order, steps=_SECOND_NETWORK)
    return replace(
        advice,
        keep=advice.keep or f"keep {' and '.join(resource.keys)}",
        steps=advice.steps or removal_steps(resource.kind, effect),
    )


def _order(old: Plan, new: Plan) -> str:
    """What to keep in the config if the subnets of a list follow from it."""
    before, after = old.pods.layout, new.pods.layout
    if before.prefix and after.prefix and before.prefix != after.prefix:
        return f"keep pods.subnet_prefix: {before.prefix}"
    common = min(len(before.zones), len(after.zones))
    if before.prefix and after.prefix and before.zones[:common] != after.zones[:common]:
        return (
            f"keep pods.zones in their order, {', '.join(before.zones)}, and append new ones; only with a map "
            "(pods.subnets) can zones be added and removed in any order"
        )
    return ""
