"""Every rule with its texts: to list, to explain, to select by id, and for formats that list rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from difflib import get_close_matches
from typing import Final

from pydantic import JsonValue

from podspace.diagnostic import Diagnostic
from podspace.lint.api_rules import API_RULES
from podspace.lint.catalogue import RULES
from podspace.lint.checker import ACKNOWLEDGE
from podspace.lint.rule import PLUGIN
from podspace.reporting.report import ReportedRule

EVERY_RULE: Final[Mapping[str, ReportedRule]] = {
    **API_RULES,
    **{
        id: ReportedRule(
            id=id,
            severity=rule.level,
            what=rule.what,
            cause=rule.why,
            fix=rule.fix,
            source=rule.source,
            inferred=rule.inferred,
        )
        for id, rule in RULES.items()
    },
}
"""Rules by their ids: those about one object, and those about deployments."""


def unknown_rule(id: str) -> Diagnostic:
    """The error about an id that no rule has, with the closest ids."""
    near = get_close_matches(id, EVERY_RULE) or get_close_matches(id, EVERY_RULE, n=1, cutoff=0.4)
    return Diagnostic(
        id="unknown-rule",
        subject=id,
        message="must be the id of a rule",
        fix=f"did you mean {' or '.join(near)}?" if near else "`podspace lint --list-rules` lists them",
    )


def rule_list() -> str:
    """The id, severity and meaning of every rule, a line each."""
    id_width = max(map(len, EVERY_RULE))
    severity_width = max(len(rule.severity) for rule in EVERY_RULE.values())
    return "\n".join(
        f"{rule.id:{id_width}}  {rule.severity:{severity_width}}  {rule.what}" for rule in EVERY_RULE.values()
    )


def explanation(rule: ReportedRule) -> str:
    """Texts about a rule: what it finds, why, fix and source."""
    inferred = " (inferred from it)" if rule.inferred else ""
    lines = [
        f"{rule.id}: {rule.severity}",
        f"    {rule.what}",
        f"    why: {rule.cause}",
        f"    -> {rule.fix}",
        f"    see {rule.source}{inferred}",
        "to accept a finding:",
        *(f"    {where}: {how}" for where, how in _accepted(rule).items()),
    ]
    return "\n".join(lines)


def rule_facts(rule: ReportedRule) -> dict[str, JsonValue]:
    """Facts about a rule as JSON."""
    return {**asdict(rule), "accept": dict(_accepted(rule))}


def _accepted(rule: ReportedRule) -> Mapping[str, str]:
    """How to accept a finding of a rule, by where that is written."""
    in_app = f'Validations.of(construct).acknowledge(Acknowledgment(id="{PLUGIN}::{rule.id}", reason="…"))'
    in_template = f"Metadata: {{{PLUGIN}: {{{rule.id}: the reason}}}} of the resource"
    in_manifest = f"the annotation {ACKNOWLEDGE}{rule.id}: the reason"
    run = {"run": f"with --ignore {rule.id}, or `ignore` in the settings, the rule is not checked"}
    if rule.id in RULES:
        return {"app": in_app, "template": in_template, "manifest": in_manifest, **run}
    if rule.severity == "error":  # a reason changes nothing about what is refused
        return run
    return {"manifest": in_manifest, **run}
