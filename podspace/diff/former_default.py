"""Defaults that admitted more in versions without a changelog; a config does not say which version deployed it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from podspace.diff.change import Advice, Change
from podspace.planning import FormerDefault, Plan

FORMER_DEFAULT: Final = "former default"
_RULE: Final = "security group rule"


def with_former_rules(old: Plan, new: Plan) -> Plan:
    """The old plan with the rules of keys that only the new config states, as if they were deployed.

    So `ingress: vpc` changes nothing in a network that a former version deployed.
    """
    rules = tuple(rule for default in _stated_now(old, new) for rule in default.rules)
    return replace(old, pod_group=replace(old.pod_group, rules=(*old.pod_group.rules, *rules)))


def accepted(changes: Sequence[Change], *, old: Plan, new: Plan) -> Iterator[Change]:
    """The changes, of which the loss of a rule that the new config states not to have is no error.

    Such a rule may never have been deployed, and the config that leaves it out was written to answer this report.
    """
    deployed = {resource.title for resource in old.resources()}
    former = {resource.title for resource in with_former_rules(old, new).resources()} - deployed
    for change in changes:
        yield replace(change, loses=False) if change.kind == _RULE and change.title in former else change


def former_default_changes(old: Plan, new: Plan) -> Iterator[Change]:
    """One change if neither config says whether the rules of former defaults stay."""
    unstated = [each for each in new.pod_group.former_defaults if each.rules and each.key in _keys(old)]
    if unstated:
        yield Change(
            kind=FORMER_DEFAULT,
            name=f"of {' and '.join(default.key for default in unstated)}",
            effect="removed",
            text=", ".join(rule.reason for default in unstated for rule in default.rules),
            loses=True,
            advice=Advice(
                cause="versions before these keys had to be stated created these rules, and a config does not say "
                "which version deployed it",
                keep=f"to keep the rules, write {_lines(unstated, keep=True)}; if the deployed network does not have "
                f"them, write {_lines(unstated, keep=False)}, and this is reported no more",
            ),
        )


def _stated_now(old: Plan, new: Plan) -> Iterator[FormerDefault]:
    for default in old.pod_group.former_defaults:
        if default.key not in _keys(new):
            yield default


def _keys(plan: Plan) -> set[str]:
    return {default.key for default in plan.pod_group.former_defaults}


def _lines(defaults: Sequence[FormerDefault], *, keep: bool) -> str:
    lines = (f"`{each.keeps if keep else each.drops}` under {each.section}" for each in defaults)
    return " and ".join(lines)
