"""Stack and zones: where a plan is deployed to."""

from __future__ import annotations

from collections.abc import Iterator

from podspace.deployment import Deployment
from podspace.diagnostic import Diagnostic, error, ok, warning
from podspace.live.aws.call import DESCRIBE_ZONES
from podspace.live.aws.network import Network
from podspace.live.aws.vpc import Zone
from podspace.planning.origin import existing_ids, id_of

_DRIFT_PAGE = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-drift.html"
_LOCAL_ZONE_PAGE = "https://docs.aws.amazon.com/local-zones/latest/ug/getting-started.html"
_STACK_PAGE = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html"


_UPDATE_PAGE = (
    "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-update-behaviors.html"
)
_NOT_ENABLED = "not-opted-in"


def stack(deployment: Deployment) -> Iterator[Diagnostic]:
    """The stack can be deployed, for the first time or again."""
    state, name = deployment.stack.state, deployment.plan.stack_name
    if state is None:
        yield ok("stack", name, "is not deployed yet")
    elif state.stack_status == "ROLLBACK_COMPLETE":
        text = "the first deployment of the stack failed (ROLLBACK_COMPLETE)"
        yield error("stack", name, text, fix="delete the stack, which is empty, and deploy again", source=_STACK_PAGE)
    elif state.stack_status.endswith("_FAILED"):
        fix = "read its events; correct the cause or roll the stack back before you deploy"
        yield error("stack", name, f"the stack is {state.stack_status}", fix=fix, source=_STACK_PAGE)
    elif state.stack_status.endswith("_IN_PROGRESS"):
        yield error("stack", name, f"the stack is {state.stack_status}", fix="wait until that operation ends")
    else:
        number = len(deployment.stack.resources)
        yield ok("stack", name, f"is deployed ({state.stack_status}) with {number} resources")


def stack_resources(deployment: Deployment) -> Iterator[Diagnostic]:
    """The stack did not create what the config names as existing; the deployment would delete such a resource."""
    plan, live = deployment.plan, deployment.stack
    if live.state is None:
        return
    names = {"AWS::EKS::Cluster": id_of(plan.cluster.origin), "AWS::IAM::Role": id_of(plan.node_role.origin)}
    subnets = [id for ids in plan.pods.subnet_ids.values() for id in ids]
    for each in live.created_of({*existing_ids(plan), *subnets}, names):
        text = f"the stack {live.name} created this {each.resource_type}, and the config names it as existing: the "
        text += "deployment would delete it"
        fix = "use the config that the stack was deployed from; for another pod network, choose another name"
        yield error("stack-resources", each.service_id, text, fix=fix, source=_UPDATE_PAGE)


def drift(deployment: Deployment, network: Network) -> Iterator[Diagnostic]:
    """The resources that the stack created in the VPC still exist; CloudFormation does not recreate a deleted one."""
    if deployment.stack.state is None:
        return
    associations = {block.association_id for block in network.existing.blocks if block.present}
    for resource_type, existing in (
        ("AWS::EC2::Subnet", set(network.subnets)),
        ("AWS::EC2::VPCCidrBlock", associations),
        ("AWS::EC2::RouteTable", {table.route_table_id for table in network.route_tables}),
    ):
        for missing in sorted(set(deployment.stack.of_type(resource_type)) - existing):
            text = f"{missing}, a {resource_type} of this stack, no longer exists"
            fix = "run `aws cloudformation detect-stack-drift`, then restore it or remove it from the stack"
            yield error("drift", missing, text, fix=fix, source=_DRIFT_PAGE)


def zones(deployment: Deployment) -> Iterator[Diagnostic]:
    """The zones of the pods exist in this account, are available, and Local Zones are enabled."""
    zones = deployment.account.read(DESCRIBE_ZONES, Zone)
    known = {key: zone for zone in zones for key in (zone.name, zone.zone_id)}
    for name in deployment.plan.pods.zones:
        zone = known.get(name)
        if zone is None:
            usable = ", ".join(sorted({each.name for each in zones if each.opt_in_status != _NOT_ENABLED}))
            fix = f"choose one of {usable}"
            yield error("zones", name, f"zone {name} does not exist in this account", fix=fix)
        elif zone.state != "available":
            yield warning("zones", name, f"zone {name} is {zone.state}", fix="deploy when it is available again")
        elif zone.opt_in_status == _NOT_ENABLED:
            text = f"zone {name} is not enabled in this account; EC2 creates no subnet there"
            yield error("zones", name, text, fix=_enable(zone), source=_LOCAL_ZONE_PAGE)
        else:
            local = f", a Local Zone of {zone.parent_name}" if zone.zone_type == "local-zone" else ""
            yield ok("zones", name, f"is available ({zone.zone_id}){local}")


def _enable(zone: Zone) -> str:
    command = f"aws ec2 modify-availability-zone-group --group-name {zone.group_name} --opt-in-status opted-in"
    return f"run `{command}`"
