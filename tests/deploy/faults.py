"""Failures on purpose: of the creation, an update and the deletion of each resource of a stack in turn."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Final

from tests.deploy.deployed import Data, Network, Template, left, snapshot, template_for
from tools.local_aws.cloudformation.engine import Action

ACTIONS: Final[tuple[Action, ...]] = ("create", "update", "delete")
_FORMER_TAGS: Final = [{"Key": "team", "Value": "a"}]
_LATER_TAGS: Final = [{"Key": "team", "Value": "b"}]


RETAINED: Final = {"log groups", "buckets", "cluster parts"}
"""What a stack leaves on purpose when it is deleted: logs, and a ConfigMap of the whole cluster."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Tried:
    """A failure, and what came of it.

    Attributes:
        type: of the resource that failed.
        status: of the stack afterwards.
        wrong: what is not as it must be then; empty if all is.
    """

    action: Action
    logical_id: str
    type: str
    status: str
    wrong: str


def creations(network: Network, data: Data) -> Iterator[Tried]:
    """Each resource fails once while the stack is created, every second one after it exists.

    Nothing is left, and the next creation, which fails at another resource, gets there.
    """
    template = template_for(data)
    before = snapshot(network)
    for number, (id_, resource) in enumerate(template["Resources"].items()):
        network.fail("create", id_, after=bool(number % 2))
        status = network.deploy(template=template, Tags=_FORMER_TAGS)
        wrong = left(before, snapshot(network)) or (network.local.engine.faults and "failed before")
        yield Tried(action="create", logical_id=id_, type=resource["Type"], status=status, wrong=str(wrong or ""))
        network.delete()


def updates(network: Network, data: Data, later: Data) -> Iterator[Tried]:
    """Each resource that an update changes or creates fails once; the stack is as it was, and the update succeeds at last."""
    template = template_for(data)
    network.deploy(template=template, Tags=_FORMER_TAGS)
    ids, before, next_ = network.ids(), snapshot(network), template_for(later)
    for action, id_ in _changes(network, next_):
        network.fail(action, id_, after=len(id_) % 2 == 1)
        status = network.deploy(template=next_, Tags=_LATER_TAGS)
        wrong = left(before, snapshot(network)) or (network.ids() != ids and "other ids")
        type_ = next_["Resources"][id_]["Type"]
        yield Tried(action="update", logical_id=id_, type=type_, status=status, wrong=str(wrong or ""))
    status = network.deploy(template=next_, Tags=_LATER_TAGS)
    assert status == "UPDATE_COMPLETE", network.reasons()


def _changes(network: Network, template: Template) -> Iterator[tuple[Action, str]]:
    """The actions of an update, by a change set."""
    client = network.aws("cloudformation")
    client.create_change_set(
        StackName=network.name, ChangeSetName="later", TemplateBody=json.dumps(template), Tags=_LATER_TAGS
    )
    found = client.describe_change_set(StackName=network.name, ChangeSetName="later")["Changes"]
    for change in (each["ResourceChange"] for each in found):
        yield "create" if change["Action"] == "Add" else "update", change["LogicalResourceId"]


def deletions(network: Network, data: Data) -> Iterator[Tried]:
    """Each resource fails once while the stack is deleted; the next deletion leaves nothing."""
    template = template_for(data)
    before = snapshot(network)
    for id_, resource in template["Resources"].items():
        network.deploy(template=template, Tags=_FORMER_TAGS)
        network.fail("delete", id_)
        status = network.delete()
        again = network.delete()
        remains = left(before, snapshot(network))
        wrong = (again != "DELETE_COMPLETE" and again) or set(remains) - RETAINED
        yield Tried(action="delete", logical_id=id_, type=resource["Type"], status=status, wrong=str(wrong or ""))


def grown(data: Data) -> dict[str, object]:
    """A config with a CIDR block more."""
    found = deepcopy(dict(data))
    found["pods"]["cidrs"].append("100.65.0.0/16")
    return found
