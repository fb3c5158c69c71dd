"""CDK apps of other people, in an environment of their own outside this repository."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests.package.conftest import Install, Installation
from tests.template import REPOSITORY

FOREIGN = Path(__file__).with_name("foreign_app.py")
CONFIG = REPOSITORY / "config" / "article.yaml"


@pytest.fixture(scope="module")
def cdk(install: Install) -> Installation:
    return install("cdk", further=["mypy", "pyright"])


def test_the_app_of_six_lines(cdk: Installation) -> None:
    _, app = re.findall(
        r"^```python\n(.*?)^```$", (REPOSITORY / "docs" / "cdk-apps.md").read_text(), re.DOTALL | re.MULTILINE
    )
    (cdk.work / "config").mkdir(exist_ok=True)
    shutil.copy(CONFIG, cdk.work / "config")
    (cdk.work / "app.py").write_text(app)
    ran = cdk.run("python", "app.py")
    assert ran.returncode == 0, ran.stderr


@pytest.mark.parametrize("case", ["own", "imported", "regions", "stage", "without-env"])
def test_an_app_of_another_team(cdk: Installation, case: str) -> None:
    ran = cdk.run("python", FOREIGN, case)
    assert ran.returncode == 0, ran.stderr


@pytest.mark.parametrize("checker", [("mypy", "--strict"), ("pyright",)], ids=lambda each: each[0])
def test_the_types_of_that_app(cdk: Installation, checker: tuple[str, ...]) -> None:
    shutil.copy(FOREIGN, cdk.work / "foreign_app.py")
    ran = cdk.run(*checker, "foreign_app.py")
    assert ran.returncode == 0, ran.stdout
