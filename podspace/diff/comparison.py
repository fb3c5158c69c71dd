"""What a deployment of one plan over another does to what is deployed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from podspace.diff.advice import advice_on_network, advice_on_resource
from podspace.diff.change import EFFECTS, Change, Effect
from podspace.diff.coverage import is_covered
from podspace.diff.described import described_resources
from podspace.diff.difference import Titles, differences, worded
from podspace.diff.manifest_changes import manifest_changes
from podspace.diff.source_addresses import source_address_changes
from podspace.planning import Plan, Resource
from podspace.planning.inventory import KUBERNETES_OBJECT, ConstructPath

STACK = "stack"
VPC = "VPC"
SELECTOR_TAG = "selector tag"


def compare(old: Plan, new: Plan) -> tuple[Change, ...]:
    """Every change between two plans of one network, the worst last.

    Appending zones and CIDR blocks yields only changes that add or update.
    """
    if moved := _moved(old, new):
        return (moved,)
    found = [
        *_selector_tag(old, new),
        *resource_changes(old, new),
        *source_address_changes(old, new),
        *manifest_changes(old, new),
    ]
    return tuple(sorted(found, key=lambda change: EFFECTS.index(change.effect)))


def removed_network(old: Plan) -> Change:
    """The change that a network has no config file any more."""
    return Change(
        kind=STACK,
        name=old.stack_name,
        effect="removed",
        text="no file describes it",
        loses=True,
        advice=advice_on_network(STACK, "removed"),
        subnets=_subnets(old.resources()),
    )


def _moved(old: Plan, new: Plan) -> Change | None:
    """Another stack or another VPC, in which everything is created anew; that is one change."""
    for kind, before, after in (
        (STACK, _stack(old, other=new), _stack(new, other=old)),
        (VPC, _vpc(old), _vpc(new)),
    ):
        if before != after:
            return Change(
                kind=kind,
                name=before,
                effect="replaced",
                text=f"by {after}",
                loses=True,
                advice=advice_on_network(kind, "replaced"),
                subnets=_subnets(old.resources()),
            )
    return None


def _stack(plan: Plan, *, other: Plan) -> str:
    """A stack in words; without the account if one of both plans names none."""
    both = plan.stack.account and other.stack.account
    where = f"{plan.region} of account {plan.stack.account}" if both else plan.region
    return f"{plan.stack_name} in {where}"


def _vpc(plan: Plan) -> str:
    return plan.vpc.id or f"new VPC with {plan.vpc.cidrs[0]}"


def _selector_tag(old: Plan, new: Plan) -> Iterator[Change]:
    """The tag by which NodeClasses select the pod subnets, in a stack that keeps its name."""
    (before,), (after,) = old.pods.selector, new.pods.selector
    subnets = tuple(str(subnet.cidr) for subnet in old.pods.subnets)
    if before != after and subnets:
        yield Change(
            kind=SELECTOR_TAG,
            name=before,
            effect="replaced",
            text=f"by {after}",
            loses=True,
            advice=advice_on_network(SELECTOR_TAG, "replaced"),
            subnets=subnets,
        )


def resource_changes(old: Plan, new: Plan) -> Iterator[Change]:
    """The changes of resources, by their logical ids.

    A resource that is part of another one is left out if both are added, or both are replaced or removed.  Kubernetes
    objects are left out: `manifest_changes` compares them, whether the stack applies them or not.
    """
    before, after = _by_id(old), _by_id(new)
    titles = [{resource.path: resource.title for resource in each.values()} for each in (before, after)]
    added = [resource for id, resource in after.items() if id not in before]
    effects: dict[ConstructPath, tuple[Effect | None, str]] = {
        resource.path: _effect(resource, after.get(id), added, titles) for id, resource in before.items()
    }
    effects |= {resource.path: ("added", resource.note) for resource in added}
    for resource in (*before.values(), *added):
        effect, text = effects[resource.path]
        if effect is None or (resource.part_of and _same(effect, effects[resource.part_of][0])):
            continue
        loses = _loses(resource, effect, after)
        yield Change(
            kind=resource.kind,
            name=resource.name,
            effect=effect,
            text=text,
            loses=loses,
            advice=advice_on_resource(resource, effect, loses=loses, old=old, new=new),
            subnets=_lost(resource, before.values()) if effect in ("replaced", "removed") else (),
        )


def _same(part: Effect, whole: Effect | None) -> bool:
    return part == whole or {part, whole} <= {"replaced", "removed"}


def _by_id(plan: Plan) -> dict[str, Resource]:
    """What a plan describes, by logical id, but for Kubernetes objects."""
    found = (resource for resource in described_resources(plan) if resource.type != KUBERNETES_OBJECT)
    return {resource.logical_id: _with_own_tags(resource, plan) for resource in found}


def _with_own_tags(resource: Resource, plan: Plan) -> Resource:
    """The resource without the tags of the whole stack, which are compared once."""
    tags = resource.properties.get("Tags")
    if resource.kind == STACK or not isinstance(tags, Mapping):
        return resource
    own = {key: value for key, value in tags.items() if key not in plan.stack.tags}
    return replace(resource, properties={**resource.properties, "Tags": own})


def _effect(
    old: Resource, new: Resource | None, added: Sequence[Resource], titles: Sequence[Titles]
) -> tuple[Effect | None, str]:
    """What happens to a resource, and what differs."""
    if new is None:
        by = [f"{other.name} {other.note}".strip() for other in added if _takes_addresses(other, old)]
        text = ", ".join(filter(None, [old.note, f"by {' and '.join(by)}" if by else ""]))
        return ("replaced" if by else "removed"), text
    if text := differences(worded(old.create_only, titles[0]), worded(new.create_only, titles[1])):
        return "replaced", text
    kept = {name: new.refused[name] for name in old.refused if name in new.refused}
    if text := differences(worded(old.refused, titles[0]), worded(kept, titles[1])):
        return "refused", text
    text = differences(worded(old.properties, titles[0]), worded(new.properties, titles[1]))
    return ("updated" if text else None), text


def _takes_addresses(new: Resource, old: Resource) -> bool:
    """Whether a new CIDR block has addresses of an old CIDR block, or a new subnet has those of an old subnet."""
    if new.addresses is None or old.addresses is None or new.type != old.type:
        return False
    return new.addresses.overlaps(old.addresses)


def _loses(old: Resource, effect: Effect, after: dict[str, Resource]) -> bool:
    if effect == "refused":
        return True
    if effect in ("replaced", "removed"):
        return old.vital and not is_covered(old, after.values())
    kept = after[old.logical_id].vital_values
    return effect == "updated" and old.vital and any(value not in kept for value in old.vital_values)


def _lost(old: Resource, resources: Collection[Resource]) -> tuple[str, ...]:
    """The deployed subnets that a resource takes with it: itself, or those in a CIDR block."""
    if old.addresses is None:
        return ()
    inside = [each for each in resources if each.addresses and each.addresses.subnet_of(old.addresses)]
    return _subnets(inside if old.type == "AWS::EC2::VPCCidrBlock" else [old])


def _subnets(resources: Iterable[Resource]) -> tuple[str, ...]:
    return tuple(each.name for each in resources if each.type == "AWS::EC2::Subnet")
