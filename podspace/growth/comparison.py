"""What deploying one config over another does to what is live."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from podspace.growth.advice import advice_on
from podspace.growth.change import EFFECTS, SELECTOR_TAG, Change, Effect
from podspace.growth.cluster_parts import cluster_parts
from podspace.growth.gateway_parts import gateway_parts
from podspace.growth.manifest_changes import manifest_changes
from podspace.growth.network_parts import network_parts
from podspace.growth.part import BLOCK, STACK, VPC, Part, differences
from podspace.growth.service_parts import service_parts
from podspace.planning import NetworkFile
from podspace.planning.naming import selector


def compare(old: NetworkFile, new: NetworkFile) -> tuple[Change, ...]:
    """Every change between two states of one network, from what is harmless to what fails.

    Appending zones and blocks yields nothing but what is added and updated.
    """
    if moved := _moved(old, new):
        found = [moved]
    else:
        found = [*_selector_tag(old, new), *_changed_parts(old, new), *manifest_changes(old.plan, new.plan)]
    return _told(found, old, new)


def gone(old: NetworkFile) -> tuple[Change, ...]:
    """What it means that a network has no file any more."""
    name = old.plan.stack_name
    change = Change(what=STACK, name=name, effect="removed", text="no file describes it", subnets=_live(old))
    return _told([change], old, old)


def parts(file: NetworkFile) -> Iterator[Part]:
    """Everything that a deployment of the file makes, but for Kubernetes objects."""
    stack = file.config.stack
    yield Part(
        what=STACK,
        free={
            "tags": tuple(f"{key}={value}" for key, value in stack.tags.items()),
            "termination protection": "on" if stack.termination_protection else "off",
            "permissions boundary": stack.permissions_boundary or "",
        },
    )
    yield from network_parts(file)
    yield from gateway_parts(file)
    yield from cluster_parts(file)
    yield from service_parts(file)


def _told(found: Sequence[Change], old: NetworkFile, new: NetworkFile) -> tuple[Change, ...]:
    """The changes in their order, with advice where they have none."""
    advised = (
        replace(change, advice=change.advice or advice_on(change, old=old.config, new=new.config)) for change in found
    )
    return tuple(sorted(advised, key=lambda change: EFFECTS.index(change.effect)))


def _moved(old: NetworkFile, new: NetworkFile) -> Change | None:
    """Another stack or another VPC: then everything is made anew, which is told once."""
    for what, one, other in (
        (STACK, _stack(old, beside=new), _stack(new, beside=old)),
        (VPC, _vpc(old), _vpc(new)),
    ):
        if one != other:
            return Change(what=what, name=one, effect="replaced", text=f"by {other}", subnets=_live(old))
    return None


def _stack(file: NetworkFile, *, beside: NetworkFile) -> str:
    account, other = file.config.environment.account, beside.config.environment.account
    where = f"{file.plan.region} of account {account}" if account and other else file.plan.region
    return f"{file.plan.stack_name} in {where}"


def _vpc(file: NetworkFile) -> str:
    return file.config.vpc.id or f"made here with {file.config.vpc.cidrs[0]}"


def _selector_tag(old: NetworkFile, new: NetworkFile) -> Iterator[Change]:
    """The tag by which NodeClasses find the pod subnets, in a stack that keeps its name."""
    (before,), (after,) = (selector(file.config, "pods") for file in (old, new))
    pods = tuple(str(subnet.cidr) for subnet in old.plan.pods.subnets)
    if before != after and pods:
        yield Change(what=SELECTOR_TAG, name=before, effect="replaced", text=f"by {after}", subnets=pods)


def _changed_parts(old: NetworkFile, new: NetworkFile) -> Iterator[Change]:
    before, after = ({part.key: part for part in parts(file)} for file in (old, new))
    fresh = [part for key, part in after.items() if key not in before]
    for key, part in before.items():
        effect, text = _becomes(part, after.get(key), fresh)
        if effect:
            yield Change(what=part.what, name=part.name, effect=effect, text=text, subnets=_lost(part, effect, old))
    for part in fresh:
        yield Change(what=part.what, name=part.name, effect="added", text=part.said)


def _becomes(part: Part, later: Part | None, fresh: Sequence[Part]) -> tuple[Effect | None, str]:
    if later is None:
        by = [f"{other.name} {other.said}".strip() for other in fresh if _takes(other, part)]
        text = ", ".join(filter(None, [part.said, f"by {' and '.join(by)}" if by else ""]))
        return ("replaced" if by else "removed"), text
    if text := differences(part.fixed, later.fixed):
        return "replaced", text
    if text := differences({key: value for key, value in part.held.items() if value}, later.held):
        return "refused", text
    text = differences({**part.held, **part.free}, {**later.held, **later.free})
    return ("updated" if text else None), text


def _takes(new: Part, old: Part) -> bool:
    """Whether a new block takes the addresses of an old block, or a new subnet those of an old subnet."""
    if new.addresses is None or old.addresses is None or (new.what == BLOCK) != (old.what == BLOCK):
        return False
    return new.addresses.overlaps(old.addresses)


def _lost(part: Part, effect: Effect, old: NetworkFile) -> tuple[str, ...]:
    """The live subnets that go with a part: itself, or those in a block."""
    if effect not in ("replaced", "removed") or part.addresses is None:
        return ()
    if part.what != BLOCK:
        return (part.name,)
    return tuple(str(subnet.cidr) for subnet in old.plan.pods.subnets if subnet.block == part.addresses)


def _live(file: NetworkFile) -> tuple[str, ...]:
    """The subnets that live: those of the pods, and those of a VPC that is made here."""
    made = [str(subnet.cidr) for subnet in (file.plan.vpc.subnets if file.plan.vpc else ())]
    return (*(str(subnet.cidr) for subnet in file.plan.pods.subnets), *made)
