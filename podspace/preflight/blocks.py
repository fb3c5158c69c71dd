"""Checks of the CIDR blocks of the VPC: those that the config names, and new ones."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network

from podspace.cidr import VPC_CIDR_PAGE, association_problems, route_problems
from podspace.deployment import Deployment
from podspace.diagnostic import Diagnostic, error, ok, warning
from podspace.live.aws.network import Network
from podspace.live.aws.quota import quota
from podspace.live.aws.routing import Attachment
from podspace.live.aws.vpc import Block
from podspace.planning import CidrBlock
from podspace.planning.names import is_of_pods
from podspace.quota import BLOCKS, QUOTA_PAGE

_PEERING_API = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcPeeringConnections.html"
_TGW_PAGE = "https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html"


def vpc_blocks(deployment: Deployment, network: Network) -> Iterator[Diagnostic]:
    """`vpc.cidrs` names every CIDR block of the VPC, the primary first, except those of other pod networks."""
    vpc, named = network.existing, deployment.plan.vpc.named_cidrs
    planned = {block.cidr for plan in deployment.neighbours for block in plan.pods.blocks if not block.associated}
    known = {*named, *planned, *(block.cidr for block in deployment.plan.pods.blocks)}
    unnamed = [block.cidr for block in vpc.blocks if block.present and block.cidr not in known]
    others = [cidr for cidr in unnamed if not _of_another_network(deployment, network, cidr)]
    fix = "write vpc.cidrs as `aws ec2 describe-vpcs` shows the CIDR blocks, the primary first"
    missing = [cidr for cidr in named if cidr not in vpc.cidrs and cidr not in planned]
    wrong = [f"does not have {cidr}, which is in vpc.cidrs" for cidr in missing]
    if named[0] != vpc.primary:
        wrong.append(f"has the primary CIDR block {vpc.primary}; vpc.cidrs begins with {named[0]}")
    for text in wrong:
        yield error("vpc-blocks", network.vpc_id, text, fix=fix, source=VPC_CIDR_PAGE)
    for cidr in others:
        text = f"has {cidr}, which is not in vpc.cidrs; the plan was not checked against it"
        yield warning("vpc-blocks", network.vpc_id, text, fix=fix)
    if not wrong and not others:
        yield ok("vpc-blocks", network.vpc_id, "has the CIDR blocks in vpc.cidrs")


def _of_another_network(deployment: Deployment, network: Network, block: IPv4Network) -> bool:
    """Whether a CIDR block has subnets, and all are pod subnets of other pod networks, by their tags."""
    own = deployment.plan.pods.selector.items()
    subnets = [each for each in network.subnets.values() if each.cidr and each.cidr.subnet_of(block)]
    return bool(subnets) and all(is_of_pods(each.tags) and not own <= each.tags.items() for each in subnets)


def pod_blocks(deployment: Deployment, network: Network) -> Iterator[Diagnostic]:
    """The VPC does not have a new CIDR block yet, unless this stack associated it; it has each `associated` one."""
    present = {block.cidr: block for block in network.existing.blocks if block.present}
    for planned in deployment.plan.pods.blocks:
        yield _pod_block(deployment, planned, present.get(planned.cidr))


def _pod_block(deployment: Deployment, planned: CidrBlock, found: Block | None) -> Diagnostic:  # noqa: PLR0911  one for each case
    check, cidr = "pod-blocks", str(planned.cidr)
    if found is None and planned.associated:
        text = f"{cidr} is not associated with the VPC, but the config has `associated: true`"
        return error(check, cidr, text, fix="remove `associated: true`; the deployment then associates it")
    if found is None:
        return ok(check, cidr, "is associated by the deployment")
    if found.state.state != "associated":
        text = f"{cidr} is {found.state.state}; it can be used when it is associated"
        return error(check, cidr, text, fix="wait, then run preflight again", source=VPC_CIDR_PAGE)
    ours = deployment.stack.created(found.association_id)
    if planned.associated and ours:
        text = f"{cidr} was associated by this stack; with `associated: true` the deployment disassociates it"
        return error(check, cidr, text, fix="remove `associated: true`")
    if planned.associated:
        return ok(check, cidr, "is associated already, as in the config")
    if ours:
        return ok(check, cidr, "was associated by this stack")
    fix = "write it as {cidr: …, associated: true} with a map of subnets, or choose another CIDR block"
    return error(check, cidr, f"the VPC has {cidr} already, and this stack did not associate it", fix=fix)


def new_blocks(deployment: Deployment, network: Network) -> tuple[IPv4Network, ...]:
    """The CIDR blocks that the deployment associates."""
    present = network.existing.cidrs
    blocks = deployment.plan.pods.blocks
    return tuple(block.cidr for block in blocks if not block.associated and block.cidr not in present)


def block_quota(deployment: Deployment, network: Network) -> Iterator[Diagnostic]:
    """The new CIDR blocks are within the account's quota of CIDR blocks of a VPC."""
    new = new_blocks(deployment, network)
    if not new:
        return
    allowed, wanted = quota(deployment.account, BLOCKS), len(network.existing.cidrs) + len(new)
    text = f"will have {wanted} IPv4 CIDR blocks; the account's quota is {allowed}"
    if wanted > allowed:
        fix = f"request an increase of quota {BLOCKS.code}, to 50 at most, or use fewer and larger CIDR blocks"
        yield error("block-quota", network.vpc_id, text, fix=fix, source=QUOTA_PAGE)
    else:
        yield ok("block-quota", network.vpc_id, text)


def block_associations(deployment: Deployment, network: Network) -> Iterator[Diagnostic]:
    """EC2 accepts the new CIDR blocks next to the VPC's CIDR blocks and the routes of its route tables."""
    new = new_blocks(deployment, network)
    for block in new:
        others = [cidr for cidr in (*network.existing.cidrs, *new) if cidr != block]
        problems = [
            *association_problems(block, primary=network.existing.primary, others=others),
            *route_problems(block, network.destinations),
        ]
        for problem in problems:
            yield error("block-associations", str(block), problem.message, fix=problem.fix, source=problem.source)
        if not problems:
            yield ok("block-associations", str(block), "fits the VPC's CIDR blocks and routes")


def peers(deployment: Deployment, network: Network) -> Iterator[Diagnostic]:
    """No peered VPC has addresses of a new CIDR block, and `vpc.peers` names the CIDR blocks of peered VPCs."""
    new = new_blocks(deployment, network)
    for peering in network.peerings:
        peer = peering.peer_of(network.vpc_id)
        where = f"{peering.peering_id} to {peer.vpc_id}"
        clashes = [(block, cidr) for block in new for cidr in peer.cidrs if block.overlaps(cidr)]
        for block, cidr in clashes:
            text = f"the peered VPC has {cidr}, which overlaps {block}"
            yield error("peers", where, text, fix="choose a CIDR block that no peer has", source=VPC_CIDR_PAGE)
        requested = peering.requester.vpc_id == network.vpc_id
        if new and requested and peering.status.code == "pending-acceptance":
            text = "the peering is not accepted yet; until then no CIDR block can be associated with this VPC"
            yield error("peers", where, text, fix="have it accepted, or delete it", source=VPC_CIDR_PAGE)
        elif not peer.cidrs:
            yield Diagnostic(
                id="peers",
                severity="unknown",
                subject=where,
                message=f"the CIDR blocks of {peer.vpc_id} are not shown ({peering.status.code}), so it is not known "
                "whether they overlap those of the pods",
                fix=f"ask the owner of {peer.vpc_id}, and write its CIDR blocks as vpc.peers",
                source=_PEERING_API,
            )
        elif missing := [str(cidr) for cidr in peer.cidrs if cidr not in deployment.plan.vpc.peers]:
            text = f"the peered VPC has {', '.join(missing)}, which is not in vpc.peers"
            fix = "add it to vpc.peers, so that `cdk synth` checks new CIDR blocks against it"
            yield warning("peers", where, text, fix=fix)
        elif not clashes:
            yield ok("peers", where, "has no addresses of the pods' CIDR blocks")


def transit_gateways(deployment: Deployment, network: Network) -> Iterator[Diagnostic]:
    """No transit gateway of the VPC routes the pods' CIDR blocks to another network."""
    for attachment in network.attachments:
        if not attachment.association.transit_gateway_route_table_id and deployment.plan.pods.blocks:
            text = "this account cannot read its routes, so it is not known whether another network has pod addresses"
            fix = "ask its owner; no action needed if pods leave the VPC with another address"
            yield warning("transit-gateways", attachment.transit_gateway_id, text, fix=fix, source=_TGW_PAGE)
            continue
        for block in deployment.plan.pods.blocks:
            yield _routed_elsewhere(network, attachment, block)


def _routed_elsewhere(network: Network, attachment: Attachment, block: CidrBlock) -> Diagnostic:
    check, where = "transit-gateways", f"{attachment.transit_gateway_id}, {block.cidr}"
    routes = [route.to_cidr for route in network.routes_over(attachment, block.cidr)]
    if not routes:
        return ok(check, where, "is routed to no other network")
    text = f"routes {', '.join(routes)} to another network, so this VPC's route is not propagated"
    if block.unique:
        return error(check, where, text, fix="choose another CIDR block: this one is `unique`", source=_TGW_PAGE)
    fix = "no action needed if pods leave the VPC with another address (Random, or private NAT gateways)"
    return warning(check, where, text, fix=fix, source=_TGW_PAGE, inferred=True)
