"""The difference between the properties of a resource in words."""

from __future__ import annotations

from collections.abc import Mapping

from podspace.planning.inventory import ConstructPath, Ref, Value
from podspace.planning.origin import PassedIn

Words = str | tuple[str, ...]
"""A property in words: one value, or a list of them."""
Titles = Mapping[ConstructPath, str]
"""The resources that properties refer to, in words."""


def worded(properties: Mapping[str, Value], titles: Titles) -> dict[str, Words]:
    """Properties in words, each inner property by its path, such as `KubernetesNetworkConfig.IpFamily`."""
    found: dict[str, Words] = {}
    for name, value in properties.items():
        if isinstance(value, Mapping) and name != "Tags":
            found |= {f"{name}.{inner}": words for inner, words in worded(value, titles).items()}
        elif isinstance(value, Mapping):
            found[name] = tuple(f"{key}={_text(tag, titles)}" for key, tag in value.items())
        elif isinstance(value, tuple):
            found[name] = tuple(_text(item, titles) for item in value)
        else:
            found[name] = _text(value, titles)
    return found


def _text(value: Value, titles: Titles) -> str:
    match value:
        case Ref(path):
            return titles.get(path, "/".join(path))
        case PassedIn(name):
            return f"passed in as {name}"
        case bool():
            return str(value).lower()
        case tuple():
            return " ".join(_text(item, titles) for item in value)
        case Mapping():
            return " ".join(f"{name} {_text(item, titles)}" for name, item in value.items())
    return str(value)


def differences(old: Mapping[str, Words], new: Mapping[str, Words]) -> str:
    """The differences between two sets of properties; empty if there are none."""
    found = (_difference(key, old.get(key), new.get(key)) for key in dict.fromkeys((*old, *new)))
    return ", ".join(filter(None, found))


def _difference(key: str, old: Words | None, new: Words | None) -> str:
    if old == new:
        return ""
    if isinstance(old, str) or isinstance(new, str):
        return f"{key} {_shown(old)} to {_shown(new)}"
    before, after = old or (), new or ()
    changes = [
        f"{verb} {', '.join(items)}"
        for verb, items in (
            ("gains", [item for item in after if item not in before]),
            ("loses", [item for item in before if item not in after]),
        )
        if items
    ]
    return f"{key} {' and '.join(changes) or 'in another order'}"


def _shown(words: Words | None) -> str:
    return (words if isinstance(words, str) else ", ".join(words or ())) or "none"
