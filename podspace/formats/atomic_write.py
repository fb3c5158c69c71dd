"""Files that are written whole, or not at all."""

from __future__ import annotations

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
        OSError: the file cannot be written; it is then unchanged.
    """
    real = path.resolve()
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
