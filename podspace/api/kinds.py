"""Manifests of any origin: their kinds, and all errors of one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from pydantic import JsonValue, ValidationError

from podspace.api.eni_config import ENIConfig
from podspace.api.excerpt import excerpt
from podspace.api.metadata import ApiObject
from podspace.api.node_class import NodeClass
from podspace.api.node_pool import NodePool
from podspace.api.refusal import problems_of
from podspace.api.spelling import Place, corrections, with_corrections, without_echoes
from podspace.diagnostic import Diagnostic, Location, invalid, place_of

MANIFEST_KINDS: Final[Mapping[str, type[ApiObject]]] = {
    "NodeClass": NodeClass,
    "NodePool": NodePool,
    "ENIConfig": ENIConfig,
}
"""The models of the Kubernetes kinds that podspace writes and checks, by `kind`."""

_GROUPS: Final = ("", "eks.amazonaws.com", "karpenter.sh", "karpenter.k8s.aws", "crd.k8s.amazonaws.com")
"""API groups that a manifest of our kinds has, or has by mistake; others have kinds of the same names."""


_NOT_NULL: Final = (
    "must not be null: the API server refuses it with kubectl apply --server-side (kubectl create ignores the key)"
)
_NULLS: Final = "https://github.com/ceph/ceph-csi-operator/issues/490"
_OF_A_KEY: Final = ("must be given", "must not be given")
_MOST_TURNS: Final = 6
_MANY: Final = 100
_NODE_CLASS: Final = ("nodeclass", "nodeclasses")
_EC2_NODE_CLASS: Final = "ec2nodeclass"
_BEFORE_V1: Final = ("karpenter.sh/v1beta", "karpenter.sh/v1alpha")
"""Versions of self-managed Karpenter alone, in which a reference had no group."""
_LABELS_OF_KARPENTER: Final = "karpenter.k8s.aws/"


def manifest_kind(manifest: Mapping[str, JsonValue], *, of_any_provider: bool = False) -> type[ApiObject] | None:
    """The kind of a manifest, also if its apiVersion is wrong; None if it is no NodeClass, NodePool or ENIConfig.

    A NodePool of another provider than EKS Auto Mode has no kind by default, because other rules apply to it.
    """
    kind = next(
        (MANIFEST_KINDS[name] for name in MANIFEST_KINDS if name.lower() == str(manifest.get("kind")).lower()), None
    )
    version = manifest.get("apiVersion")
    group = version.rpartition("/")[0] if isinstance(version, str) else ""
    if kind is None or group.lower() not in _GROUPS:
        return None
    return None if kind is NodePool and not of_any_provider and _is_of_another_provider(manifest) else kind


def node_class_ref(manifest: Mapping[str, JsonValue]) -> Mapping[str, JsonValue]:
    """The `nodeClassRef` of a NodePool; empty if it has none."""
    return _mapping(_nodes_of(manifest).get("nodeClassRef"))


def names_no_provider(manifest: Mapping[str, JsonValue]) -> bool:
    """Whether a NodePool refers to its NodeClass by name only, without group and kind."""
    reference = node_class_ref(manifest)
    return bool(reference.get("name")) and not any(reference.get(key) for key in ("group", "kind", "apiVersion"))


def has_no_node_class_ref(manifest: Mapping[str, JsonValue]) -> bool:
    """Whether a NodePool has no reference to a NodeClass, or an empty one."""
    value: JsonValue = dict(manifest)
    for name in ("spec", "template", "spec", "nodeClassRef"):
        if not isinstance(value, dict):
            return value is None
        value = value.get(name)
    return value in (None, {})


def _nodes_of(manifest: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    return _mapping(_mapping(_mapping(manifest.get("spec")).get("template")).get("spec"))


def _is_of_another_provider(manifest: Mapping[str, JsonValue]) -> bool:
    reference = node_class_ref(manifest)
    kind = str(reference.get("kind") or "").lower()
    group = str(reference.get("group") or reference.get("apiVersion") or "").partition("/")[0].lower()
    if group == _GROUPS[1] or kind in _NODE_CLASS:
        return False  # a wrong group or kind next to this one is a mistake to report
    if (group and kind) or kind == _EC2_NODE_CLASS:
        return True
    before_v1 = str(manifest.get("apiVersion")).lower().startswith(_BEFORE_V1)
    return not group and (before_v1 or (bool(reference.get("name")) and _has_labels_of_karpenter(manifest)))


def _has_labels_of_karpenter(manifest: Mapping[str, JsonValue]) -> bool:
    """Whether a NodePool uses labels of self-managed Karpenter's AWS provider, which EKS Auto Mode does not have."""
    requirements = _nodes_of(manifest).get("requirements")
    keys = [_mapping(one).get("key") for one in requirements] if isinstance(requirements, list) else []
    labels = _mapping(_mapping(_mapping(_mapping(manifest.get("spec")).get("template")).get("metadata")).get("labels"))
    return any(str(key).startswith(_LABELS_OF_KARPENTER) for key in (*keys, *labels))


def read(manifest: Mapping[str, JsonValue]) -> ApiObject:
    """A manifest as a NodeClass, NodePool or ENIConfig.

    Raises:
        KeyError: the manifest is of another kind.
        ValidationError: the API server would refuse it.
    """
    kind = manifest_kind(manifest)
    if kind is None:
        raise KeyError(str(manifest.get("kind")))
    return kind.model_validate(_as_served(manifest), by_alias=True, by_name=False)


def _as_served(value: JsonValue | Mapping[str, JsonValue]) -> JsonValue:
    """A value as the API server takes it: 3000.0 is a whole number."""
    if isinstance(value, Mapping):
        return {key: _as_served(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_as_served(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def problems_in(manifest: Mapping[str, JsonValue]) -> list[Diagnostic]:
    """All errors of a manifest; empty for a manifest of another kind."""
    return examined(manifest)[0]


def examined(manifest: Mapping[str, JsonValue]) -> tuple[list[Diagnostic], ApiObject | None]:
    """All errors of a manifest, and the typed object; None if there is an error, or the manifest is of another kind.

    The values of misspelt and misplaced keys are checked as if the keys were correct, so that all errors are reported
    in one run.
    """
    kind, manifest = manifest_kind(manifest), _mapping(_as_served(manifest))
    if kind is None:
        return [], None
    nulls = [place_of(place) for place in _nulls(manifest)]
    checked = _checked(manifest, kind)
    error = checked if isinstance(checked, ValidationError) else None
    problems = [*_version_problems(manifest, kind), *_problems(error, manifest, kind)]
    if meant := corrections(problems):
        manifest = with_corrections(manifest, meant)
        error = _error(manifest, kind)
        problems += _problems(error, manifest, kind)
    if error and len(problems) <= _MANY:  # who has more has enough to do
        problems += _problems_between(error, manifest, kind)
    told = _with_nulls(nulls, without_echoes(list(dict.fromkeys(problems))))
    return told, None if isinstance(checked, ValidationError) else checked


def _nulls(manifest: Mapping[str, JsonValue]) -> Iterator[Place]:
    """Where a key has no value, but for the keys of `metadata`, which the API server takes, and for `status`."""
    for key, value in manifest.items():
        if key == "metadata" and isinstance(value, dict):
            for inner in ("labels", "annotations"):
                yield from _nulls_in(value.get(inner) or {}, (key, inner))
        elif key not in {"apiVersion", "kind", "status"}:
            yield from _nulls_in(value, (key,))


def _nulls_in(value: JsonValue, place: Place) -> Iterator[Place]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _nulls_in(inner, (*place, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _nulls_in(item, (*place, index))
    elif value is None and isinstance(place[-1], str):  # an item of a list is refused by its type
        yield place


def _with_nulls(nulls: Sequence[str], problems: Sequence[Diagnostic]) -> list[Diagnostic]:
    """The problems, and one for each key without a value that is neither required nor unknown."""
    kept = [one for one in problems if one.location.path not in nulls or one.message.startswith(_OF_A_KEY)]
    told = {one.location.path for one in kept}
    return [
        *kept,
        *(
            invalid(place, _NOT_NULL, subject="null", fix="remove the key, or write a value", source=_NULLS)
            for place in nulls
            if place not in told
        ),
    ]


def _problems_between(
    error: ValidationError, manifest: dict[str, JsonValue], kind: type[ApiObject]
) -> Iterator[Diagnostic]:
    """What is wrong between fields that are right, while others are wrong: rules wait for whole objects.

    Wrong values are taken out, again and again, so that something is missing there is no news.
    """
    for _ in range(_MOST_TURNS):
        told = error.errors(include_url=False, include_context=False)
        places = [tuple(part for part in each["loc"] if part != "[key]") for each in told]
        manifest = excerpt(manifest, places, kind)
        left = _error(manifest, kind)
        found = _problems(left, manifest, kind, rules_only=True)
        yield from (problem for problem in found if not _is_an_echo(problem, places))
        if left is None:
            return
        error = left


def _is_an_echo(problem: Diagnostic, gone: Sequence[tuple[int | str, ...]]) -> bool:
    """Whether it says no more than that something is missing which was taken out."""
    if problem.location.path in {place_of(place[:-1]) for place in gone}:
        return True
    inside = any(
        f"{problem.location.path}.".startswith((f"{place_of(place)}.", f"{place_of(place)}[")) for place in gone
    )
    return problem.message.startswith("must be given") and (
        inside or any(str(place[-1]) in problem.message for place in gone if place)
    )


def _mapping(value: JsonValue) -> dict[str, JsonValue]:
    return value if isinstance(value, dict) else {}


def _version_problems(manifest: Mapping[str, JsonValue], kind: type[ApiObject]) -> Iterator[Diagnostic]:
    if manifest.get("apiVersion") is None:
        fix = f"write {kind.model_fields['api_version'].default}"
        yield Diagnostic(location=Location(path="apiVersion"), message="must be given", fix=fix, source=kind.page)


def _checked(manifest: Mapping[str, JsonValue], kind: type[ApiObject]) -> ApiObject | ValidationError:
    """The typed object, or the error with which it is refused."""
    try:
        return kind.model_validate(manifest, by_alias=True, by_name=False)
    except ValidationError as error:
        return error


def _error(manifest: Mapping[str, JsonValue], kind: type[ApiObject]) -> ValidationError | None:
    checked = _checked(manifest, kind)
    return checked if isinstance(checked, ValidationError) else None


def _problems(
    error: ValidationError | None, manifest: Mapping[str, JsonValue], kind: type[ApiObject], *, rules_only: bool = False
) -> list[Diagnostic]:
    if error is None:
        return []
    return problems_of(error, model=kind, data=manifest, by_alias=True, rules_only=rules_only)
