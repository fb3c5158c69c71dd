"""The networks of two sides, compared."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from podspace.diff.change import Change
from podspace.diff.comparison import compare, removed_network
from podspace.diff.described import STACK
from podspace.diff.side import Side, stack_of
from podspace.planning import NetworkFile


@dataclass(frozen=True, kw_only=True, slots=True)
class NetworkComparison:
    """The comparison of one network before and after a change.

    Attributes:
        name: name of the network; the old one if it is renamed.
        old: the old config file, with its git revision; empty for none.
        new: the new config file; empty for none.
    """

    name: str
    old: str
    new: str
    changes: tuple[Change, ...]

    @property
    def loses(self) -> bool:
        """Whether running nodes or pods lose something that they depend on, or a change is refused."""
        return any(change.loses for change in self.changes)


def compare_sides(old: Side, new: Side) -> tuple[NetworkComparison, ...]:
    """Every network of both sides: two files with each other; files of folders by their stack, else by their name."""
    if old.files and not old.folder:
        return (compared(old.files[0], new.files[0]),)
    return tuple(_all(old.files, new.files))


def _all(old: Sequence[NetworkFile], new: Sequence[NetworkFile]) -> Iterator[NetworkComparison]:
    """A stack is the same in whatever file it is described, and a file of the same name may describe another one."""
    stacks = {stack_of(file): file for file in new}
    kept = {stack_of(file) for file in old} & set(stacks)
    names = {file.path.name: file for file in new if stack_of(file) not in kept}
    for file in old:
        later = stacks[stack_of(file)] if stack_of(file) in kept else names.pop(file.path.name, None)
        if later:
            yield compared(file, later)
        else:
            yield NetworkComparison(
                name=file.plan.name, old=str(file.path), new="", changes=(removed_network(file.plan),)
            )
    for file in names.values():
        added = Change(kind=STACK, name=file.plan.stack_name, effect="added")
        yield NetworkComparison(name=file.plan.name, old="", new=str(file.path), changes=(added,))


def compared(old: NetworkFile, new: NetworkFile) -> NetworkComparison:
    """The comparison of one network in two states."""
    return NetworkComparison(
        name=old.plan.name, old=str(old.path), new=str(new.path), changes=compare(old.plan, new.plan)
    )
