"""The three doors of the checks, at a CDK app that another team might have: the plug-in, the command, the test helper."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from podspace.lint.linter import lint
from podspace.testing import assert_sound, checked
from tests.checkout import run
from tests.template import REPOSITORY

APP = REPOSITORY / "tests" / "integration" / "foreign_app" / "app.py"
MANIFESTS = REPOSITORY / "tests" / "integration" / "foreign_app" / "manifests.yaml"

IN_THE_APP = {
    "block": "block-size",
    "dependency": "subnet-without-block-dependency",
    "route": "pods-without-way-out",
    "pods": "pods-closed-to-pods",
    "everywhere": "ingress-from-everywhere",
    "access-entry": "node-role-without-access-entry",
    "policies": "node-role-policies",
}
"""Faults that are planted in the app, one in each part of it, by the rule that finds them."""

IN_THE_MANIFESTS = {
    "node-role-unknown": ("acme-west-overlay-nodes", "acme-west-nodes"),
    "custom-tags-not-allowed": ("snatPolicy: Disabled", "snatPolicy: Disabled\n  tags: { team: overlay }"),
    "pod-selector-matches-nothing": ('podSubnetSelectorTerms:\n    - tags: { "acme:tier": overlay }',
                                     'podSubnetSelectorTerms:\n    - tags: { "acme:tier": pods }'),
    "group-selector-matches-nothing": ('"aws:eks:cluster-name": acme-west', '"aws:eks:cluster-name": acme-east'),
    "node-pool-outside-pod-zones": ('podSubnetSelectorTerms:\n    - tags: { "acme:tier": overlay }',
                                    'podSubnetSelectorTerms:\n    - tags: { "acme:tier": overlay, Name: acme-overlay/OverlayA }'),
    "node-class-not-found": ("kind: NodeClass, name: overlay", "kind: NodeClass, name: overlays"),
    "refused-by-api-server": ("snatPolicy: Disabled", "snatPolicy: disabled"),
}  # fmt: skip
"""Faults that are planted in the manifests, where no resource of CloudFormation is wrong."""


def manifests(folder: Path, right: str, wrong: str) -> Path:
    text = MANIFESTS.read_text()
    assert right in text
    (folder / "manifests.yaml").write_text(text.replace(right, wrong))
    return folder / "manifests.yaml"


def synth(folder: Path, fault: str = "-", *files: Path) -> subprocess.CompletedProcess[str]:
    """Run the app by the real CDK CLI."""
    command = " ".join(["python", str(APP), fault, *map(str, files)])
    environment = {"PYTHONPATH": str(REPOSITORY)}
    return run("cdk", "synth", "--quiet", "--no-notices", "-a", command, cwd=folder, environment=environment)


def synth_without_cli(folder: Path, *files: Path) -> subprocess.CompletedProcess[str]:
    """Run the app by itself, which takes a second less."""
    environment = {"PYTHONPATH": str(REPOSITORY), "CDK_OUTDIR": "cdk.out"}
    return run("python", str(APP), "-", *map(str, files), cwd=folder, environment=environment)


def violations(folder: Path) -> list[dict[str, Any]]:
    report = json.loads((folder / "cdk.out" / "validation-report.json").read_text())
    return [violation for plugin in report["pluginReports"] for violation in plugin["violations"]]


def test_an_app_in_which_nothing_is_wrong_is_synthesised(tmp_path: Path) -> None:
    """By the plug-in, and afterwards by the command and the helper."""
    done = synth(tmp_path, "-", MANIFESTS)
    assert done.returncode == 0, done.stderr
    linted = lint([tmp_path / "cdk.out", MANIFESTS])
    assert (linted.findings, linted.unreadable, linted.checked["stack"]) == ([], [], 4)
    assert_sound(tmp_path / "cdk.out", manifests=[MANIFESTS])


@pytest.mark.parametrize("faults", [set(IN_THE_APP) - {"everywhere"}, {"everywhere"}], ids=["some", "one"])
def test_faults_of_resources_fail_the_synthesis(faults: set[str], tmp_path: Path) -> None:
    """Each with the path of its construct in the report; the command finds the same."""
    rules = {IN_THE_APP[fault] for fault in faults}
    done = synth(tmp_path, ",".join(sorted(faults)), MANIFESTS)
    assert done.returncode == 1
    told = violations(tmp_path)
    for rule in rules:
        assert f"Podspace::{rule}" in done.stdout + done.stderr
        assert rule in {violation["ruleName"] for violation in told}
    for violation in told:
        (construct,) = violation["violatingConstructs"]
        assert construct["constructPath"].startswith("acme-")
        assert construct["cloudFormationResource"]["logicalId"]
    found = {finding.id for finding in lint([tmp_path / "cdk.out", MANIFESTS]).findings}
    assert found == {violation["ruleName"] for violation in told} == rules


@pytest.mark.parametrize(("rule", "change"), IN_THE_MANIFESTS.items())
def test_a_fault_without_a_resource_fails_the_synthesis(rule: str, change: tuple[str, str], tmp_path: Path) -> None:
    """CDK would drop it, and pass, if it named no construct."""
    file = manifests(tmp_path, *change)
    done = synth_without_cli(tmp_path, file)
    assert done.returncode == 1
    told = {violation["ruleName"] for violation in violations(tmp_path)}
    assert rule in told
    assert "manifests.yaml:" in done.stdout + done.stderr
    assert {finding.id for finding in lint([tmp_path / "cdk.out", file]).findings} == told
    with pytest.raises(AssertionError, match=rule):
        assert_sound(tmp_path / "cdk.out", manifests=[file])
    assert not checked(tmp_path / "cdk.out", manifests=[file]).unreadable


@pytest.mark.parametrize("place", ["app", "stack", "construct"])
def test_what_the_app_accepts_every_door_accepts(place: str, tmp_path: Path) -> None:
    """At the app, at a stack or at a construct; the plug-in, the command and the helper."""
    done = synth(tmp_path, f"accepted-at-{place}", MANIFESTS)
    assert done.returncode == 0, done.stderr
    linted = lint([tmp_path / "cdk.out", MANIFESTS])
    assert [(each.id, each.accepted) for each in linted.acknowledged] == [("subnet-without-block-dependency", "a test")]
    assert_sound(tmp_path / "cdk.out", manifests=[MANIFESTS])


def test_a_manifest_that_cannot_be_read_fails_the_synthesis(tmp_path: Path) -> None:
    done = synth(tmp_path, "-", tmp_path / "gone.yaml")
    assert done.returncode == 1
    assert "gone.yaml must be a file that can be read" in done.stdout + done.stderr


def test_a_warning_is_reported_and_fails_nothing(tmp_path: Path) -> None:
    done = synth(tmp_path, "zones", MANIFESTS)
    assert done.returncode == 0
    assert {violation["severity"] for violation in violations(tmp_path)} == {"warning"}
    assert "nat-gateway-of-another-zone" in done.stdout + done.stderr
