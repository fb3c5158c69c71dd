"""Memory and kernel settings of nodes go together as AWS says."""

from __future__ import annotations

import pytest

from podspace.api import problems_in
from podspace.api.compute import AdvancedCompute
from tests.podspace.api.verdict import problems, the_problem, the_ruled_problem, written
from tests.podspace.manifests import a_node_class

NAMESPACES = "user.max_user_namespaces"


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"hugepages": {}},
        {"hugepages": {"pages": []}},
        {"hugepages": {"pages": [{"size": "2Mi", "count": 1}]}},
        {"hugepages": {"pages": [{"size": "1Gi", "count": 512}, {"size": "2Mi", "count": 2}]}},
        {"hugepages": {"transparent": {}}},
        {"hugepages": {"transparent": {"enabled": "always"}}},
        {"hugepages": {"transparent": {"enabled": "madvise"}}},
        {"hugepages": {"transparent": {"enabled": "never"}}},
        {"hugepages": {"transparent": {"defrag": "always"}}},
        {"hugepages": {"transparent": {"defrag": "defer"}}},
        {"hugepages": {"transparent": {"defrag": "defer+madvise"}}},
        {"hugepages": {"transparent": {"defrag": "madvise"}}},
        {"hugepages": {"transparent": {"defrag": "never"}}},
        {"hugepages": {"transparent": {"enabled": "never", "defrag": "never"}}},
        {"hugepages": {"transparent": {"enabled": "always", "defrag": "defer"}}},
        {"hugepages": {"transparent": {"enabled": "madvise", "defrag": "always"}}},
        {"kernel": {}},
        {"kernel": {"sysctl": {"vm.swappiness": 30}}},
        {"kubelet": {"maxPods": 60}},
        {"kubelet": {"idsPerPod": 65536}, "kernel": {"sysctl": {NAMESPACES: 1}}},
    ],
)
def test_what_aws_takes_is_taken(given: dict[str, object]) -> None:
    """Every word, and each part alone and with others."""
    assert written(AdvancedCompute, given) == given


@pytest.mark.parametrize(
    ("given", "place", "gist"),
    [
        ({"hugepages": {"pages": [{"size": "4Mi", "count": 1}]}}, "hugepages.pages[0].size", "'2Mi' or '1Gi'"),
        ({"hugepages": {"pages": [{"size": "2Mi", "count": 0}]}}, "hugepages.pages[0].count", "greater than or equal to 1"),
        ({"hugepages": {"pages": [{"size": "2Mi"}]}}, "hugepages.pages[0].count", "must be given"),
        ({"hugepages": {"pages": [{"count": 1}]}}, "hugepages.pages[0].size", "must be given"),
        ({"hugepages": {"pages": [{"size": "2Mi", "count": "1"}]}}, "hugepages.pages[0].count", "whole number"),
        ({"hugepages": {"pages": [{"size": "2Mi", "count": 1}] * 3}}, "hugepages.pages", "at most 2 items"),
        ({"hugepages": {"transparent": {"enabled": "Always"}}}, "hugepages.transparent.enabled", "'always', 'madvise' or 'never'"),
        ({"hugepages": {"transparent": {"enabled": "defer"}}}, "hugepages.transparent.enabled", "'always', 'madvise' or 'never'"),
        ({"hugepages": {"transparent": {"defrag": "madvise+defer"}}}, "hugepages.transparent.defrag", "'defer+madvise'"),
        ({"hugepages": {"transparent": {"shmem": "never"}}}, "hugepages.transparent.shmem", "no such key"),
        ({"kernel": {"sysctls": {}}}, "kernel.sysctls", "no such key"),
        ({"kernel": {"sysctl": {"vm.swappiness": 201}}}, 'kernel.sysctl["vm.swappiness"]', "0 to 200"),
        ({"kubelet": {"maxPods": 111}}, "kubelet.maxPods", "less than or equal to 110"),
    ],
)  # fmt: skip
def test_a_part_that_aws_refuses_is_refused(given: object, place: str, gist: str) -> None:
    """Each at its own place."""
    problem = the_problem(AdvancedCompute, given)
    assert problem.location.path == place
    assert gist in problem.message


@pytest.mark.parametrize("size", ["2Mi", "1Gi"])
def test_there_is_one_entry_for_each_size_of_page(size: str) -> None:
    """Two would leave open which counts."""
    problem = the_ruled_problem(AdvancedCompute, {"hugepages": {"pages": [{"size": size, "count": n} for n in (1, 2)]}})
    assert problem.location.path == "hugepages.pages"
    assert problem.message == f"must have one entry of {size}, but has 2"
    assert problem.fix == "add the counts of these entries"
    assert not problem.inferred


@pytest.mark.parametrize("defrag", ["always", "defer", "defer+madvise", "madvise"])
def test_where_huge_pages_are_never_used_nothing_is_compacted_for_them(defrag: str) -> None:
    """AWS refuses any other pair."""
    problem = the_ruled_problem(AdvancedCompute, {"hugepages": {"transparent": {"enabled": "never", "defrag": defrag}}})
    assert (problem.location.path, problem.subject) == ("hugepages.transparent.defrag", f'"{defrag}"')
    assert problem.message == "must be removed, or `never`, if enabled is never"
    assert not problem.inferred


@pytest.mark.parametrize(
    "kernel", [{}, {"kernel": {}}, {"kernel": {"sysctl": {}}}, {"kernel": {"sysctl": {NAMESPACES: 0}}}]
)
def test_ids_for_a_pod_need_namespaces(kernel: dict[str, object]) -> None:
    """At least one; the problem stands at the ids."""
    (problem,) = problems_in(a_node_class(advancedCompute={"kubelet": {"idsPerPod": 65536}, **kernel}))
    assert (problem.location.path, problem.subject) == ("spec.advancedCompute.kubelet.idsPerPod", "65536")
    assert f"{NAMESPACES} above 0" in problem.message
    assert problem.fix == "set the sysctl, or remove idsPerPod"
    assert problem.source.startswith("https://")
    assert not problem.inferred


def test_every_problem_is_reported() -> None:
    """A bad part does not hide another."""
    given = {"hugepages": {"transparent": {"enabled": "never", "defrag": "defer"}}, "kernel": {"sysctl": {"a": 1}}}
    places = [problem.location.path for problem in problems(AdvancedCompute, given)]
    assert places == ["hugepages.transparent.defrag", "kernel.sysctl.a"]
