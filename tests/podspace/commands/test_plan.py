"""`podspace plan` tells a plan, answers, draws, and exits with what came of it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml
from typer.testing import CliRunner, Result

from podspace.capacity import InstanceType, Limits
from podspace.cli import app
from podspace.commands import plan as command
from podspace.reporting import Format
from tests.mother import Changes, a_file
from tests.template import REPOSITORY

EXISTING: Changes = {"pods": {"subnet_ids": {"eu-west-1a": ["subnet-0000001a"]}}, "egress": []}


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["plan", *map(str, arguments)])


def written(folder: Path, changes: Changes | None = None, *, name: str = "net.yaml") -> Path:
    path = folder / name
    path.write_text(yaml.safe_dump(a_file(changes)))
    return path


@pytest.mark.parametrize(
    ("arguments", "changes", "status"),
    [
        ([], {}, 0),
        (["--pods", "3000", "--instance-type", "m5.large"], {}, 0),
        (["--pods", "15000", "--instance-type", "m5.large"], {}, 0),  # only the loss of a zone breaks it
        (["--nodes", "2000", "--instance-type", "m5.large"], {}, 1),
        (["--pods", "100", "--nodes", "5", "--instance-type", "m5.large"], {}, 1),
        ([], EXISTING, 0),
        (["--pods", "3000"], EXISTING, 2),
        (["--instance-type", "m5.larg"], {}, 1),
        (["--pods", "0"], {}, 2),
        pytest.param(["--pods", "9" * 40], {}, 2, id="40 digits"),
        pytest.param(["--pods", "9" * 400], {}, 2, id="400 digits"),
        pytest.param(["--nodes", "9" * 40, "--instance-type", "m5.large"], {}, 2, id="nodes of 40 digits"),
        pytest.param(["--gb", "9" * 40], {}, 2, id="GB of 40 digits"),
        pytest.param(["--pods", "9" * 5_000], {}, 2, id="5,000 digits"),
        (["--gb", "-1"], {}, 2),
    ],
)
@pytest.mark.parametrize("form", list(Format))
def test_the_status_is_that_of_the_result(
    tmp_path: Path, arguments: list[str], changes: Changes, status: int, form: Format
) -> None:
    """In every format."""
    result = run(written(tmp_path, changes), *arguments, "--format", form)
    assert result.exit_code == status, result.output
    assert not result.exception or isinstance(result.exception, SystemExit)


def test_json_is_json_and_nothing_else_stands_on_standard_output(tmp_path: Path) -> None:
    """What was written is told on the other."""
    result = run(written(tmp_path), "--format", "json", "--svg", tmp_path / "plan.svg")
    assert json.loads(result.stdout)["facts"]["plans"][0]["name"] == "net"
    assert result.stderr == f"wrote {tmp_path / 'plan.svg'}\n"


def test_security_group_rules_are_in_text_and_json(tmp_path: Path) -> None:
    config = written(tmp_path, {"pods.security_group": {"kind": "dedicated", "egress": [{"to": "198.51.100.0/24"}]}})
    (plan,) = json.loads(run(config, "--format", "json").stdout)["facts"]["plans"]
    assert ("pods", "to", "198.51.100.0/24") in {
        (rule["group"], rule["direction"], rule["peer"]) for rule in plan["security_group_rules"]
    }
    assert "198.51.100.0/24" in run(config).stdout.partition("Security groups")[2]


def test_a_folder_is_reported_file_by_file(tmp_path: Path) -> None:
    """But not drawn: a picture shows one network."""
    written(tmp_path)
    other = {"name": "other", "cluster.name": "other", "vpc.id": "vpc-0123456789abcdef1", "vpc.node_subnets": {
        "eu-west-1a": ["subnet-0000003a"], "eu-west-1b": ["subnet-0000003b"]}}  # fmt: skip
    written(tmp_path, other, name="other.yaml")
    told = json.loads(run(tmp_path, "--format", "json").stdout)["facts"]["plans"]
    assert [plan["name"] for plan in told] == ["net", "other"]
    assert run(tmp_path, "--nodes", "900", "--instance-type", "m5.large").exit_code == 0
    written(tmp_path, {**other, "pods.subnet_prefix": 20}, name="other.yaml")
    assert run(tmp_path, "--nodes", "900", "--instance-type", "m5.large").exit_code == 1
    refused = run(tmp_path, "--svg", tmp_path / "plan.svg")
    assert refused.exit_code == 1
    assert "must be one config file with --svg and --mermaid" in refused.output
    assert not (tmp_path / "plan.svg").exists()


def test_pictures_are_written_both_or_neither(tmp_path: Path) -> None:
    """In place of those that were there, and beside what else is there."""
    config = written(tmp_path)
    svg, mermaid = tmp_path / "out" / "plan.svg", tmp_path / "out" / "plan.mmd"
    svg.parent.mkdir()
    (svg.parent / "other.svg").write_text("mine")
    svg.write_text("old")
    assert run(config, "--svg", svg, "--mermaid", mermaid).exit_code == 0
    ElementTree.parse(svg)
    assert mermaid.read_text().startswith("flowchart LR\n")
    assert sorted(path.name for path in svg.parent.iterdir()) == ["other.svg", "plan.mmd", "plan.svg"]
    svg.write_text("old")
    mermaid.unlink()
    mermaid.mkdir()
    refused = run(config, "--svg", svg, "--mermaid", mermaid)
    assert refused.exit_code == 1
    assert str(mermaid) in refused.stderr
    assert svg.read_text() == "old"
    assert not refused.stdout


def test_two_pictures_cannot_be_one_file(tmp_path: Path) -> None:
    """One would be lost."""
    result = run(written(tmp_path), "--svg", tmp_path / "plan", "--mermaid", tmp_path / "plan")
    assert result.exit_code == 1
    assert "must differ from the file of --svg" in result.output


@pytest.mark.parametrize("changes", [{"pods.subnet_prefix": 15}, {"prices": {"nat_gateway_hour": -1}}, {"price": {}}])
def test_a_wrong_config_is_refused_with_its_line(tmp_path: Path, changes: Changes) -> None:
    """And nothing is drawn."""
    result = run(written(tmp_path, changes), "--svg", tmp_path / "plan.svg")
    assert result.exit_code == 1
    assert result.stderr.startswith(f"{tmp_path / 'net.yaml'}:")
    assert not (tmp_path / "plan.svg").exists()


def test_a_config_that_is_not_there_is_reported(tmp_path: Path) -> None:
    """With the status 2, as it is not known whether it is right."""
    result = run(tmp_path / "nothing.yaml")
    assert result.exit_code == 2
    assert "must be a file that can be read" in result.stderr


def test_ec2_is_called_for_limits_if_requested(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For the types that are counted with, in the region of the config."""
    asked: list[tuple[Sequence[str], str]] = []

    def described(names: Sequence[str], *, region: str, profile: str | None) -> Limits:
        assert profile is None
        asked.append((names, region))
        return {name: InstanceType(name=name, interfaces=3, addresses=5) for name in names}

    monkeypatch.setattr(command, "described_limits", described)
    result = run(written(tmp_path), "--describe-instance-types", "--instance-type", "m99.large", "--format", "json")
    assert asked == [(("m99.large",), "eu-west-1")]
    assert {fit["pods_each"] for fit in json.loads(result.stdout)["facts"]["plans"][0]["capacity"]["fits"]} == {8}
    assert run(written(tmp_path), "--describe-instance-types").exit_code == 0
    assert "m7i.large" in asked[1][0]


def test_help_teaches() -> None:
    """With examples, and with what the exit status means."""
    shown = run("--help").output
    for words in ("--pods 3000 --instance-type m7i.large", "Exit status", "--svg", "--mermaid", "best case", "prices"):
        assert words in shown


def test_the_command_needs_neither_cdk_nor_an_aws_library() -> None:
    """It is quick."""
    script = (
        "import sys\n"
        "from podspace.cli import app\n"
        "app(['plan', 'config/article.yaml'], standalone_mode=False)\n"
        "print(sorted({n.partition('.')[0] for n in sys.modules} & {'aws_cdk', 'boto3', 'jsii', 'moto'}), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert done.stderr == "[]\n"


POOLS: Changes = {
    "node_pools": [
        {"name": "web", "requirements": [{"key": "eks.amazonaws.com/instance-family", "operator": "In", "values": ["m5"]}]},
        {"name": "batch", "requirements": [{"key": "kubernetes.io/arch", "operator": "In", "values": ["arm64"]}]},
        {"name": "none", "requirements": [{"key": "eks.amazonaws.com/instance-category", "operator": "In", "values": ["y"]}]},
    ]
}  # fmt: skip


def test_the_types_of_each_node_pool_are_ranked(tmp_path: Path) -> None:
    """Or of those that are asked for; the text has the first ones and how many there are, the JSON all."""
    path = written(tmp_path, POOLS)
    facts = json.loads(run(path, "--rank", "--format", "json").stdout)["facts"]["plans"][0]["rankings"]
    assert [each["node_pool"] for each in facts] == ["web", "batch", "none"]
    web, batch, none = (each["instance_types"] for each in facts)
    assert {each["instance_type"].partition(".")[0] for each in web} == {"m5"}
    assert len(batch) > 100
    assert none == []
    text = run(path, "--rank", "--node-pool", "batch").stdout
    section = text[text.index("NodePool batch") : text.index("Network Address Usage")]
    assert f"20 of {len(batch)}" in section
    assert sum(each["instance_type"] in section for each in batch[:20]) == 20
    assert "NodePool web, most" not in text


def test_a_pool_that_admits_no_type_is_a_note(tmp_path: Path) -> None:
    result = run(written(tmp_path, POOLS), "--rank", "--node-pool", "none", "--format", "json")
    found = [each["subject"] for each in json.loads(result.stdout)["diagnostics"] if each["id"] == "no-instance-type"]
    assert (result.exit_code, found) == (0, ["NodePool none"])


def test_without_rank_there_is_no_ranking(tmp_path: Path) -> None:
    path = written(tmp_path, POOLS)
    assert json.loads(run(path, "--format", "json").stdout)["facts"]["plans"][0]["rankings"] == []
    assert "most pods per vCPU" not in run(path).stdout


@pytest.mark.parametrize(
    ("changes", "arguments", "status", "id"),
    [
        (POOLS, ["--rank", "--node-pool", "wbe"], 1, "node-pool-unknown"),
        (POOLS, ["--rank", "--node-pool", "web", "--node-pool", "y", "--node-pool", "z"], 1, "node-pool-unknown"),
        ({"node_pools": []}, ["--rank"], 1, "no-node-pool"),
        ({"node_pools": []}, ["--rank", "--node-pool", "web"], 1, "no-node-pool"),
    ],
)
def test_a_pool_that_is_not_there_is_an_error(
    tmp_path: Path, changes: Changes, arguments: list[str], status: int, id: str
) -> None:
    path = written(tmp_path, changes)
    result = run(path, *arguments, "--format", "json")
    found = json.loads(result.stdout)["diagnostics"]
    assert (result.exit_code, {each["id"] for each in found}) == (status, {id})
    assert len(found) == max(arguments.count("--node-pool") - ("web" in arguments), 1)


def test_a_name_that_is_nearly_right_is_shown(tmp_path: Path) -> None:
    result = run(written(tmp_path, POOLS), "--rank", "--node-pool", "wbe", "--format", "json")
    (found,) = json.loads(result.stdout)["diagnostics"]
    assert "web" in found["fix"]
    assert "batch" not in found["fix"]


@pytest.mark.parametrize("arguments", [["--node-pool", "web"], ["--rank", "--describe-instance-types"]])
def test_options_that_do_not_go_together_are_a_wrong_command_line(tmp_path: Path, arguments: list[str]) -> None:
    assert run(written(tmp_path, POOLS), *arguments).exit_code == 2


def test_of_several_files_each_pool_is_ranked_where_it_is(tmp_path: Path) -> None:
    written(tmp_path, POOLS, name="one.yaml")
    other = {"name": "other", "vpc.id": "vpc-0123456789abcdef1", "cluster.name": "other"}
    written(tmp_path, {**other, "node_pools.0.name": "alone"}, name="two.yaml")
    plans = json.loads(run(tmp_path, "--rank", "--node-pool", "alone", "--format", "json").stdout)["facts"]["plans"]
    assert [[each["node_pool"] for each in plan["rankings"]] for plan in plans] == [[], ["alone"]]


def test_limits_from_the_capacity_are_shown_with_what_they_follow_from(tmp_path: Path) -> None:
    path = written(tmp_path, {"node_pools.0.limits": {"from_capacity": True, "zones_lost": 1}})
    (limit,) = json.loads(run(path, "--format", "json").stdout)["facts"]["plans"][0]["limits_from_capacity"]
    assert limit["nodes"] == min(limit["zones"].values())
    assert limit["takes"]["total"] > 0
    text = run(path).stdout
    assert limit["instance_type"] in text[text.index("Limits from capacity") :]
    assert "Limits from capacity" not in run(written(tmp_path, name="other.yaml")).stdout
