"""`podspace migrate` on a generated cluster of 10,000 pods: its counts, its time and memory, and the report on its page."""

from __future__ import annotations

import re
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from benchmarks.migrate import A_NODE, A_WORKLOAD, PERIOD, PODS, objects, source_of, write_cluster
from benchmarks.verify import measure
from podspace.cli import app
from tests.json_report import the_report
from tests.template import REPOSITORY

CONFIG = "config/article.yaml"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the configs of the project, and the cluster."""
    path = tmp_path_factory.mktemp("large")
    (path / "config").symlink_to(REPOSITORY / "config")
    write_cluster(path / "cluster.json")
    return path


def run(folder: Path, *options: str) -> Result:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        return CliRunner().invoke(app, ["migrate", CONFIG, "--from", "cluster.json", *options])


def expected() -> tuple[Counter[str], Counter[str]]:
    """The pods by what created their nodes, without those of DaemonSets, and the pods to move by what hinders them."""
    sources, hindered = Counter[str](), Counter[str]()
    ids = {
        1: "disruption-budget",
        2: "do-not-disrupt",
        3: "node-selection",
        4: "host-ports",
        5: "local-data",
        6: "no-controller",
        7: "single-pod",
        8: "disruption-budgets-overlap",
    }
    for number in range(PODS):
        source, workload = source_of(number // A_NODE), number // A_WORKLOAD
        if number % A_NODE:
            sources[source] += 1
            if source != "workers-split-ip":
                kind = "zonal-volume" if workload % (2 * PERIOD) == PERIOD else ids.get(workload % PERIOD, "")
                hindered[kind] += 1
    return sources, hindered


def test_ten_thousand_pods_are_counted_by_source_and_hindrance(folder: Path) -> None:
    began = time.process_time()
    result = run(folder, "--format", "json")
    assert time.process_time() - began < 60, "a few seconds are expected"
    assert result.exit_code == 1
    facts: Any = the_report(result.output)["facts"]
    sources, hindered = expected()
    assert {each["name"]: each["pods"] for each in facts["from"]} == {
        "NodePool general-purpose": sources["general-purpose"],
        "node group old": sources["old"],
    }
    assert facts["pods"]["moved"] == sources["workers-split-ip"]
    found = Counter[str]()
    for each in facts["hindrances"]:
        found[each["id"]] += each["pods"]
    assert found == Counter({id: number for id, number in hindered.items() if id})
    errors = set(hindered) - {"", "host-ports", "local-data", "single-pod"}
    assert facts["pods"]["hindered"] == sum(hindered[id] for id in errors)


def test_every_node_with_pods_to_move_is_drained_once(folder: Path) -> None:
    facts: Any = the_report(run(folder, "--format", "json").output)["facts"]
    drained = [
        word
        for step in facts["steps"]
        for command in step["commands"]
        if command.startswith("kubectl drain")
        for word in command.split()[2:]
        if not word.startswith("-")
    ]
    nodes = [each["metadata"]["name"] for each in objects() if each["kind"] == "Node"]
    assert sorted(drained) == [name for number, name in enumerate(nodes) if source_of(number) != "workers-split-ip"]


def test_its_text_has_a_bounded_length(folder: Path) -> None:
    assert len(run(folder).output.splitlines()) < 150


def test_its_memory_is_bounded(folder: Path) -> None:
    peak = measure("", 0, "migrate", REPOSITORY / CONFIG, "--from", folder / "cluster.json")
    assert peak < 150, "50 MB are expected"


def test_the_report_on_its_page_is_what_is_printed(folder: Path) -> None:
    page = (REPOSITORY / "docs" / "migration.md").read_text()
    (shown,) = re.findall(r"^```text\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    printed = run(folder).output.splitlines()
    lines = [line for line in shown.splitlines() if line != "…"]
    assert len(lines) > 20
    assert [line for line in lines if line not in printed] == []
