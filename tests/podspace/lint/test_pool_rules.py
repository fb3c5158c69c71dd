"""Rules about NodePools and ENIConfigs: their levels, and what they leave alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.defects.corpus import fault_cases
from podspace.lint.linter import lint
from tests.podspace.lint.stacks import a_template, changed, of, write
from tests.podspace.manifests import an_eni_config

CASES = {case.name: case for case in fault_cases()}


@pytest.mark.parametrize(
    ("name", "severity"),
    [
        ("node-pool-in-none-of-the-pod-zones", "error"),
        ("node-pool-in-a-zone-of-no-pods", "warning"),
        ("two-node-pools-of-one-name", "error"),
        ("node-pool-named-as-a-built-in-one", "warning"),
    ],
)
def test_a_fault_is_an_error_where_nothing_can_excuse_it(name: str, severity: str, tmp_path: Path) -> None:
    (finding,) = lint([CASES[name].write(tmp_path)]).findings
    assert finding.severity == severity


POOL = """\
apiVersion: karpenter.sh/v1
kind: NodePool
metadata: {name: %s, labels: {app.kubernetes.io/managed-by: %s}}
spec:
  weight: %d
  template:
    spec:
      nodeClassRef: {group: eks.amazonaws.com, kind: NodeClass, name: default}
      requirements: [{key: kubernetes.io/arch, operator: In, values: [amd64]}]
---
"""


def ids(*files: object, folder: Path) -> list[str]:
    return [
        one.id for one in lint([write(folder, {f"{number}.yaml": file for number, file in enumerate(files)})]).findings
    ]


def test_manifests_of_one_name_in_two_files_may_be_of_two_clusters(tmp_path: Path) -> None:
    one, other = POOL % ("a", "us", 1), POOL % ("a", "us", 2)
    assert ids(one, other, folder=tmp_path / "two") == []
    assert ids(one + one, folder=tmp_path / "copy") == []
    assert ids(one + other, folder=tmp_path / "one") == ["manifest-twice"]


def test_the_built_in_node_pools_themselves_are_left_alone(tmp_path: Path) -> None:
    """As `kubectl get nodepools -o yaml` prints them."""
    assert ids(POOL % ("system", "eks", 1), folder=tmp_path / "own") == []
    assert ids(POOL % ("system", "us", 1), folder=tmp_path / "other") == ["node-pool-of-a-built-in-name"]


def test_a_built_in_name_is_an_error_where_the_cluster_has_that_pool_on(tmp_path: Path) -> None:
    cluster = of("EKS::Cluster", Name="a", ComputeConfig={"Enabled": True, "NodePools": ["system"]})
    folder = write(tmp_path, {"t.json": a_template({"Cluster": cluster}), "m.yaml": POOL % ("system", "us", 1)})
    assert "error" in {one.severity for one in lint([folder]).findings if one.id == "node-pool-of-a-built-in-name"}


@pytest.mark.parametrize(
    ("pools", "found"),
    [
        (["general-purpose"], []),
        (["system"], ["error"]),
        ([], []),
        ({"Ref": "Pools"}, ["warning"]),
        ([{"Ref": "Pool"}], ["warning"]),
        (["general-purpose", {"Ref": "Pool"}], ["warning"]),
    ],
)
def test_a_built_in_name_is_judged_by_the_pools_that_the_cluster_has_on(
    pools: object, found: list[str], tmp_path: Path
) -> None:
    """Only if all are known and none has the name, the name is free."""
    settings = {"Enabled": True, "NodePools": pools, "NodeRoleArn": "arn:aws:iam::111122223333:role/nodes"}
    cluster = of("EKS::Cluster", Name="a", ComputeConfig=settings)
    parameters = {"Pool": {"Type": "String"}, "Pools": {"Type": "CommaDelimitedList"}}
    files = {"t.json": a_template({"Cluster": cluster}, Parameters=parameters), "p.yaml": POOL % ("system", "us", 1)}
    findings = lint([write(tmp_path, files)]).findings
    assert [one.severity for one in findings if one.id == "node-pool-of-a-built-in-name"] == found


@pytest.mark.parametrize(("number", "others"), [(1, False), (10, False), (11, True)])
def test_a_message_names_ten_node_classes_at_most(number: int, others: bool, tmp_path: Path) -> None:
    node_class = {
        "apiVersion": "eks.amazonaws.com/v1",
        "kind": "NodeClass",
        "spec": {
            "role": "a",
            "subnetSelectorTerms": [{"id": "subnet-0a"}],
            "securityGroupSelectorTerms": [{"id": "sg-0a"}],
        },
    }
    files = {f"{at}.json": {**node_class, "metadata": {"name": f"class-{at}"}} for at in range(number)}
    pool = (POOL % ("a", "us", 1)).replace("name: default", "name: missing")
    (finding,) = (
        one for one in lint([write(tmp_path, {**files, "p.yaml": pool})]).findings if one.subject == "missing"
    )
    assert finding.message.count("class-") == min(number, 10)
    assert ("others" in finding.message) is others


def test_a_built_in_name_is_a_warning_where_one_of_two_clusters_has_that_pool_on(tmp_path: Path) -> None:
    """The NodePool may be of the other one."""
    clusters = {
        name: of("EKS::Cluster", Name=name, ComputeConfig={"Enabled": True, "NodePools": pools})
        for name, pools in (("Shop", ["system"]), ("Bank", ["general-purpose"]))
    }
    folder = write(tmp_path, {"t.json": a_template(clusters), "m.yaml": POOL % ("system", "us", 1)})
    findings = [one for one in lint([folder]).findings if one.id == "node-pool-of-a-built-in-name"]
    assert [one.severity for one in findings] == ["warning"]


def an_applied_eni_config(zone: str) -> dict[str, Any]:
    """As the kubectl provider of CDK applies it, with the group of the template."""
    config = an_eni_config(subnet="subnet-0a", securityGroups=["<>"]) | {"metadata": {"name": zone}}
    before, _, after = json.dumps([config]).partition("<>")
    manifest = {"Fn::Join": ["", [before, {"Fn::GetAtt": ["PodGroup", "GroupId"]}, after]]}
    return {"Type": "Custom::AWSCDK-EKS-KubernetesResource", "Properties": {"Manifest": manifest}}


def test_eni_configs_of_one_group_are_reported_once(tmp_path: Path) -> None:
    """The group lacks one rule, whatever the number of zones."""
    applied = {f"Eni{zone[-1].upper()}": an_applied_eni_config(zone) for zone in ("eu-north-1a", "eu-north-1b")}
    without_add_on = [
        {"file": "cluster.yaml", "at": ["Resources", id], "remove": True} for id in ("VpcCni", "ClusterFromPods")
    ]
    folder = changed(
        "add-on", *without_add_on, {"file": "cluster.yaml", "at": ["Resources"], "add": applied}, folder=tmp_path
    )
    findings = [one for one in lint([folder]).findings if one.id == "eni-config-closed-to-api-server"]
    assert [one.location.name for one in findings] == ["EniA"]


@pytest.mark.parametrize("in_a_manifest", [True, False])
def test_a_zone_without_an_eni_config_is_an_error_where_the_add_on_creates_them_all(
    in_a_manifest: bool, tmp_path: Path
) -> None:
    """A further manifest may be of that zone."""
    folder = CASES["node-group-in-a-zone-without-eni-config"].write(tmp_path)
    if in_a_manifest:
        config = an_eni_config(subnet="subnet-0a", securityGroups=["sg-0a"]) | {"metadata": {"name": "eu-north-1c"}}
        write(folder, {"eni.json": config})
    findings = [one for one in lint([folder]).findings if one.id == "zone-without-eni-config"]
    reported = [(one.severity, one.location.name, one.location.path) for one in findings]
    of_subnet = ("warning", "NodeSubnetB", "Properties.AvailabilityZone")
    assert reported == [of_subnet if in_a_manifest else ("error", "VpcCni", "Properties.ConfigurationValues")]
