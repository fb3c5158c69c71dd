"""The changes of resources from one plan to another."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from podspace.diff.advice import advice_on_resource
from podspace.diff.change import Change, Effect
from podspace.diff.coverage import is_covered
from podspace.diff.described import STACK, described_resources
from podspace.diff.difference import Titles, differences, worded
from podspace.planning import Plan, Resource
from podspace.planning.inventory import KUBERNETES_OBJECT, logical_id


def resource_changes(old: Plan, new: Plan) -> Iterator[Change]:
    """A change for each resource that is affected.

    A resource that is part of another one is left out if both are added, or both are replaced or removed.
    """
    before, after, effects = _by_id(old), _by_id(new), resource_effects(old, new)
    for id, (effect, text) in effects.items():
        resource = before.get(id) or after[id]
        if resource.part_of and _same(effect, effects.get(logical_id(resource.part_of))):
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


def resource_effects(old: Plan, new: Plan) -> Mapping[str, tuple[Effect, str]]:
    """The effect on each affected resource, and its difference in words, by logical id.

    Kubernetes objects are left out: `manifest_changes` compares them, whether the stack applies them or not.
    """
    before, after = _by_id(old), _by_id(new)
    titles = [{resource.path: resource.title for resource in each.values()} for each in (before, after)]
    added = [resource for id, resource in after.items() if id not in before]
    effects = {id: _effect(resource, after.get(id), added, titles) for id, resource in before.items()}
    found: dict[str, tuple[Effect, str]] = {
        **{id: (effect, text) for id, (effect, text) in effects.items() if effect},
        **{resource.logical_id: ("added", resource.note) for resource in added},
    }
    return {**found, **dict(_refused_associations(found, before, after, titles[0]))}


def _refused_associations(
    effects: Mapping[str, tuple[Effect, str]],
    before: Mapping[str, Resource],
    after: Mapping[str, Resource],
    titles: Titles,
) -> Iterator[tuple[str, tuple[Effect, str]]]:
    """Resources that would be associated with what a deployed resource has until the end of the deployment.

    In which order CloudFormation updates two resources that do not refer to each other is not documented, so that what
    one of them gives up counts as associated with it.
    """
    holders = {value: resource for resource in before.values() for value in resource.exclusive}
    for id, (effect, text) in effects.items():
        if effect not in ("added", "updated", "replaced") or id not in after:
            continue
        kept = before[id].exclusive if effect == "updated" else ()
        taken: dict[str, list[str]] = {}
        for value in after[id].exclusive:
            if value in holders and value not in kept:
                taken.setdefault(holders[value].title, []).extend(map(str, worded({"": value}, titles).values()))
        if taken:
            words = (f"{' and '.join(each)} still associated with {holder}" for holder, each in taken.items())
            yield id, ("refused", ", ".join(filter(None, [text, *words])))


def _same(part: Effect, whole: tuple[Effect, str] | None) -> bool:
    return whole is not None and (part == whole[0] or {part, whole[0]} <= {"replaced", "removed"})


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
    return subnets_of(inside if old.type == "AWS::EC2::VPCCidrBlock" else [old])


def subnets_of(resources: Iterable[Resource]) -> tuple[str, ...]:
    """The CIDRs of the subnets among some resources."""
    return tuple(each.name for each in resources if each.type == "AWS::EC2::Subnet")
