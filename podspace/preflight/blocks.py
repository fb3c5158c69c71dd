"""The blocks of the VPC: those the file names, those to be added, and what stands in their way."""

from __future__ import annotations

from collections.abc import Iterator

from podspace.cidr import QUOTA_PAGE, VPC_CIDR_PAGE, association_problems, route_problems
from podspace.diagnostic import Diagnostic, error, ok, warning
from podspace.live.aws.network import Network
from podspace.live.aws.quota import BLOCKS, quota
from podspace.live.aws.vpc import Block
from podspace.preflight.scene import Scene

_TGW_PAGE = "https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html"


def vpc_blocks(scene: Scene, network: Network) -> Iterator[Diagnostic]:
    """The file names every block that the VPC has."""
    vpc, named = network.existing, scene.config.vpc.cidrs
    known = {*named, *(block.cidr for block in scene.config.pods.cidrs)}
    others = [block.cidr for block in vpc.blocks if block.present and block.cidr not in known]
    fix = "write vpc.cidrs as `aws ec2 describe-vpcs` shows the blocks, the primary first"
    wrong = [f"has no {cidr}, which vpc.cidrs names" for cidr in named if cidr not in vpc.cidrs]
    if named[0] != vpc.primary:
        wrong.append(f"was created with {vpc.primary}, and vpc.cidrs begins with {named[0]}")
    for text in wrong:
        yield error("vpc-blocks", network.vpc_id, text, fix=fix, source=VPC_CIDR_PAGE)
    for cidr in others:
        text = f"has {cidr}, which vpc.cidrs does not name, so that no rule was held against it"
        yield warning("vpc-blocks", network.vpc_id, text, fix=fix)
    if not wrong and not others:
        yield ok("vpc-blocks", network.vpc_id, "has the blocks that vpc.cidrs names")


def pod_blocks(scene: Scene, network: Network) -> Iterator[Diagnostic]:
    """A block to be added is not there, unless this stack added it; one that is adopted is."""
    present = {block.cidr: block for block in network.existing.blocks if block.present}
    for planned in scene.plan.pods.blocks:
        yield _pod_block(scene, present.get(planned.cidr), str(planned.cidr), adopted=planned.associated)


def _pod_block(scene: Scene, found: Block | None, cidr: str, *, adopted: bool) -> Diagnostic:  # noqa: PLR0911  one for each case
    if found is None and adopted:
        fix = "take `associated: true` away, and the deployment adds it"
        return error("pod-blocks", cidr, "is not associated with the VPC, as the file says", fix=fix)
    if found is None:
        return ok("pod-blocks", cidr, "is new, and the deployment adds it")
    if found.state.state != "associated":
        text = f"is {found.state.state}, and can be used once it is associated"
        return error("pod-blocks", cidr, text, fix="wait, then look again", source=VPC_CIDR_PAGE)
    if adopted and scene.is_our_block(found):
        text = "was added by this stack, and `associated: true` would have the deployment take it away"
        return error("pod-blocks", cidr, text, fix="take `associated: true` away")
    if adopted:
        return ok("pod-blocks", cidr, "is associated already, as the file says")
    if scene.is_our_block(found):
        return ok("pod-blocks", cidr, "is there already, made by this stack")
    fix = "write it as {cidr: …, associated: true} with a map of subnets, or choose another block"
    return error("pod-blocks", cidr, "is in the VPC already, and this stack did not add it", fix=fix)


def block_quota(scene: Scene, network: Network) -> Iterator[Diagnostic]:
    """The account's quota has room for the blocks to be added."""
    if not scene.new_blocks:
        return
    allowed, wanted = quota(scene.account, BLOCKS), len(network.existing.cidrs) + len(scene.new_blocks)
    if wanted > allowed:
        text = f"would have {wanted} IPv4 blocks, and the account's quota is {allowed}"
        fix = f"have quota {BLOCKS.code} raised, to 50 at most, or use fewer and larger blocks"
        yield error("block-quota", network.vpc_id, text, fix=fix, source=QUOTA_PAGE)
    else:
        yield ok("block-quota", network.vpc_id, f"will have {wanted} IPv4 blocks of {allowed}")


def block_associations(scene: Scene, network: Network) -> Iterator[Diagnostic]:
    """EC2 takes the blocks beside those there are, and beside the routes there are."""
    for block in scene.new_blocks:
        others = [cidr for cidr in (*network.existing.cidrs, *scene.new_blocks) if cidr != block]
        problems = [
            *association_problems(block, primary=network.existing.primary, beside=others),
            *route_problems(block, network.destinations),
        ]
        for problem in problems:
            yield error("block-associations", str(block), problem.message, fix=problem.fix, source=problem.source)
        if not problems:
            yield ok("block-associations", str(block), "fits the VPC's blocks and the routes of its tables")


def peers(scene: Scene, network: Network) -> Iterator[Diagnostic]:
    """No peer has a block that is to be added, and the file names the peers' blocks."""
    for peering in network.peerings:
        peer = peering.peer_of(network.vpc_id)
        where = f"{peering.peering_id} to {peer.vpc_id}"
        clashes = [(block, cidr) for block in scene.new_blocks for cidr in peer.cidrs if block.overlaps(cidr)]
        for block, cidr in clashes:
            text = f"has {cidr} on the other side, which {block} overlaps"
            yield error("peers", where, text, fix="choose a block that no peer has", source=VPC_CIDR_PAGE)
        requested = peering.requester.vpc_id == network.vpc_id
        if scene.new_blocks and requested and peering.status.code == "pending-acceptance":
            text = "waits to be accepted, and until then no block can be added to this side"
            yield error("peers", where, text, fix="have it accepted, or delete it", source=VPC_CIDR_PAGE)
        elif missing := [str(cidr) for cidr in peer.cidrs if cidr not in scene.config.vpc.peers]:
            fix = "add it to vpc.peers, so that synthesis holds new blocks against it"
            yield warning("peers", where, f"has {', '.join(missing)}, which vpc.peers does not name", fix=fix)
        elif not clashes:
            yield ok("peers", where, "has none of the pods' blocks")


def transit_gateways(scene: Scene, network: Network) -> Iterator[Diagnostic]:
    """No transit gateway of the VPC leads the pods' blocks to another network."""
    unique = {block.cidr for block in scene.config.pods.cidrs if block.unique}
    for attachment in network.attachments:
        if not attachment.association.transit_gateway_route_table_id and scene.plan.pods.blocks:
            text = "does not show this account its routes, so whether another network has the pods' blocks is not known"
            fix = "ask whoever owns it; nothing, while pods leave with another address"
            yield warning("transit-gateways", attachment.transit_gateway_id, text, fix=fix, source=_TGW_PAGE)
            continue
        for block in scene.plan.pods.blocks:
            routes = [route.to_cidr for route in network.routes_over(attachment, block.cidr)]
            where = f"{attachment.transit_gateway_id}, {block.cidr}"
            if not routes:
                yield ok("transit-gateways", where, "leads to no other network")
                continue
            text = f"leads {', '.join(routes)} to another network, so this VPC's route is not propagated"
            if block.cidr in unique:
                fix = "choose another block: it is declared `unique`"
                yield error("transit-gateways", where, text, fix=fix, source=_TGW_PAGE)
            else:
                fix = "nothing, while pods leave with another address (Random, or private NAT gateways)"
                yield warning("transit-gateways", where, text, fix=fix, source=_TGW_PAGE, inferred=True)
