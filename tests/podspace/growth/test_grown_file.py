"""A file is appended to as a whole or not at all, and by no addition is a deployed resource lost."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from podspace.diagnostic import InputError
from podspace.growth.grown_file import GrownFile, grown
from podspace.planning.files.append import Append
from podspace.planning.files.new_block import NewBlock
from podspace.planning.files.new_zone import NewZone
from podspace.planning.network import Network
from tests.template import REPOSITORY

BLOCK = NewBlock(cidr="100.65.0.0/16")
ARTICLE = (REPOSITORY / "config" / "article.yaml").read_text()


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "prod.yaml"
    path.write_text(ARTICLE)
    return path


def grow(path: Path) -> GrownFile:
    return grown(path, BLOCK)


def test_only_what_is_appended_is_written(config: Path) -> None:
    grow(config).write()
    assert config.read_text() == ARTICLE.replace("[100.64.0.0/16]", "[100.64.0.0/16, 100.65.0.0/16]")


def test_nothing_is_written_without_write(config: Path) -> None:
    file = grow(config)
    assert config.read_text() == ARTICLE
    assert [line[:1] for line in file.difference() if "100.65" in line] == ["+"]
    assert {change.effect for change in file.comparison.changes} == {"added"}


def test_line_ends_and_the_mark_of_the_file_stay(config: Path) -> None:
    before = ("\ufeff" + ARTICLE.replace("\n", "\r\n")).encode()
    config.write_bytes(before)
    grow(config).write()
    assert config.read_bytes() == before.replace(b"[100.64.0.0/16]", b"[100.64.0.0/16, 100.65.0.0/16]")


@pytest.mark.parametrize("mode", [0o600, 0o664])
def test_the_permissions_of_the_file_stay(config: Path, mode: int) -> None:
    config.chmod(mode)
    grow(config).write()
    assert stat.S_IMODE(config.stat().st_mode) == mode


def test_a_symbolic_link_stays_one(config: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.yaml"
    link.symlink_to("prod.yaml")
    grow(link).write()
    assert link.is_symlink()
    assert "100.65.0.0/16" in config.read_text()


def test_what_cannot_be_written_leaves_the_file_and_no_other(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = grow(config)

    def full(*_: object) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space left"):
        file.write()
    assert config.read_text() == ARTICLE
    assert list(config.parent.iterdir()) == [config]


def test_an_addition_that_cannot_be_planned_is_reported_with_its_line(config: Path) -> None:
    zone = NewZone(name="eu-west-1a", given={"--node-subnet": ["subnet-00000001"], "--gateway": ["nat-00000001"]})
    with pytest.raises(
        InputError, match=r"prod\.yaml:23: pods\.zones\[2\]: eu-west-1a\n.*no CIDR block has a /17 number 3"
    ):
        grown(config, zone)


def test_a_missing_option_has_the_line_of_the_file_and_a_superfluous_one_has_none(config: Path) -> None:
    with pytest.raises(InputError) as refusal:
        grown(config, NewZone(name="eu-west-1a", given={"--endpoint-subnet": ["subnet-00000001"]}))
    places = [str(problem.location) for problem in refusal.value.diagnostics]
    assert f"{config}:10: vpc.node_subnets" in places
    assert "--endpoint-subnet" in places


def test_a_file_that_is_wrong_already_does_not_grow(config: Path) -> None:
    config.write_text(ARTICLE.replace("subnet_prefix: 17", "subnet_prefix: 15"))
    with pytest.raises(InputError, match="subnet_prefix: 15"):
        grow(config)


class AnotherStackName:
    """An addition by which the deployed stack is lost."""

    def appends(self, _: Network) -> tuple[Append, ...]:
        """A name of the stack."""
        return (Append(place=("stack",), key="name", value="other"),)


def test_an_addition_that_loses_a_deployed_subnet_is_refused(config: Path) -> None:
    config.write_text(ARTICLE + "stack: {}\n")
    with pytest.raises(InputError) as refusal:
        grown(config, AnotherStackName())
    (diagnostic,) = refusal.value.diagnostics
    assert diagnostic.id == "stack-replaced"
    assert diagnostic.location.file == str(config)
    assert diagnostic.cause
    assert "set stack.name" in diagnostic.fix


@pytest.mark.parametrize(
    ("name", "said"),
    [(".", "must be one config file, not a folder"), ("nothing.yaml", "No such file"), ("binary.yaml", "in UTF-8")],
)
def test_a_path_that_is_no_config_file_is_reported(tmp_path: Path, name: str, said: str) -> None:
    (tmp_path / "binary.yaml").write_bytes(b"\xff")
    with pytest.raises(InputError, match=said):
        grow(tmp_path / name)


def test_new_remarks_are_reported(config: Path) -> None:
    assert grow(config).remarks == ()
    config.write_text((REPOSITORY / "config" / "shared-nat.yaml").read_text())
    zone = NewZone(name="eu-west-3c", given={"--node-subnet": ["subnet-00000001"]})
    (remark,) = grown(config, zone).remarks
    assert "eu-west-3c" in remark.message
