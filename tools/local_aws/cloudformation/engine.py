"""Deployments: a stack is created, updated, rolled back and deleted, one resource at a time."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from botocore.exceptions import ClientError

from tools.local_aws.cloudformation.changes import changed_properties, replacing
from tools.local_aws.cloudformation.dependencies import creation_order, dependencies
from tools.local_aws.cloudformation.failure import CloudFormationError
from tools.local_aws.cloudformation.functions import Scope
from tools.local_aws.cloudformation.resources import HANDLERS, Aws, Handler
from tools.local_aws.cloudformation.resources.handler import is_absent
from tools.local_aws.cloudformation.stack import Stack, StackResource, now
from tools.local_aws.cloudformation.template import active

Action = Literal["create", "update", "delete"]
_FAILURES: Final = (Exception,)  # whatever a handler raises, its resource fails


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """A failure on purpose, once: of an action on a resource, before it is done or just after.

    Attributes:
        after: whether the action is done first, as if AWS failed while it stabilised.
    """

    action: Action
    logical_id: str
    after: bool = False


class InjectedError(RuntimeError):
    """What an injected fault raises."""


@dataclass(kw_only=True)
class Engine:
    """What deploys stacks.

    Attributes:
        clients: the services of an account and region.
        seed: of the order among resources that do not depend on each other.
        faults: failures on purpose that have not happened yet.
        pause: seconds before each resource, so that a deployment takes as long as others do.
    """

    clients: Callable[[str, str], Aws]
    seed: int = 0
    faults: list[Fault]
    pause: float = 0.0

    def deploy(self, stack: Stack, scope: Scope, *, body: str, tags: Mapping[str, str]) -> None:
        """Create or update a stack, and roll it back if something fails.

        Args:
            stack: with a status that says which of both it is.
            scope: the new template, and the values of its parameters.
            body: the new template as it was given.
            tags: of the stack, which every resource gets.
        """
        _Deployment(self, stack, scope, tags=tags).run(body)

    def delete(self, stack: Stack) -> None:
        """Delete a stack and its resources, but for those that are retained."""
        stack.turn("DELETE_IN_PROGRESS", "User Initiated")
        failed, _ = _deleted(self, stack, last_first(stack.resources), kept=_retained)
        if failed:
            stack.turn("DELETE_FAILED", f"The following resource(s) failed to delete: [{', '.join(failed)}]. ")
        else:
            stack.outputs.clear()
            stack.deleted = now()
            stack.turn("DELETE_COMPLETE")

    def drift(self, stack: Stack, resource: StackResource) -> tuple[str, dict[str, Any]]:
        """How a resource differs from the template: a status of CloudFormation, and the properties as they are."""
        handler = HANDLERS[resource.type]
        aws = self.clients(stack.account, stack.region)
        read = handler.current(aws, resource.physical_id, resource.properties)
        if read is None:
            return "DELETED", {}
        differing = {
            key: value
            for key, value in read.items()
            if key in resource.properties and comparable(value) != comparable(resource.properties[key])
        }
        return ("MODIFIED" if differing else "IN_SYNC"), {**resource.properties, **differing}

    def fail(self, action: Action, logical_id: str, *, after: bool) -> None:
        """Wait, and raise the fault that is planned for an action, if there is one."""
        time.sleep(0 if after else self.pause)
        for fault in self.faults:
            if (fault.action, fault.logical_id, fault.after) == (action, logical_id, after):
                self.faults.remove(fault)
                raise InjectedError(f"injected: {action} of {logical_id}")


def comparable(value: Any) -> Any:  # noqa: ANN401  a value of a template
    """A property without its order and without the tags of AWS."""
    if isinstance(value, list):
        if value and isinstance(value[0], Mapping) and {"Key", "Value"} <= value[0].keys():
            return {each["Key"]: each["Value"] for each in value if not each["Key"].startswith("aws:")}
        return sorted(map(comparable, value), key=str)
    if isinstance(value, Mapping):
        return {key: comparable(inner) for key, inner in value.items()}
    return str(value).lower() if isinstance(value, bool) else str(value)


class _Deployment:
    """One creation or update of a stack."""

    def __init__(self, engine: Engine, stack: Stack, scope: Scope, *, tags: Mapping[str, str]) -> None:
        self.engine, self.stack, self.scope, self.tags = engine, stack, scope, tags
        self.aws = engine.clients(stack.account, stack.region)
        self.creating = stack.status == "CREATE_IN_PROGRESS"
        self.before = dict(stack.resources)
        self.made: list[str] = []  # created now, also in place of another
        self.updated: list[str] = []
        self.old: list[StackResource] = []  # replaced, and not deleted yet

    def run(self, body: str) -> None:
        verb = "CREATE" if self.creating else "UPDATE"
        self.stack.turn(f"{verb}_IN_PROGRESS", "User Initiated")
        wanted = active(self.scope)
        try:
            waits = dependencies(wanted)
            for name in creation_order(wanted, seed=self.engine.seed):
                self._create_or_update(name, wanted[name], waits=frozenset(waits[name]))
            outputs = self._outputs()
        except _FAILURES as error:
            self._roll_back(str(error))
            return
        stack = self.stack
        stack.body, stack.template, stack.tags, stack.outputs = body, self.scope.template, dict(self.tags), outputs
        stack.parameters = self.scope.parameters
        if not self.creating:
            stack.turn("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")
            self._clean_up(wanted)
        stack.turn(f"{verb}_COMPLETE")

    def _create_or_update(self, name: str, resource: Mapping[str, Any], *, waits: frozenset[str]) -> None:
        handler = HANDLERS[resource["Type"]]
        given = self._scope().evaluated(resource.get("Properties", {}))
        wanted = handler.tagged(given, self.tags)
        deployed = self.stack.resources.get(name)
        if deployed is None:
            self._create(name, handler, wanted, resource, waits)
            return
        changed = changed_properties(deployed.properties, wanted)
        if set(changed) & replacing(handler, self.stack.region):
            self._event(
                name,
                deployed.physical_id,
                handler,
                "UPDATE_IN_PROGRESS",
                "Requested update requires the creation of a new physical resource; hence creating one.",
            )
            self.old.append(deployed)
            self._create(name, handler, wanted, resource, waits, verb="UPDATE")
        elif changed:
            self._update(deployed, handler, wanted, resource, waits)
        else:
            self.stack.resources[name] = replace(deployed, **_policies(resource), depends_on=waits)

    def _create(
        self,
        name: str,
        handler: Handler,
        wanted: Mapping[str, Any],
        resource: Mapping[str, Any],
        waits: frozenset[str],
        *,
        verb: str = "CREATE",
    ) -> None:
        self._event(name, "", handler, f"{verb}_IN_PROGRESS")
        try:
            self.engine.fail("create", name, after=False)
            created = handler.create(self.aws, wanted, physical_name(self.stack, name))
            self.stack.resources.pop(name, None)  # at the end of the order, if it replaces one
            self.stack.resources[name] = StackResource(
                logical_id=name,
                type=handler.type,
                physical_id=created.physical_id,
                properties=wanted,
                attributes=created.attributes,
                depends_on=waits,
                status=f"{verb}_COMPLETE",
                **_policies(resource),
            )
            self.made.append(name)
            self.engine.fail("create", name, after=True)
        except _FAILURES as error:
            self._event(name, "", handler, f"{verb}_FAILED", _told(error))
            raise CloudFormationError(f"The following resource(s) failed to {verb.lower()}: [{name}]. ") from error
        self._event(name, created.physical_id, handler, f"{verb}_COMPLETE")

    def _update(
        self,
        deployed: StackResource,
        handler: Handler,
        wanted: Mapping[str, Any],
        resource: Mapping[str, Any],
        waits: frozenset[str],
    ) -> None:
        name, id_ = deployed.logical_id, deployed.physical_id
        self._event(name, id_, handler, "UPDATE_IN_PROGRESS")
        try:
            self.engine.fail("update", name, after=False)
            self.updated.append(name)  # also if it fails after a part of the changes
            self.stack.resources[name] = replace(deployed, properties=wanted)
            attributes = {**deployed.attributes, **handler.update(self.aws, id_, deployed.properties, wanted)}
            self.stack.resources[name] = replace(
                deployed,
                properties=wanted,
                attributes=attributes,
                status="UPDATE_COMPLETE",
                depends_on=waits,
                **_policies(resource),
            )
            self.engine.fail("update", name, after=True)
        except _FAILURES as error:
            self._event(name, id_, handler, "UPDATE_FAILED", _told(error))
            raise CloudFormationError(f"The following resource(s) failed to update: [{name}]. ") from error
        self._event(name, id_, handler, "UPDATE_COMPLETE")

    def _clean_up(self, wanted: Mapping[str, Any]) -> None:
        """Delete what was replaced or removed.  What cannot be deleted stays, and the update is complete anyway."""
        replaced = {each.logical_id: each for each in self.old}
        removed = {name: each for name, each in self.stack.resources.items() if name not in wanted}

        def kept(resource: StackResource) -> bool:
            return resource.replace_policy == "Retain" if resource.logical_id in replaced else _retained(resource)

        _deleted(self.engine, self.stack, last_first({**replaced, **removed}), kept=kept, known=False)
        for name in removed:
            del self.stack.resources[name]

    def _roll_back(self, reason: str) -> None:
        stack, verb = self.stack, "ROLLBACK" if self.creating else "UPDATE_ROLLBACK"
        stack.turn(f"{verb}_IN_PROGRESS", f"{reason}Rollback requested by user." if self.creating else reason)
        failed = [] if self.creating else self._changed_back()
        made = {name: stack.resources[name] for name in self.made}
        other = {name: each for name, each in stack.resources.items() if name not in self.before or name in failed}
        stack.resources = {**self.before, **other}
        if not self.creating and not failed:
            stack.turn("UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS")
        left, waiting = _deleted(
            self.engine, stack, last_first(made), kept=lambda each: each.deletion_policy == "Retain", known=False
        )
        if self.creating:  # an update is rolled back also if new resources stay
            failed += left
        for name in made.keys() - self.before.keys() - {*failed, *waiting}:
            del stack.resources[name]
        if failed:
            what = "delete" if self.creating else "update"
            stack.turn(f"{verb}_FAILED", f"The following resource(s) failed to {what}: [{', '.join(failed)}]. ")
        else:
            stack.turn(f"{verb}_COMPLETE")

    def _changed_back(self) -> list[str]:
        """Change back what was changed in place, in the order of the creation; the names of what could not be."""
        failed = []
        for name in [name for name in self.before if name in self.updated]:
            handler, was, is_ = HANDLERS[self.before[name].type], self.before[name], self.stack.resources[name]
            self._event(name, was.physical_id, handler, "UPDATE_IN_PROGRESS")
            try:
                self.engine.fail("update", name, after=False)
                handler.update(self.aws, was.physical_id, is_.properties, was.properties)
            except _FAILURES as error:
                failed.append(name)
                self._event(name, was.physical_id, handler, "UPDATE_FAILED", _told(error))
            else:
                self.stack.resources[name] = was
                self._event(name, was.physical_id, handler, "UPDATE_COMPLETE")
        return failed

    def _scope(self) -> Scope:
        resources = self.stack.resources
        return replace(
            self.scope,
            physical_ids={name: each.physical_id for name, each in resources.items()},
            attributes={name: each.attributes for name, each in resources.items()},
        )

    def _outputs(self) -> dict[str, tuple[str, str, str]]:
        scope = self._scope()
        return {
            name: (
                str(scope.evaluated(output["Value"])),
                str(output.get("Description", "")),
                str(scope.evaluated(output.get("Export", {}).get("Name", ""))),
            )
            for name, output in self.scope.template.get("Outputs", {}).items()
            if "Condition" not in output or scope.holds(output["Condition"])
        }

    def _event(self, name: str, id_: str, handler: Handler, status: str, reason: str = "") -> None:
        self.stack.note(name, id_, handler.type, status, reason)


def _policies(resource: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "deletion_policy": resource.get("DeletionPolicy", "Delete"),
        "replace_policy": resource.get("UpdateReplacePolicy", "Delete"),
    }


def last_first(resources: Mapping[str, StackResource]) -> list[StackResource]:
    """Resources, each before those that it waited for."""
    waits = {name: {"DependsOn": sorted(each.depends_on & resources.keys())} for name, each in resources.items()}
    return [resources[name] for name in reversed(creation_order(waits, seed=len(waits)))]


def _retained(resource: StackResource) -> bool:
    return resource.deletion_policy != "Delete"


def _deleted(
    engine: Engine,
    stack: Stack,
    resources: Iterable[StackResource],
    *,
    kept: Callable[[StackResource], bool],
    known: bool = True,
) -> tuple[list[str], set[str]]:
    """Delete resources in the order given, but for those that one that could not be deleted depends on.

    Args:
        kept: whether a policy of a resource keeps it.
        known: whether the stack has the resources no longer, once they are deleted.

    Returns:
        The names of those that could not be deleted, and of those for which nothing was tried therefore.
    """
    aws, failed = engine.clients(stack.account, stack.region), list[str]()
    waiting, needed = set[str](), set[str]()
    for each in resources:
        if each.logical_id in needed:
            waiting.add(each.logical_id)
            needed |= each.depends_on
            continue
        if kept(each):
            stack.note(each.logical_id, each.physical_id, each.type, "DELETE_SKIPPED")
            if known:
                stack.resources.pop(each.logical_id, None)
            continue
        stack.note(each.logical_id, each.physical_id, each.type, "DELETE_IN_PROGRESS")
        try:
            engine.fail("delete", each.logical_id, after=False)
            _delete(HANDLERS[each.type], aws, each)
        except _FAILURES as error:
            failed.append(each.logical_id)
            needed |= each.depends_on
            told = _told(error)
            stack.note(each.logical_id, each.physical_id, each.type, "DELETE_FAILED", told)
            if known:
                each.status = "DELETE_FAILED"
            continue
        stack.note(each.logical_id, each.physical_id, each.type, "DELETE_COMPLETE")
        if known:
            stack.resources.pop(each.logical_id, None)
    return failed, waiting


def _delete(handler: Handler, aws: Aws, resource: StackResource) -> None:
    """Delete a resource; that it is gone already is no error."""
    try:
        handler.delete(aws, resource.physical_id, resource.properties)
    except ClientError as error:
        if not is_absent(error):
            raise


def _told(error: BaseException) -> str:
    return f'Resource handler returned message: "{error}" (HandlerErrorCode: GeneralServiceException)'


def physical_name(stack: Stack, logical_id: str) -> str:
    """A name for a resource that has none of its own, unique also if logical ids begin alike."""
    key = hashlib.sha256(f"{stack.key}{logical_id}".encode()).hexdigest()[:8]
    return re.sub(r"[^A-Za-z0-9-]", "-", f"{stack.name[:24]}-{logical_id[:24]}-{key}")
