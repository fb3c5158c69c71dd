"""Files that are written whole, or not at all."""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final

_NEW: Final = 0o644


def write_atomically(path: Path, text: str) -> None:
    """Replace the text of a file, or write a new file and its folders; the file is never half-written.

    An existing file keeps its permissions and its owner; a link remains a link.

    Raises:
        OSError: the file cannot be written, or the path is a device, a pipe or a socket; it is then unchanged.
    """
    real = path.resolve()
    if is_special(real):  # else root would replace /dev/null by a file
        raise OSError(errno.EINVAL, "must be a regular file", str(path))
    real.parent.mkdir(parents=True, exist_ok=True)
    status = real.stat() if real.exists() else None
    with NamedTemporaryFile("wb", dir=real.parent, prefix=".podspace-", delete=False) as draft:
        name = Path(draft.name)
        try:
            draft.write(text.encode())
            draft.close()
            name.chmod(status.st_mode if status else _NEW)
            if status:
                with suppress(PermissionError):
                    os.chown(name, status.st_uid, status.st_gid)
            name.replace(real)
        finally:
            name.unlink(missing_ok=True)


def is_special(path: Path) -> bool:
    """Whether a path is a device, a pipe or a socket, or a link to one."""
    return path.exists() and not path.is_file() and not path.is_dir()
