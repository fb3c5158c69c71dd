"""Values of pseudo parameters in a stack, as far as its account and region are known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from podspace.lint.stack import Origin
from podspace.lint.value import Reference, Value
from podspace.partition import partition_of

NO_VALUE: Final = Reference("", "AWS::NoValue")
"""A property that has it is not given."""

_SUFFIXES: Final = {"cn-": "amazonaws.com.cn"}
_OF_THE_STACK: Final = {"AWS::StackName", "AWS::StackId", "AWS::NotificationARNs"}


def pseudo_parameter(name: str, origin: Origin) -> Value:
    """What a pseudo parameter is in a stack, as far as its account and region are known."""
    if name == NO_VALUE.id:
        return NO_VALUE
    known = {"AWS::Region": origin.region, "AWS::AccountId": origin.account}
    if origin.region:
        known["AWS::Partition"] = partition_of(origin.region)
        known["AWS::URLSuffix"] = _by_region(_SUFFIXES, origin.region, "amazonaws.com")
    environment = f"{origin.account} {origin.region}".strip()
    return known.get(name) or Reference(origin.name if name in _OF_THE_STACK else environment, name)


def _by_region(names: Mapping[str, str], region: str, default: str) -> str:
    return next((name for prefix, name in names.items() if region.startswith(prefix)), default)
