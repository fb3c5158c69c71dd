"""The whole path, from a VPC to a verified pod network and away again, as its page shows it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.walkthrough import PAGE, Step, page, unnamed, walkthrough


@pytest.fixture(scope="module")
def steps(tmp_path_factory: pytest.TempPathFactory) -> list[Step]:
    return list(walkthrough(Path(tmp_path_factory.mktemp("walkthrough"))))


def test_the_page_shows_what_is_printed(steps: list[Step]) -> None:
    """But for ids, which AWS makes up; write it anew with `python -m tools.walkthrough`."""
    shown, printed = unnamed(PAGE.read_text(encoding="utf-8")), unnamed(page(steps))
    assert printed.splitlines() == shown.splitlines()


def test_each_step_comes_out_as_the_one_before_it_promises(steps: list[Step]) -> None:
    """A VPC is read, its config is synthesised, checked, planned, let pass, verified, and taken away."""
    came = [(" ".join(step.command.split()[:2]), step.status) for step in steps]
    assert came == [
        ("podspace init", 0),
        ("cat config/shop.yaml", 0),
        ("podspace plan", 0),
        ("make synth", 0),
        ("podspace lint", 0),
        ("podspace preflight", 0),
        ("podspace preflight", 0),
        ("podspace verify", 1),
        ("podspace verify", 0),
        ("podspace teardown", 1),
    ]
    assert not [step.command for step in steps if "Traceback" in step.output]


def test_ids_are_the_same_ids_wherever_they_stand() -> None:
    one, other = f"vpc-{'a' * 17}", f"vpc-{'b' * 17}"
    assert unnamed(f"{one} {other} {one}") == unnamed(f"{other} {one} {other}") != unnamed(f"{one} {one} {other}")
