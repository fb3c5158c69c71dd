"""The application as people run it: through make and the real CDK CLI, from a checkout, without credentials."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft7Validator

from podspace.api import MANIFEST_KINDS
from podspace.api.json_schema import json_schema
from podspace.lint.linter import lint
from podspace.planning import manifests, read_network_files
from tests.checkout import checkout, run
from tests.template import CONFIGS

SCHEMAS = {name: Draft7Validator(json_schema(kind)) for name, kind in MANIFEST_KINDS.items()}
NOISE = re.compile(r"Traceback|jsii|NOTICE|telemetry|credential", re.IGNORECASE)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return checkout(tmp_path / "podspace")


def outputs(project: Path) -> dict[str, bytes]:
    files = [*project.glob("cdk.out/*.template.json"), *project.glob("dist/*/*")]
    return {str(file.relative_to(project)): file.read_bytes() for file in files}


def test_make_synth_writes_the_articles_template_and_manifests(project: Path) -> None:
    done = run("make", "synth", cwd=project)
    assert done.returncode == 0, done.stderr
    assert not NOISE.search(done.stdout + done.stderr)
    assert sorted(outputs(project)) == [
        "cdk.out/split-ip.template.json",
        "dist/split-ip/2-nodeclass-split-ip-space.k8s.yaml",
        "dist/split-ip/3-nodepool-workers-split-ip.k8s.yaml",
    ]
    assert "note: networkPolicy of NodeClass split-ip-space has no effect" in done.stderr
    for path in outputs(project):
        assert f"  wrote {path}\n" in done.stderr
    page = (project / "docs" / "deploying.md").read_text()
    (command,) = re.findall(r"^podspace (lint cdk.out dist/split-ip/)$", page, re.MULTILINE)
    judged = run(sys.executable, "-m", "podspace", *command.split(), cwd=project)
    assert (judged.returncode, judged.stdout) == (0, "checked 1 NodeClass, 1 NodePool, 1 stack; 0 errors, 0 warnings\n")


def test_every_example_passes_every_validation_of_cdk_in_one_run(project: Path) -> None:
    """The one gate with CDK's own template validation on."""
    done = run("make", "synth", "CONFIG=config", cwd=project, validation=True)
    assert done.returncode == 0, done.stderr
    assert not NOISE.search(done.stdout + done.stderr)
    report = json.loads((project / "cdk.out" / "validation-report.json").read_text())
    ran = {plugin["pluginName"]: plugin for plugin in report["pluginReports"]}
    assert "CloudFormation Validate" in ran
    assert all(plugin["conclusion"] == "success" and not plugin["violations"] for plugin in ran.values())
    for file in read_network_files(project / "config"):
        if file.plan.network_half:
            assert not (project / "dist" / file.plan.name).exists()
            continue
        written = [yaml.safe_load(path.read_text()) for path in sorted((project / "dist" / file.plan.name).iterdir())]
        planned = sorted((dict(m) for m in manifests(file.plan)), key=lambda m: (m["kind"], m["metadata"]["name"]))  # type: ignore[index,call-overload]
        assert written == planned
        for manifest in written:
            if manifest["kind"] in SCHEMAS:
                SCHEMAS[manifest["kind"]].validate(manifest)
    assert lint([project / "dist"]).exit_status == 0
    assert len(list((project / "cdk.out").glob("*.template.json"))) == len(CONFIGS)


def test_the_same_commit_and_config_give_the_same_bytes(project: Path, tmp_path: Path) -> None:
    other = checkout(tmp_path / "elsewhere")
    for folder in (project, other):
        assert run("python", "app.py", cwd=folder, config="config/article.yaml").returncode == 0
    assert len(outputs(project)) > 1
    assert outputs(project) == outputs(other)


def test_a_bad_config_is_one_message_and_nothing_written(project: Path) -> None:
    config = project / "config" / "article.yaml"
    config.write_text(config.read_text().replace("100.64.0.0/16", "10.196.0.0/16"))
    done = run("cdk", "synth", "--quiet", cwd=project)
    assert done.returncode == 1
    assert "config/article.yaml:21: pods.cidrs[0]: 10.196.0.0/16\n    must not overlap 10.196.24.0/24" in done.stderr
    assert not NOISE.search(done.stdout + done.stderr)
    assert not outputs(project)


@pytest.mark.parametrize(
    ("config", "said"),
    [("none.yaml", "none.yaml\n    must be a file"), ("k8s", "k8s\n    must be a config file, or a folder")],
)
def test_a_config_that_is_not_there_is_said(project: Path, config: str, said: str) -> None:
    done = run("python", "app.py", cwd=project, config=config)
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_without_a_config_the_way_to_give_one_is_said(project: Path) -> None:
    done = run("python", "app.py", cwd=project)
    assert done.returncode == 1
    assert "-c config=config/article.yaml" in done.stderr


FAULTY = """
import sys, constructs_lib.node_role
constructs_lib.node_role.managed_policies = lambda names, page: {}
import app
sys.exit(app.main())
"""


def test_a_finding_of_cdk_nag_fails_and_writes_no_manifest(project: Path) -> None:
    (project / "faulty.py").write_text(FAULTY)
    done = run("cdk", "synth", "--quiet", "--app", "python faulty.py", cwd=project)
    assert done.returncode == 1
    assert "AwsSolutions-IAM4" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert not list(project.glob("dist/*/*"))


def test_a_finding_is_reported_without_the_cli_too(project: Path) -> None:
    (project / "faulty.py").write_text(FAULTY)
    done = run("python", "faulty.py", cwd=project, config="config/article.yaml")
    assert done.returncode == 1
    assert "AwsSolutions-IAM4" in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(project.glob("dist/*/*"))


def test_without_the_kubectl_layer_the_config_that_applies_is_named(project: Path) -> None:
    layer = '"aws_cdk.lambda_layer_kubectl_v36"'
    (project / "bare.py").write_text(f"import sys\nsys.modules[{layer}] = None\nimport app\nsys.exit(app.main())\n")
    done = run("python", "bare.py", cwd=project, config="config/apply.yaml")
    assert done.returncode == 1
    assert "config/apply.yaml: apply: true needs the Lambda layer with kubectl, which is not installed" in done.stderr
    assert "Traceback" not in done.stderr
    assert not outputs(project)


def test_findings_of_an_earlier_run_are_forgotten(project: Path) -> None:
    """CDK leaves the report where it is when it writes no new one."""
    stale = project / "cdk.out" / "validation-report.json"
    stale.parent.mkdir()
    stale.write_text('{"pluginReports": [{"pluginName": "Old", "conclusion": "failure", "violations": []}]}')
    done = run("python", "app.py", cwd=project, config="config/article.yaml")
    assert done.returncode == 0, done.stderr
    assert list(project.glob("dist/*/*"))


def test_the_cli_is_the_one_that_is_pinned(project: Path) -> None:
    pinned = json.loads((project / "package-lock.json").read_text())["packages"]["node_modules/aws-cdk"]["version"]
    assert pinned == "2.1148.1"
    assert run("cdk", "--version", cwd=project).stdout.startswith(f"{pinned} ")


def test_a_linked_folder_and_a_file_of_others_in_dist_are_refused(project: Path) -> None:
    """Nothing is written to either."""
    elsewhere, folder = project / "elsewhere", project / "dist" / "split-ip"
    elsewhere.mkdir()
    folder.parent.mkdir()
    folder.symlink_to(elsewhere)
    done = run("python", "app.py", cwd=project, config="config/article.yaml")
    assert (done.returncode, "dist/split-ip\n    must not be a link" in done.stderr) == (1, True), done.stderr
    assert not list(elsewhere.iterdir())
    folder.unlink()
    folder.mkdir()
    theirs = folder / "3-nodepool-workers-split-ip.k8s.yaml"
    theirs.write_text("kind: NodePool\n")
    done = run("python", "app.py", cwd=project, config="config/article.yaml")
    assert (done.returncode, str(theirs.relative_to(project)) in done.stderr) == (1, True), done.stderr
    assert (list(folder.iterdir()), theirs.read_text()) == ([theirs], "kind: NodePool\n")


def test_a_folder_that_cannot_be_written_is_said(project: Path) -> None:
    (project / "dist").write_text("a file where the folder of manifests belongs")
    done = run("python", "app.py", cwd=project, config="config/article.yaml")
    assert done.returncode == 1
    assert "dist/split-ip: Not a directory" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_token_in_a_config_is_refused_before_anything_is_written(project: Path) -> None:
    config = project / "config" / "article.yaml"
    text = config.read_text().replace("snat_policy: Random", 'ephemeral_storage: {kms_key_id: "${Token[TOKEN.1]}"}')
    config.write_text(text)
    done = run("python", "app.py", cwd=project, config="config")
    assert done.returncode == 1
    assert "spec.ephemeralStorage.kmsKeyID of NodeClass split-ip-space is a CDK token" in done.stderr
    assert "Traceback" not in done.stderr
    assert not outputs(project)


def test_validation_of_the_cli_does_not_need_our_environment(project: Path) -> None:
    settings = json.loads((project / "cdk.json").read_text())
    assert settings["notices"] is False
    assert settings["versionReporting"] is False
    assert settings["context"]["cli-telemetry"] is False
