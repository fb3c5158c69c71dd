"""Changes of the source addresses that other networks see after a change of snatPolicy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, Literal

from podspace.diff.change import Advice, Change
from podspace.planning import Plan
from podspace.planning.egress.gateway import PROPAGATED
from podspace.planning.nodes.snat import SNAT_PAGE

Policy = Literal["Random", "Disabled"]
SOURCE_ADDRESSES: Final = "source addresses"
_NAMES: Final = {"internet": "the internet", PROPAGATED: "networks whose routes are propagated"}
_INSIDE: Final = "inside the VPC pods keep their own addresses"


def source_address_changes(old: Plan, new: Plan) -> Iterator[Change]:
    """A change for each NodeClass, and for managed node groups, whose snatPolicy changes.

    Pods of an IPv6 cluster send IPv6 traffic with their own addresses under both policies.
    """
    if new.cluster.ip_family == "ipv6":
        return
    before, after = _policies(old), _policies(new)
    for pods, policy in before.items():
        later = after.get(pods, policy)
        if later != policy:
            yield Change(
                kind=SOURCE_ADDRESSES,
                name=f"of {pods}",
                effect="replaced",
                text=f"snatPolicy {policy} to {later}",
                advice=_advice(old, new, later),
            )


def _policies(plan: Plan) -> Mapping[str, Policy]:
    """The snatPolicy that decides for the traffic of some pods."""
    found: dict[str, Policy] = {
        f"pods of NodeClass {each.metadata.name}": each.spec.snat_policy or "Random" for each in plan.node_classes
    }
    if plan.vpc_cni:
        found["pods of managed node groups"] = plan.vpc_cni.snat_policy
    return found


def _advice(old: Plan, new: Plan, policy: Policy) -> Advice:
    others = ", ".join(_others(old, new)) or "networks outside the VPC"
    pods = ", ".join(str(block.cidr) for block in new.pods.blocks) or "the pod subnets"
    if policy == "Random":
        seen = f"the addresses of nodes instead of those of pods ({pods})"
        routes = "traffic follows the route tables of the node subnets, and their NAT gateways"
        admitted = "the addresses of the node subnets and of their NAT gateways"
    else:
        seen = f"the addresses of pods ({pods}) instead of those of nodes"
        routes = "traffic follows the route tables of the pod subnets, and their gateways"
        admitted = "the CIDR blocks of the pods and the addresses of their gateways"
    return Advice(
        cause=f"other addresses are seen by {others}: traffic to them has {seen}, unless a NAT gateway translates it; "
        f"{routes}; {_INSIDE}",
        keep="keep the snat_policy",
        steps=(
            f"admit {admitted} in firewalls and security groups of those networks",
            "check that these route tables have a route to each of those networks",
            "apply the new manifests",
            "remove the old addresses from the firewalls and security groups",
        ),
        source=SNAT_PAGE,
        inferred=True,
    )


def _others(old: Plan, new: Plan) -> tuple[str, ...]:
    """The networks outside the VPC that a config names, in words."""
    plans = (old, new)
    peers = [f"peered VPC {cidr}" for plan in plans for cidr in plan.vpc.peers]
    routed = [f"network {cidr}" for plan in plans for cidr in plan.vpc.routes]
    egress = [_NAMES.get(to, f"network {to}") for plan in plans for entry in plan.pods.egress for to in entry.to]
    return tuple(dict.fromkeys((*peers, *routed, *egress)))
