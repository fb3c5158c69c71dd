"""Names and CIDR blocks that are parameters without defaults hide only faults that depend on their values."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from benchmarks.defects.corpus import Case, fault_cases, good_cases
from podspace.lint.linter import lint
from tests.podspace.lint.parameters import parameterize

FAULTS: Final = list(fault_cases())
GOOD: Final = list(good_cases())

_LITERAL: Final = "a range is written out, and whether it meets the parameter's depends on the value"
_NAME: Final = "a cluster's name is written out in a manifest or a tag, and may be the parameter's value"
_STACKS: Final = "another template has a parameter of its own, or the range written out"
HIDDEN: Final = {
    "route-to-a-part-of-the-pod-block": _LITERAL,
    "pod-subnet-larger-than-its-block": _LITERAL,
    "service-range-inside-the-vpc": _LITERAL,
    "benchmark-range-beside-ten": _LITERAL,
    "network-acl-of-nodes-for-the-primary-block": _LITERAL,
    "network-acl-of-nodes-that-denies-shared-address-space": _LITERAL,
    "pod-egress-to-other-ranges-than-the-control-plane": _LITERAL,
    "route-for-part-of-the-block-of-the-pods": _LITERAL,
    "subnet-of-a-neighbour-range": _LITERAL,
    "other-private-range-beside-ten": _LITERAL,
    "pod-subnet-in-no-block": _LITERAL,
    "route-to-just-the-pod-block": _LITERAL,
    "route-for-the-block-of-the-vpc": _LITERAL,
    "second-pod-subnet-beyond-its-block": _LITERAL,
    "built-in-pools-of-the-cluster-of-the-tag": _NAME,
    "nodes-group-by-the-name-of-another-cluster": _NAME,
    "node-class-of-a-cluster-with-auto-mode-off": _NAME,
    "nodes-group-of-another-cluster": _NAME,
    "restricted-block-in-another-stack": _STACKS,
    "one-block-in-two-stacks": _STACKS,
    "pod-subnet-tag-in-other-case": _STACKS,
    "subnet-outside-of-a-block-in-another-stack": _STACKS,
    "stack-does-not-wait-for-the-stack-of-the-block": _STACKS,
    "nodes-admitted-to-the-api-server-on-another-port": _STACKS,
    "nodes-in-a-group-that-the-cluster-does-not-admit": _STACKS,
    "api-server-open-to-one-zone-of-pods": _STACKS,
    "kubelet-rule-missing-in-the-nodes-group": _STACKS,
    "pod-group-without-the-pod-range": _STACKS,
}
"""The faults that are not found, and what the value of a parameter decides."""


@pytest.mark.parametrize("case", FAULTS, ids=lambda case: case.name)
def test_a_fault_is_found_whatever_the_parameters_are(case: Case, tmp_path: Path) -> None:
    folder = case.write(tmp_path)
    parameterize(folder, case.folder)
    linted = lint([folder])
    assert not linted.unreadable
    assert {one.id for one in linted.findings} == (set() if case.name in HIDDEN else {case.rule})


@pytest.mark.parametrize("case", GOOD, ids=lambda case: case.name)
def test_nothing_is_found_that_the_parameters_may_make_right(case: Case, tmp_path: Path) -> None:
    folder = case.write(tmp_path)
    parameterize(folder, case.folder)
    assert [str(one) for one in lint([folder]).diagnostics] == []


def test_the_hidden_faults_are_cases_of_the_corpus() -> None:
    assert {case.name for case in FAULTS} >= HIDDEN.keys()
