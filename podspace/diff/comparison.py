"""Effects of the deployment of one plan on the deployed resources of another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from podspace.diff.advice import advice_on_network
from podspace.diff.built_in_node_pools import built_in_pool_changes, without_entry_of_nodes
from podspace.diff.change import EFFECTS, Change
from podspace.diff.described import STACK
from podspace.diff.former_default import accepted, former_default_changes, with_former_rules
from podspace.diff.former_flow_log import former_flow_log_changes
from podspace.diff.manifest_changes import manifest_changes
from podspace.diff.resource_changes import resource_changes, subnets_of
from podspace.diff.source_addresses import source_address_changes
from podspace.planning import Plan

_VPC: Final = "VPC"
_SELECTOR_TAG: Final = "selector tag"


def compare(old: Plan, new: Plan) -> tuple[Change, ...]:
    """Every change between two plans of one network, the worst last.

    Appending zones and CIDR blocks yields only changes that add or update.
    """
    if moved := _moved(old, new):
        return (moved,)
    of_resources = tuple(resource_changes(with_former_rules(old, new), new))
    found = [
        *_selector_tag(old, new),
        *accepted(of_resources, old=old, new=new),
        *former_default_changes(old, new),
        *former_flow_log_changes(old, new, of_resources),
        *built_in_pool_changes(old, new),
        *source_address_changes(old, new),
        *manifest_changes(old, new),
    ]
    return tuple(sorted(without_entry_of_nodes(found), key=lambda change: EFFECTS.index(change.effect)))


def removed_network(old: Plan) -> Change:
    """The change if the config file of a network is removed."""
    return Change(
        kind=STACK,
        name=old.stack_name,
        effect="removed",
        text="no file describes it",
        loses=True,
        advice=advice_on_network(STACK, "removed"),
        subnets=subnets_of(old.resources()),
    )


def _moved(old: Plan, new: Plan) -> Change | None:
    """Another stack or another VPC, in which everything is created anew; that is one change."""
    for kind, before, after in (
        (STACK, _stack(old, other=new), _stack(new, other=old)),
        (_VPC, _vpc(old), _vpc(new)),
    ):
        if before != after:
            return Change(
                kind=kind,
                name=before,
                effect="replaced",
                text=f"by {after}",
                loses=True,
                advice=advice_on_network(kind, "replaced"),
                subnets=subnets_of(old.resources()),
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
            kind=_SELECTOR_TAG,
            name=before,
            effect="replaced",
            text=f"by {after}",
            loses=True,
            advice=advice_on_network(_SELECTOR_TAG, "replaced"),
            subnets=subnets,
        )
