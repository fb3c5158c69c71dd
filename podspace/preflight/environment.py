"""Account, stack and zones: where a plan is deployed to."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field

from podspace.diagnostic import Diagnostic, error, ok, warning
from podspace.live.aws.call import DESCRIBE_ZONES, GET_CALLER_IDENTITY
from podspace.live.aws.model import Ec2Model
from podspace.live.aws.network import Network
from podspace.live.aws.vpc import Zone
from podspace.preflight.scene import Scene

_DRIFT_PAGE = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-drift.html"
_STACK_PAGE = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html"


class _Identity(Ec2Model):
    account: str = Field(default="")


def account(scene: Scene) -> Iterator[Diagnostic]:
    """The account is the one the config names."""
    found = next((each.account for each in scene.account.read(GET_CALLER_IDENTITY, _Identity)), "")
    wanted = scene.config.environment.account
    if wanted and found != wanted:
        fix = "use the credentials of that account, or change environment.account"
        yield error("account", found, f"is not {wanted}, which environment.account names", fix=fix)
    else:
        yield ok("account", found, f"is the account, {scene.account.region} the region")


def stack(scene: Scene) -> Iterator[Diagnostic]:
    """The stack can be deployed, for the first time or again."""
    state = scene.stack.state
    name = scene.plan.stack_name
    if state is None:
        yield ok("stack", name, "is not deployed yet")
    elif state.stack_status == "ROLLBACK_COMPLETE":
        fix = "delete the stack, which holds nothing, and deploy again"
        yield error("stack", name, "failed when it was first deployed (ROLLBACK_COMPLETE)", fix=fix, source=_STACK_PAGE)
    elif state.stack_status.endswith("_FAILED"):
        fix = "look at its events, and mend it or roll it back, before you deploy"
        yield error("stack", name, f"is {state.stack_status}", fix=fix, source=_STACK_PAGE)
    elif state.stack_status.endswith("_IN_PROGRESS"):
        yield error("stack", name, f"is {state.stack_status}", fix="wait until it is done")
    else:
        yield ok("stack", name, f"is deployed already ({state.stack_status}), {len(scene.stack.resources)} resources")


def drift(scene: Scene, network: Network) -> Iterator[Diagnostic]:
    """What the stack made in the VPC is still there: CloudFormation makes nothing again that it believes is there."""
    if scene.stack.state is None:
        return
    associations = {block.association_id for block in network.existing.blocks if block.present}
    for resource_type, there in (
        ("AWS::EC2::Subnet", set(network.subnets)),
        ("AWS::EC2::VPCCidrBlock", associations),
        ("AWS::EC2::RouteTable", {table.route_table_id for table in network.route_tables}),
    ):
        for gone in sorted(set(scene.stack.made(resource_type)) - there):
            text = f"was made by this stack ({resource_type}), and is gone"
            fix = "look at `aws cloudformation detect-stack-drift`, and bring it back or take it out of the stack"
            yield error("drift", gone, text, fix=fix, source=_DRIFT_PAGE)


def zones(scene: Scene) -> Iterator[Diagnostic]:
    """The zones are there for this account."""
    known = {key: zone for zone in scene.account.read(DESCRIBE_ZONES, Zone) for key in (zone.name, zone.zone_id)}
    for name in scene.plan.pods.zones:
        zone = known.get(name)
        if zone is None:
            usable = ", ".join(sorted({each.name for each in known.values()}))
            yield error("zones", name, f"is not a zone of this account, which has {usable}", fix="choose one of those")
        elif zone.state != "available":
            yield warning("zones", name, f"is {zone.state}", fix="deploy when it is available again")
        elif zone.zone_type != "availability-zone":
            text = f"is a {zone.zone_type}; no AWS page says that EKS Auto Mode runs nodes there"
            yield warning("zones", name, text, fix="choose an availability zone")
        else:
            yield ok("zones", name, f"is available ({zone.zone_id})")
