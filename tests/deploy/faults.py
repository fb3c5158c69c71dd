"""Failures on purpose: of the creation, an update and the deletion of each resource of a stack in turn."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Set
from copy import deepcopy
from dataclasses import dataclass
from typing import Final

from tests.deploy.deployed import Data, Network, Template, left, snapshot, template_for
from tools.local_aws.cloudformation.dependencies import creation_order, dependencies
from tools.local_aws.cloudformation.engine import Action

ACTIONS: Final[tuple[Action, ...]] = ("create", "update", "delete")
_ORDERS: Final = 60
"""Orders of creation among which the one is chosen in which a resource fails."""
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

    Nothing is left, and the next creation, which fails at another resource, gets there. Each fails in an order in which
    its turn comes early, as what it does not depend on costs time and shows little.
    """
    template = template_for(data)
    before = snapshot(network)
    orders = [creation_order(template["Resources"], seed=seed) for seed in range(_ORDERS)]
    for number, (id_, resource) in enumerate(template["Resources"].items()):
        turns = [order.index(id_) for order in orders]
        network.local.engine.seed = turns.index(min(turns))
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
    """Each resource that is deleted with the stack fails once; the next deletion goes on, and the last leaves nothing.

    A failure leaves what the resource depends on, of which others fail next. What was deleted meanwhile without a
    failure has its turn when the stack is deployed again.
    """
    template = template_for(data)
    resources, before = template["Resources"], snapshot(network)
    waits = dependencies(resources)
    untried = [id_ for id_, resource in resources.items() if "Retain" not in resource.get("DeletionPolicy", "")]
    reach = {id_: _reach(waits, id_) for id_ in untried}
    while untried:
        network.deploy(template=template, Tags=_FORMER_TAGS)
        failed: dict[str, str] = {}
        while there := [id_ for id_ in untried if id_ in network.stack.resources]:
            id_ = max(there, key=lambda each: len(reach[each]))
            network.fail("delete", id_)
            failed[id_] = network.delete()
            untried.remove(id_)
        again = network.delete()
        wrong = (again != "DELETE_COMPLETE" and again) or set(left(before, snapshot(network))) - RETAINED
        for id_, status in failed.items():
            type_ = resources[id_]["Type"]
            yield Tried(action="delete", logical_id=id_, type=type_, status=status, wrong=str(wrong or ""))


def _reach(waits: Mapping[str, Set[str]], id_: str) -> set[str]:
    """A resource with all that it depends on, which is deleted after it."""
    found = {id_}
    for other in waits[id_]:
        found |= _reach(waits, other)
    return found


def grown(data: Data) -> dict[str, object]:
    """A config with a CIDR block more."""
    found = deepcopy(dict(data))
    found["pods"]["cidrs"].append("100.65.0.0/16")
    return found
