"""Rules about flow logs."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Final

from podspace.lint.picture import Picture
from podspace.lint.rule import Fault, Rule, rule
from podspace.lint.value import Reference, Text, Value, shown


@rule(
    "flow-log-destination-ends-in-star",
    why="Fn::GetAtt with Arn returns the ARN of a log group with `:*` at its end. EC2 looks for a log group of that "
    "name: the stack is created, the flow log reports `Access error`, and no records are delivered.",
    fix="write LogGroupName with Ref of the log group, or build the ARN without `:*`",
    source="https://github.com/awsdocs/aws-cloudformation-user-guide/pull/306",
)
def flow_log_destination_ends_in_star(picture: Picture) -> Iterator[Fault]:
    """The log group ARN of a flow log ends in `:*`."""
    groups = {group.reference for group in picture.deployment.of_type("AWS::Logs::LogGroup")}
    for flow_log in picture.deployment.of_type("AWS::EC2::FlowLog"):
        kind = flow_log.properties.get("LogDestinationType", "cloud-watch-logs")
        destination = flow_log.get("LogDestination")
        of_streams = _ends_in_star(destination) or _is_arn_of(destination, groups)
        if kind == "cloud-watch-logs" and flow_log.certain and of_streams:
            must = "must be the ARN of a log group, without `:*` at its end"
            yield Fault(at=flow_log, place="Properties.LogDestination", value=shown(destination), must=must)


def _is_arn_of(value: Value, groups: Collection[Reference]) -> bool:
    """Whether a value is the attribute Arn of one of some log groups."""
    return isinstance(value, Reference) and value.attribute == "Arn" and replace(value, attribute="") in groups


def _ends_in_star(value: Value) -> bool:
    """Whether a value is known to end like the ARN of log streams."""
    text = value.tail if isinstance(value, Text) else value
    return isinstance(text, str) and text.endswith(":*")


RULES: Final[tuple[Rule, ...]] = (flow_log_destination_ends_in_star,)
