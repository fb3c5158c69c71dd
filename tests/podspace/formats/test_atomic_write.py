"""Files are replaced whole, and nothing but a file is replaced."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from podspace.formats.atomic_write import write_atomically


def test_a_file_is_replaced_and_keeps_its_permissions(tmp_path: Path) -> None:
    path = tmp_path / "new" / "file.yaml"
    write_atomically(path, "a")
    path.chmod(0o600)
    write_atomically(path, "b")
    assert (path.read_text(), stat.S_IMODE(path.stat().st_mode)) == ("b", 0o600)
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("linked", [False, True])
def test_a_device_or_pipe_is_not_replaced(linked: bool, tmp_path: Path) -> None:
    """A pipe is in the place of /dev/null, which root would lose in a failing test."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    path = tmp_path / "link" if linked else pipe
    if linked:
        path.symlink_to(pipe)
    with pytest.raises(OSError, match="regular file"):
        write_atomically(path, "a")
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert path.is_symlink() is linked
