"""Flow logs to CloudWatch Logs that former versions created with the ARN of the log group, which delivers nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

from podspace.diff.advice import advice_on_replaced_flow_log
from podspace.diff.change import Change
from podspace.planning import Plan

FORMER_FLOW_LOG: Final = "former flow log"
_FLOW_LOG: Final = "flow log"


def former_flow_log_changes(old: Plan, new: Plan, changes: Collection[Change]) -> Iterator[Change]:
    """A change if an earlier version of podspace may have deployed the flow logs that the config does not change.

    A config does not contain the version that deployed it; flow logs that the config changes are reported elsewhere.
    """
    both = [plan.flow_logs for plan in (old, new) if plan.flow_logs and plan.flow_logs.to == "cloud_watch_logs"]
    changed = any(change.kind == _FLOW_LOG and change.effect in ("replaced", "removed") for change in changes)
    if len(both) == 2 and not changed:  # noqa: PLR2004
        yield Change(
            kind=FORMER_FLOW_LOG,
            name="of the VPC" if new.flow_logs and new.flow_logs.of == "vpc" else "of the pod subnets",
            effect="replaced",
            text="if it was deployed by a version that set LogDestination, to which nothing is delivered; now "
            "LogGroupName is set",
            advice=advice_on_replaced_flow_log(),
        )
