"""`python -m benchmarks.checkouts`: what it judges of a checkout, what it counts, and what it skips."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.checkouts import NOTHING, Unit, main, measure
from podspace.lint.linter import Linted

VPC = {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}}
SUBNET = {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": {"Ref": "Vpc"}, "CidrBlock": "10.1.0.0/24"}}
NODE_CLASS = {
    "apiVersion": "eks.amazonaws.com/v1",
    "kind": "NodeClass",
    "metadata": {"name": "pods"},
    "spec": {
        "role": "nodes",
        "subnetSelectorTerms": [{"tags": {"a": "b"}}],
        "securityGroupSelectorTerms": [{"tags": {"a": "b"}}],
    },
}
NODE_POOL = {
    "apiVersion": "karpenter.sh/v1",
    "kind": "NodePool",
    "metadata": {"name": "pods"},
    "spec": {
        "template": {
            "spec": {
                "nodeClassRef": {"group": "eks.amazonaws.com", "kind": "NodeClass", "name": "others"},
                "requirements": [{"key": "karpenter.sh/capacity-type", "operator": "In", "values": ["spot"]}],
            }
        }
    },
}


def a_checkout(folder: Path, files: dict[str, Any]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return folder


def template(**resources: Any) -> dict[str, Any]:
    return {"AWSTemplateFormatVersion": "2010-09-09", "Resources": {"Vpc": VPC, **resources}}


def test_each_template_is_checked_alone(tmp_path: Path) -> None:
    checkout = a_checkout(tmp_path, {"a.json": template(), "b/b.json": template(Subnet=SUBNET)})
    measured = measure([checkout])
    assert measured.judged == {"template": 2}
    ((severity, rule),) = measured.rules()
    (finding,) = measured.findings
    assert (severity, rule, finding.location.file) == ("error", "subnet-outside-blocks", str(tmp_path / "b/b.json"))


def test_manifests_of_a_folder_are_judged_together(tmp_path: Path) -> None:
    """A NodePool on another NodeClass than that of its folder is a fault; elsewhere its NodeClass is not known."""
    together = measure([a_checkout(tmp_path / "one", {"a.json": NODE_CLASS, "b.json": NODE_POOL})])
    apart = measure([a_checkout(tmp_path / "two", {"a/a.json": NODE_CLASS, "b/b.json": NODE_POOL})])
    assert (together.judged["manifest"], apart.judged["manifest"]) == (2, 2)
    assert [finding.id for finding in together.findings] == ["node-class-not-found"]
    assert not apart.findings


def test_an_assembly_is_one_deployment(tmp_path: Path) -> None:
    manifest = {"artifacts": {"s": {"type": "aws:cloudformation:stack", "properties": {"templateFile": "s.json"}}}}
    files = {"cdk.out/manifest.json": manifest, "cdk.out/cdk.out": "{}", "cdk.out/s.json": template()}
    assert measure([a_checkout(tmp_path, files)]).judged == {"assembly": 1}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ({"name": "left-pad"}, NOTHING),
        ("kind: [", "unreadable"),
        (NODE_CLASS | {"metadata": {"name": "${NAME}"}}, "to render first"),
        ('{"AWSTemplateFormatVersion": "2010-09-09", "Resources": ', "unreadable"),
    ],
)
def test_a_skipped_file_is_counted_with_its_reason(tmp_path: Path, content: Any, reason: str) -> None:
    measured = measure([a_checkout(tmp_path, {"a.yaml": content})])
    assert sum(measured.judged.values()) == 0
    ((found, count),) = (+measured.skipped).items()
    assert (found.partition(":")[0], count) == (reason, 1)


def test_a_crash_is_counted_and_the_rest_is_judged(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def run(unit: Unit) -> tuple[Linted, int]:
        if unit.paths[0].name == "a.json":
            raise RuntimeError("unexpected")
        return Linted(), 1

    measured = measure([a_checkout(tmp_path, {"a.json": template(), "b.json": template()})], run=run)
    assert (len(measured.crashed), measured.judged["template"]) == (1, 1)
    assert "a.json" in measured.crashed[0]
    assert main([str(tmp_path)]) == 0
    assert "error" not in capsys.readouterr().out


def test_the_reports_have_the_same_counts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    checkout = a_checkout(tmp_path, {"a.json": template(Subnet=SUBNET), "b.json": NODE_CLASS, "c.json": {}})
    assert main([str(checkout), "--format", "json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["judged"] == {"template": 1, "manifest": 1}
    assert report["rules"] == [{"rule": "subnet-outside-blocks", "severity": "error", "findings": 1, "files": 1}]
    assert [each["name"] for each in report["findings"]] == ["Subnet"]
    assert main([str(checkout)]) == 0
    assert "error[subnet-outside-blocks]" in capsys.readouterr().out
