"""What the pages say is what the code does."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner, Result

from podspace.api import ApiModel
from podspace.api.spelling import key_of
from podspace.capacity import listed_source
from podspace.cli import app
from podspace.cost import price_table
from podspace.lint import RULES
from podspace.lint.api_rules import API_RULES
from podspace.lint.linter import lint
from podspace.lint.report import lint_report
from podspace.planning import Config, read_network_files
from podspace.planning.nodes.config import NodeClassConfig, NodePoolConfig
from podspace.reporting import Format, written
from tests.checkout import source_files
from tests.config_paths import models
from tests.podspace.diff.repository import Repository
from tests.template import CONFIGS, REPOSITORY
from tools.pages import pages

README = (REPOSITORY / "README.md").read_text()
EXAMPLES = (REPOSITORY / "docs" / "examples.md").read_text()
GENERATED = pages()
PAGES = [REPOSITORY / file for file in source_files() if file.suffix == ".md"]


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def test_the_config_of_the_readme_can_be_deployed(tmp_path: Path) -> None:
    (shown,) = blocks(README, "yaml")
    (tmp_path / "config.yaml").write_text(shown)
    (file,) = read_network_files(tmp_path)
    assert not [remark for remark in file.plan.remarks if remark.severity == "error"]
    assert len(shown.splitlines()) <= 28


def test_the_readme_is_short() -> None:
    assert len(README.splitlines()) <= 150


def test_the_page_of_examples_shows_the_articles_config_whole() -> None:
    (shown,) = blocks(EXAMPLES, "yaml")
    assert yaml.safe_load(shown) == yaml.safe_load((REPOSITORY / "config" / "article.yaml").read_text())


def test_the_readme_begins_with_the_demo() -> None:
    commands = [line for block in blocks(README, "sh") for line in block.splitlines() if line]
    assert commands[:2] == ["make demo", "make synth"]


def test_every_config_a_page_names_is_there() -> None:
    named = {name for page in PAGES for name in re.findall(r"config/([\w-]+\.yaml)", page.read_text())}
    assert named - {"prod.yaml", "my-cluster.yaml", "shop.yaml", "NAME.yaml"} <= {path.name for path in CONFIGS}
    assert all(f"`{path.name}`" in EXAMPLES or f"config/{path.name}" in EXAMPLES for path in CONFIGS)


def test_the_refusal_of_a_config_on_its_page_is_what_is_printed(tmp_path: Path) -> None:
    (shown,) = (text for text in blocks(EXAMPLES, "text") if "must be between" in text)
    line = int(re.findall(r"prod.yaml:(\d+)", shown)[0])
    article = (REPOSITORY / "config" / "article.yaml").read_text().replace("100.64.0.0/16", "100.64.0.0/10")
    (tmp_path / "prod.yaml").write_text(article)
    with pytest.raises(ValueError, match=r"prod\.yaml") as refusal:
        read_network_files(tmp_path / "prod.yaml")
    assert shown.strip() == str(refusal.value).replace(str(tmp_path), "config")
    assert "100.64.0.0/10" in article.splitlines()[line - 1]


def test_every_key_of_a_config_is_on_its_page() -> None:
    """Keys inside a NodeClass or a NodePool are on the page of every field, as the API writes them."""
    page = (REPOSITORY / "docs" / "configuration.md").read_text()
    fields = (REPOSITORY / "docs" / "fields.md").read_text()
    short_forms = {"shared", "ids", "protocol", "first", "last"}
    for model in models(Config):
        inside = issubclass(model, ApiModel) and model not in (NodeClassConfig, NodePoolConfig)
        for key, field in model.model_fields.items():
            if key not in short_forms:
                name, where = (field.alias, fields) if inside else (key_of(key), page)
                assert re.search(rf"\b{name}\b", where), (model, key)


@pytest.mark.parametrize("path", GENERATED, ids=lambda path: path.name)
def test_what_is_made_from_the_code_is_what_the_code_says(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == GENERATED[path], "run `make pages`"


def test_no_schema_is_left_over() -> None:
    assert set((REPOSITORY / "docs" / "schemas").rglob("*.json")) == {
        path for path in GENERATED if path.suffix == ".json"
    }


def test_the_app_on_its_page_is_the_example() -> None:
    """Which `make types` checks with mypy, and test_examples runs."""
    shown, _ = blocks((REPOSITORY / "docs" / "cdk-apps.md").read_text(), "python")
    assert shown == (REPOSITORY / "examples" / "auto_mode_pods" / "app.py").read_text()


def test_the_lint_of_the_article_on_its_page_is_what_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    page = (REPOSITORY / "docs" / "lint.md").read_text()
    monkeypatch.chdir(REPOSITORY / "tests")
    (shown,) = blocks(page, "text")
    assert shown.strip() == written(lint_report(lint([Path("article.yaml")])), format_=Format.TEXT)


def test_the_plan_on_its_page_is_what_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    page = (REPOSITORY / "docs" / "capacity.md").read_text()
    monkeypatch.chdir(REPOSITORY)
    whole, *parts = [
        (CliRunner().invoke(app, shlex.split(command)[1:]).stdout, shown)
        for command, shown in zip(blocks(page, "sh"), blocks(page, "text"), strict=True)
    ]
    assert whole[0] == whole[1]
    assert parts
    for printed, shown in parts:
        assert shown.strip() in printed


def test_every_remark_of_an_address_plan_is_on_its_page() -> None:
    page = (REPOSITORY / "docs" / "capacity.md").read_text()
    ids = re.findall(r'(?:_note|warning)\(\s*"([\w-]+)"', (REPOSITORY / "podspace/address_plan/note.py").read_text())
    assert ids
    assert [id for id in ids if f"`{id}`" not in page] == []


def test_every_price_is_on_its_page_with_its_source() -> None:
    page = (REPOSITORY / "docs" / "capacity.md").read_text()
    (article,) = read_network_files(REPOSITORY / "config" / "article.yaml")
    table = price_table(article.plan)
    rows = [
        f"| `{key}` | {price.amount:g} | {price.source}{' (inferred)' if price.inferred else ''} |"
        for key, price in table.prices.items()
    ]
    assert [row for row in rows if row not in page] == []
    assert table.date in page


def test_the_table_of_instance_types_on_its_page_is_of_that_date() -> None:
    assert f"released {listed_source().date}" in (REPOSITORY / "docs" / "capacity.md").read_text()


def test_every_fault_of_the_articles_manifests_is_named() -> None:
    """A name that no group has, a wrong version, a reference out of place that lacks two keys, three things missing."""
    found = lint([REPOSITORY / "tests" / "article.yaml"]).findings
    assert {finding.location.path for finding in found} == {
        "spec.securityGroupSelectorTerms",
        "apiVersion",
        "spec.template",
        "spec.nodeClassRef",
        "spec.template.spec.nodeClassRef.group",
        "spec.template.spec.nodeClassRef.kind",
        "spec.template.spec.requirements",
        "spec.disruption.consolidateAfter",
    }


def test_every_rule_of_the_lint_is_on_its_page() -> None:
    page = (REPOSITORY / "docs" / "lint.md").read_text()
    assert [rule for rule in API_RULES if f"`{rule}`" not in page] == []
    checks = (REPOSITORY / "docs" / "checks.md").read_text()
    assert [rule for rule in RULES if f"\n### {rule}\n" not in checks] == []


@pytest.fixture
def a_copy_of_config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The examples in a repository of their own, where one is."""
    shutil.copytree(REPOSITORY / "config", tmp_path / "config")
    Repository(tmp_path).commit("notes.yaml")
    monkeypatch.chdir(tmp_path)


def run(command: str) -> Result:
    name, *arguments = shlex.split(command)
    assert name == "podspace"
    return CliRunner().invoke(app, arguments)


@pytest.mark.usefixtures("a_copy_of_config")
def test_the_commands_on_the_page_of_growth_print_what_it_shows() -> None:
    """One after the other, in the files that the commands before them wrote."""
    page = (REPOSITORY / "docs" / "growing.md").read_text()
    shown = re.findall(r"^```sh\n(.*?)^```\n\n```text\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    assert len(shown) == len(blocks(page, "sh"))
    for commands, output in shown:
        *edits, command = commands.splitlines()
        for edit in edits:
            subprocess.run(shlex.split(edit), check=True)
        result = run(command)
        assert (result.stdout or result.stderr).strip() == output.strip(), command


@pytest.mark.usefixtures("a_copy_of_config")
def test_the_commands_on_the_page_of_sizing_print_what_it_shows() -> None:
    """Each text block is a part of the output of the last command before it."""
    page = (REPOSITORY / "docs" / "sizing.md").read_text()
    printed, parts = "", 0
    for language, block in re.findall(r"^```(sh|text)\n(.*?)^```", page, re.MULTILINE | re.DOTALL):
        if language == "sh":
            edit, command = block.splitlines()
            subprocess.run(edit, shell=True, check=True)
            printed = run(command).stdout
        else:
            assert block in printed, block
            parts += 1
    assert parts


@pytest.mark.usefixtures("a_copy_of_config")
def test_the_commands_in_the_text_of_the_page_of_growth_run() -> None:
    page = (REPOSITORY / "docs" / "growing.md").read_text()
    commands = re.findall(r"`(podspace (?:add-zone|add-cidr|diff) [^`]*config/[^`]*)`", page)
    assert commands
    for command in commands:
        result = run(f"{command.replace('…', '00000001')} --dry-run")
        assert result.exit_code == 0, result.output


@pytest.mark.usefixtures("a_copy_of_config")
@pytest.mark.parametrize("page", ["quick-start", "packets", "migration", "day-two", "several-clusters"])
def test_the_commands_of_a_page_that_need_neither_account_nor_cdk_run(page: str) -> None:
    """`config/my-cluster.yaml` and `config/prod.yaml` are the reader's own."""
    for own in ("my-cluster", "prod"):
        shutil.copy("config/article.yaml", f"config/{own}.yaml")
    lines = "".join(blocks((REPOSITORY / "docs" / f"{page}.md").read_text(), "sh")).splitlines()
    ran = 0
    for line in lines:
        command, _, needs = line.partition("  # ")
        if re.match(r"(cp config|sed|mkdir) ", command):
            subprocess.run(command, shell=True, check=True)
        elif re.match(r"podspace (plan|manifests|diff|add-\w+) ", command) and not re.match(
            "AWS|cluster", needs.strip()
        ):
            result = run(command)
            assert result.exit_code == 0, (command, result.output)
            ran += 1
    assert ran
