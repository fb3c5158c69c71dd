"""Resources that a construct needs: by id in the plan, passed in by a CDK app, or created by the same app."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Protocol, TypeVar, cast

from constructs import IDependable

from constructs_lib.existing import mapping_of, subnet_id
from podspace.cdk_token import is_token
from podspace.planning import Created, Existing, Origin, PassedIn
from podspace.planning.addresses.zone import is_zone_id

T = TypeVar("T")


class VpcContents(Protocol):
    """Resources of a VPC that gateways can use; None if there is none, or more than one for all zones."""

    def nat_gateway(self, zone: str) -> object:
        """The NAT gateway in a zone; without a zone, the only one."""

    def public_subnet(self, zone: str) -> object:
        """A public subnet in a zone; without a zone, in the first zone of the pods."""

    def node_subnet(self, zone: str) -> object:
        """A node subnet in a zone."""


def _nothing(vpc: VpcContents) -> object:  # noqa: ARG001  others look for something
    return None


@dataclass(frozen=True, kw_only=True, slots=True)
class Need:
    """A resource that a gateway or a route table needs from outside its construct.

    Attributes:
        argument: keyword by which an app passes it in, such as `public_subnets`.
        name: its name in the mapping of that keyword.
        origin: where the resource comes from: an id of the plan, this stack, or the app.
        further: origins of the other ones, if a gateway has several, such as Elastic IP addresses.
        zone: the zone that a subnet must be in; empty for other resources.
        prefix: prefix of the id, such as `subnet`.
        found: returns the resource of a VPC of the app that can be used, or None.
    """

    argument: str
    name: str
    origin: Origin
    further: tuple[Origin, ...] = ()
    zone: str = ""
    prefix: str
    found: Callable[[VpcContents], object] = _nothing


@dataclass(frozen=True, kw_only=True, slots=True)
class Inputs:
    """Resources for gateways: ids of the plan, objects that the app passes in, and resources that it creates.

    Attributes:
        given: objects that the app passes in, by keyword.
        created: ids of subnets and route tables of a new VPC, by the plan's names for them.
        internet: the attachment and route of an internet gateway that the same app creates; public gateways depend on
            it, and on subnets of `subnets` that have an internet route.
    """

    given: Mapping[str, Mapping[str, object]]
    created: Mapping[str, str] = field(default_factory=dict)
    internet: IDependable | None = None

    def has(self, need: Need) -> bool:
        """Whether the app passes in a resource."""
        return need.name in self.given.get(need.argument, {})

    def id(self, need: Need, as_id: Callable[[T], str]) -> str:
        """Id of a needed resource, a literal or a token; `as_id` checks an object that was passed in."""
        if self.has(need):
            return as_id(cast("T", self.object(need)))
        match need.origin:
            case Existing(id):
                return id
            case Created(name) | PassedIn(name):
                return self.created[name]

    def subnet(self, need: Need) -> str:
        """Id of a needed subnet."""
        return self.id(need, subnet_id)

    def object(self, need: Need) -> object:
        """The object that was passed in for a need; None if there is none."""
        return self.given.get(need.argument, {}).get(need.name)


def check_keywords(given: Iterable[str], known: Sequence[str]) -> None:
    """Check that every keyword argument is one that a construct has.

    Raises:
        TypeError: a keyword argument is unknown.
    """
    for keyword in given:
        if keyword not in known:
            near = get_close_matches(keyword, known, n=1)
            raise TypeError(
                f"{keyword} is not a keyword of this construct: {f'did you mean {near[0]}? ' if near else ''}they are "
                f"{', '.join(known)}"
            )


def checked_inputs(
    given: Mapping[str, object],
    needs: Iterable[Need],
    *,
    created: Mapping[str, str],
    keywords: Iterable[str] = (),
    internet: IDependable | None = None,
) -> Inputs:
    """The objects that an app passes in, if they are exactly those that are needed.

    Args:
        given: objects that the app passes in, by keyword.
        needs: every resource that the construct needs.
        created: ids of the resources of a new VPC, by the plan's names.
        keywords: all keywords of the construct; those of `given` by default.
        internet: the internet gateway of a new VPC.

    Raises:
        TypeError: a keyword argument is unknown.
        ValueError: an object is missing, superfluous or in another zone, or is another one than the plan names.
    """
    known = [*keywords] or [*given]
    check_keywords(given, known)
    all_needs = list(needs)
    passed = {
        argument: mapping_of(cast("Mapping[str, object]", value), argument=argument)
        for argument, value in given.items()
    }
    for argument in known:
        _check(argument, passed.get(argument, {}), [each for each in all_needs if each.argument == argument], created)
    return Inputs(given=passed, created=created, internet=internet)


def _check(argument: str, given: Mapping[str, object], needs: Sequence[Need], created: Mapping[str, str]) -> None:
    names = [need.name for need in needs]
    needed = [need.name for need in needs if _is_open(need, created)]
    if missing := [name for name in needed if name not in given]:
        raise ValueError(
            f"{argument} has nothing for {', '.join(missing)}: the plan needs one for each of {', '.join(needed)}"
        )
    if extra := [name for name in given if name not in names]:
        raise ValueError(
            f"{argument} has {', '.join(extra)}, which the plan does not use: it needs {', '.join(names) or 'none'}"
        )
    for need in needs:
        if need.name in given:
            _check_one(need, given[need.name])


def _is_open(need: Need, created: Mapping[str, str]) -> bool:
    """Whether an app must pass it in."""
    match need.origin:
        case Existing():
            return False
        case Created(name):
            return name not in created
        case PassedIn():
            return True


def _check_one(need: Need, given: object) -> None:
    named = [origin.id for origin in (need.origin, *need.further) if isinstance(origin, Existing)]
    passed = [given] if isinstance(given, str) else list(given) if isinstance(given, list | tuple) else []
    literal = [id for id in passed if isinstance(id, str) and not is_token(id)]
    if named and literal and literal != named:
        raise ValueError(
            f"{need.argument}[{need.name!r}] is {', '.join(literal)}, but the config has {', '.join(named)}: pass the "
            "same, or remove one of the two"
        )
    zone = getattr(given, "availability_zone", "")
    if need.zone and zone and not is_token(zone) and not is_zone_id(need.zone) and zone != need.zone:
        what = "public" if need.argument == "public_subnets" else "routable"
        raise ValueError(f"{need.argument}[{need.name!r}] is in {zone}: pass a {what} subnet of {need.zone}")
