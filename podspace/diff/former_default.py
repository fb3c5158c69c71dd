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

    Such a rule may never have been deployed, and the line that gives it up is one that this comparison proposes.
    """
    former = {title: default for default in _stated_now(old, new) for title in _titles(old, default)}
    for change in changes:
        default = former.get(change.title)
        if default is None:
            yield change
            continue
        cause = "a version before this key created the rule, if it deployed the network; the new config gives it up"
        keep = f"to keep it, write `{default.keeps}` under {default.section}"
        yield replace(change, loses=False, advice=replace(change.advice, cause=cause, keep=keep))


def _titles(plan: Plan, default: FormerDefault) -> set[str]:
    """The titles of the resources of its rules."""
    with_rules = replace(plan, pod_group=replace(plan.pod_group, rules=default.rules))
    return {resource.title for resource in with_rules.resources() if resource.kind == _RULE} - {
        resource.title for resource in plan.resources()
    }


def former_default_changes(old: Plan, new: Plan) -> Iterator[Change]:
    """A change if neither config says whether rules of former defaults remain."""
    unstated = [each for each in new.pod_group.former_defaults if each.rules and each.key in _keys(old)]
    if unstated:
        yield Change(
            kind=FORMER_DEFAULT,
            name=f"of {' and '.join(default.key for default in unstated)}",
            effect="removed",
            text=", ".join(rule.reason for default in unstated for rule in default.rules),
            loses=True,
            advice=Advice(
                cause="versions before these keys were required created these rules, and a config does not show which "
                "version deployed it",
                keep=f"to keep the rules, write {_lines(unstated, keep=True)}; if the deployed network does not have "
                f"them, write {_lines(unstated, keep=False)}, and this is no longer reported",
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
