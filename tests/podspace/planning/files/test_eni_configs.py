"""ENIConfigs are written from ids of the config or of the deployment, or not at all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from podspace.cli import app
from podspace.formats.manifest_files import write_manifests
from podspace.lint.linter import lint
from podspace.planning import InputError, manifests
from podspace.planning.files.eni_configs import write_eni_configs
from tests.mother import A_NEW_CLUSTER, Changes, a_config, a_file, a_plan
from tests.template import template_of

EXISTING: Changes = {
    "egress": [],
    "pods": {
        "subnet_ids": {"eu-west-1a": ["subnet-000000aa"], "eu-west-1b": ["subnet-000000bb"]},
        "security_group": "sg-000000cc",
    },
}
OUTPUTS = {
    "podspace-cluster-net": {
        "PodSubnetIdseuwest1a": "subnet-0aa",
        "PodSubnetIdseuwest1b": "subnet-0bb",
        "PodSecurityGroupId": "sg-0cc",
    }
}


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def config(changes: Changes | None = None) -> Path:
    path = Path("net.yaml")
    path.write_text(yaml.safe_dump(a_file({"vpc_cni": {}, **(changes or {})})))
    return path


def outputs(data: Any = OUTPUTS) -> Path:
    path = Path("outputs.json")
    path.write_text(json.dumps(data))
    return path


def refusal(**given: Any) -> str:
    with pytest.raises(InputError) as refused:
        write_eni_configs(**given)
    assert not list(Path().rglob("*.k8s.yaml")), "nothing is half written"
    return str(refused.value)


def specs(paths: tuple[Path, ...]) -> dict[str, Any]:
    objects = [yaml.safe_load(path.read_text()) for path in paths if path.suffix == ".yaml"]
    return {each["metadata"]["name"]: each["spec"] for each in objects}


def test_ids_come_from_the_outputs_of_the_deployment() -> None:
    written = write_eni_configs(config(), outputs=outputs())
    assert {path.parent for path in written} == {Path("dist/net/vpc-cni")}
    assert specs(written) == {
        "eu-west-1a": {"subnet": "subnet-0aa", "securityGroups": ["sg-0cc"]},
        "eu-west-1b": {"subnet": "subnet-0bb", "securityGroups": ["sg-0cc"]},
    }
    assert lint([Path("dist/net/vpc-cni")]).exit_status == 0


def test_the_keys_are_those_the_stack_puts_out() -> None:
    made = template_of(a_config({"vpc_cni": {}})).find_outputs("*")
    assert set(OUTPUTS["podspace-cluster-net"]) <= set(made)


def test_ids_of_what_exists_come_from_the_config() -> None:
    written = write_eni_configs(config(EXISTING))
    assert specs(written)["eu-west-1b"] == {"subnet": "subnet-000000bb", "securityGroups": ["sg-000000cc"]}


def test_pods_in_the_clusters_group_need_no_output_of_it() -> None:
    only_subnets = {
        "podspace-cluster-net": {k: v for k, v in OUTPUTS["podspace-cluster-net"].items() if "Group" not in k}
    }
    written = write_eni_configs(config({"pods.security_group": "cluster"}), outputs=outputs(only_subnets))
    assert specs(written)["eu-west-1a"]["securityGroups"] == ["sg-0123456789abcdef0"]


def test_the_configuration_of_the_add_on_is_in_a_file_that_kubectl_ignores() -> None:
    written = write_eni_configs(config(), outputs=outputs(), folder=Path("out"))
    (other,) = [path for path in written if path.suffix not in {".yaml", ".yml", ".json"}]
    assert json.loads(other.read_text())["env"]["AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG"] == "true"


def test_the_same_ids_give_the_same_bytes() -> None:
    first = [path.read_bytes() for path in write_eni_configs(config(), outputs=outputs())]
    assert first == [path.read_bytes() for path in write_eni_configs(config(), outputs=outputs())]


def test_without_ids_it_says_what_is_missing_and_how_to_get_it() -> None:
    said = refusal(config=config())
    assert "the pod subnet of eu-west-1a" in said
    assert "the pod subnet of eu-west-1b" in said
    assert "the pods' security group" in said
    assert "cdk deploy --outputs-file outputs.json" in said


@pytest.mark.parametrize(
    ("data", "gist"),
    [
        ({"other": {}}, "must have the outputs of stack podspace-cluster-net, but has those of other"),
        ({}, "must have the outputs of stack podspace-cluster-net"),
        ([], "must have the outputs of stack podspace-cluster-net"),
        (
            {"podspace-cluster-net": {"PodSecurityGroupId": "sg-0cc"}},
            "outputs.json\n    must have the ids of the pod subnet",
        ),
    ],
)
def test_outputs_of_something_else_are_refused(data: Any, gist: str) -> None:
    assert gist in refusal(config=config(), outputs=outputs(data))


@pytest.mark.parametrize("ids", ["subnet-0a,", "subnet-0a, subnet-0b", "foo", "subnet-0a,subnet-0b"])
def test_outputs_that_are_no_ids_are_refused(ids: str) -> None:
    data = {"podspace-cluster-net": {**OUTPUTS["podspace-cluster-net"], "PodSubnetIdseuwest1a": ids}}
    assert "outputs.json" in refusal(config=config(), outputs=outputs(data))


def test_manifests_of_the_synthesis_in_the_same_folder_are_left_alone() -> None:
    write_manifests(Path("dist/net"), manifests(a_plan()))
    before = sorted(Path("dist/net").iterdir())
    write_eni_configs(config(), outputs=outputs(), folder=Path("dist/net"))
    assert set(before) < set(Path("dist/net").iterdir())


def test_outputs_that_cannot_be_read_are_named() -> None:
    assert "none.json" in refusal(config=config(), outputs=Path("none.json"))


@pytest.mark.parametrize(
    ("changes", "gist"),
    [
        ({"vpc_cni": None}, "must be given"),
        ({**A_NEW_CLUSTER}, "the add-on creates the ENIConfigs"),
        ({"vpc_cni": {"snat": "Random"}}, "snat_policy"),
    ],
)
def test_a_config_that_asks_for_none_is_refused(changes: Changes, gist: str) -> None:
    assert gist in refusal(config=config(changes), outputs=outputs())


def test_a_folder_of_several_configs_is_refused() -> None:
    config()
    Path("two.yaml").write_text(
        yaml.safe_dump(
            a_file(
                {
                    "name": "two",
                    "vpc.id": "vpc-000000ff",
                    "cluster.name": "two",
                    "vpc.node_subnets": {"eu-west-1a": ["subnet-000000fa"], "eu-west-1b": ["subnet-000000fb"]},
                }
            )
        )
    )
    assert "must be one config file" in refusal(config=Path())


def test_the_command_says_what_it_wrote_and_fails_without_a_traceback() -> None:
    done = CliRunner().invoke(app, ["eni-configs", str(config()), "--outputs", str(outputs())])
    assert (done.exit_code, done.output.count("wrote ")) == (0, 3)
    failed = CliRunner().invoke(app, ["eni-configs", str(config())])
    assert failed.exit_code == 1
    assert "must have the ids" in failed.output
    Path("file").write_text("")
    unwritable = CliRunner().invoke(app, ["eni-configs", str(config(EXISTING)), "--to", "file/inside"])
    assert (unwritable.exit_code, "Traceback" in unwritable.output, "file" in unwritable.output) == (1, False, True)


def test_a_linked_folder_and_a_file_of_others_are_refused_with_exit_status_1() -> None:
    Path("elsewhere").mkdir()
    Path("dist").mkdir()
    Path("dist/net").symlink_to("../elsewhere")
    linked = CliRunner().invoke(app, ["eni-configs", str(config(EXISTING))])
    assert (linked.exit_code, "linked-folder" in linked.output, list(Path("elsewhere").iterdir())) == (1, True, [])
    written = write_eni_configs(config(EXISTING), folder=Path("own"))
    manifest = next(path for path in written if path.name.endswith(".k8s.yaml"))
    manifest.write_text("kind: ENIConfig\n")
    edited = CliRunner().invoke(app, ["eni-configs", str(config(EXISTING)), "--to", "own"])
    assert (edited.exit_code, "file-of-others" in edited.output) == (1, True)
    assert manifest.read_text() == "kind: ENIConfig\n"
