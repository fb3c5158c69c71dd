"""The networks of two sides, held against each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from podspace.growth.change import Change
from podspace.growth.comparison import compare, gone
from podspace.growth.part import STACK
from podspace.growth.side import Side
from podspace.planning import NetworkFile


@dataclass(frozen=True, kw_only=True, slots=True)
class NetworkComparison:
    """One network on both sides.

    Attributes:
        name: of the network, the old one where it is renamed.
        old: the file it was in, with its revision; empty where it was in none. Likewise `new`.
    """

    name: str
    old: str
    new: str
    changes: tuple[Change, ...]

    @property
    def loses(self) -> bool:
        """Whether something is lost that pods live on, or something is refused."""
        return any(change.loses for change in self.changes)


def compare_sides(old: Side, new: Side) -> tuple[NetworkComparison, ...]:
    """Every network of both sides: a file against a file, or the files of folders by their stack, else their name."""
    if not old.folder:
        return (compared(old.files[0], new.files[0]),)
    return tuple(_all(old.files, new.files))


def _all(old: Sequence[NetworkFile], new: Sequence[NetworkFile]) -> Iterator[NetworkComparison]:
    """A stack is the same wherever it is described, and a file of the same name may describe another one."""
    stacks = {_stack(file): file for file in new}
    kept = {_stack(file) for file in old} & set(stacks)
    names = {file.path.name: file for file in new if _stack(file) not in kept}
    for file in old:
        later = stacks[_stack(file)] if _stack(file) in kept else names.pop(file.path.name, None)
        if later:
            yield compared(file, later)
        else:
            yield NetworkComparison(name=file.plan.name, old=str(file.path), new="", changes=gone(file))
    for file in names.values():
        made = Change(what=STACK, name=file.plan.stack_name, effect="added")
        yield NetworkComparison(name=file.plan.name, old="", new=str(file.path), changes=(made,))


def _stack(file: NetworkFile) -> tuple[str | None, ...]:
    return file.config.environment.account, file.plan.region, file.plan.stack_name


def compared(old: NetworkFile, new: NetworkFile) -> NetworkComparison:
    """One network in two states."""
    return NetworkComparison(name=old.plan.name, old=str(old.path), new=str(new.path), changes=compare(old, new))
