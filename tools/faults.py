"""Writes `docs/faults.md`: the failures of creations, updates and deletions that were tried on the local AWS.

`make faults` tries them and writes the page; `make deploy-test` tries them again and compares.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from tests.deploy.deployed import Network, data_of
from tests.deploy.faults import ACTIONS, Tried, creations, deletions, grown, updates
from tools import REPOSITORY
from tools.local_aws import LocalAws

PAGE: Final = REPOSITORY / "docs" / "faults.md"
NETWORKS: Final = ("article", "new-vpc")
"""Configs whose resources fail: a pod network in an existing VPC, and a new VPC with its pod network."""

_NONE: Final = "-"
_HEAD: Final = """# Injected failures

Each resource of two stacks fails once when it is created, when an update changes or adds it, and when it is deleted, on the [local AWS](local-aws.md).
Half of the creations and updates fail before the resource exists or changes, and half after it.
After a failed creation nothing is left; after a failed update everything is as it was, with the same ids; a failed deletion is repeated, and then nothing is left but what has a Retain policy.
After each of them the next deployment succeeds.

The numbers are failures with that outcome. `make faults` writes this page, and `make deploy-test` tries all of them again.
"""


def tried_on(name: str) -> Iterator[Tried]:
    """Every failure of the stack of a config."""
    data = data_of(REPOSITORY / "config" / f"{name}.yaml")
    failures: tuple[Callable[[Network], Iterator[Tried]], ...] = (
        lambda network: creations(network, data),
        lambda network: updates(network, data, grown(data)),
        lambda network: deletions(network, data),
    )
    for fail in failures:
        network = Network(data=data, local=LocalAws())
        try:
            yield from fail(network)
        finally:
            network.local.stop()


def counted(tried: Iterable[Tried]) -> Counter[tuple[str, str]]:
    """The number of failures that had the right outcome, by resource type and action."""
    return Counter((each.type, each.action) for each in tried if not each.wrong)


def page(results: Mapping[str, Iterable[Tried]]) -> str:
    """The page."""
    return "\n".join((_HEAD, *(line for name, tried in results.items() for line in _table(name, tried))))


def _table(name: str, tried: Iterable[Tried]) -> Iterator[str]:
    yield f"## `config/{name}.yaml`\n"
    yield "| resource type | create | update | delete |"
    yield "|---|---|---|---|"
    found = counted(tried)
    for type_ in sorted({type_ for type_, _ in found}):
        yield f"| `{type_}` | {' | '.join(str(found[type_, action] or _NONE) for action in ACTIONS)} |"
    yield ""


def recorded(name: str) -> Counter[tuple[str, str]]:
    """What the page has of a config, as `counted` has it."""
    _, _, rest = PAGE.read_text(encoding="utf-8").partition(f"## `config/{name}.yaml`")
    lines = [line.strip("| ").split(" | ") for line in rest.partition("\n## ")[0].splitlines() if "`" in line]
    return Counter(
        {
            (type_.strip("`"), action): int(number)
            for type_, *numbers in lines
            for action, number in zip(ACTIONS, numbers, strict=True)
            if number != _NONE
        }
    )


def main() -> None:
    """Try them, and write the page."""
    PAGE.write_text(page({name: list(tried_on(name)) for name in NETWORKS}), encoding="utf-8")


if __name__ == "__main__":
    main()
