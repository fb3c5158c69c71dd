"""`python -m tools.local_aws`: a local AWS as a process, until SIGTERM or SIGINT."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from pathlib import Path
from typing import Final

from tools.local_aws import LocalAws

_LAST_PORT: Final = 65535


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > _LAST_PORT:
        raise argparse.ArgumentTypeError(f"{text} is not a port: 0 to {_LAST_PORT}; 0 is a free one")
    return int(text)


def main() -> None:
    """Listen, say where, and wait for the end."""
    parser = argparse.ArgumentParser(prog="python -m tools.local_aws", description=__doc__)
    parser.add_argument("--port", type=_port, default=0, help="on 127.0.0.1; a free one by default")
    parser.add_argument("--url-file", type=Path, help="where to write the URL")
    given = parser.parse_args()
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    with LocalAws(port=given.port) as local:
        sys.stdout.write(f"{local.clients.url}\n")
        sys.stdout.flush()
        if given.url_file:
            draft = given.url_file.with_suffix(".new")
            draft.write_text(local.clients.url)
            draft.replace(given.url_file)
        ended.wait()


if __name__ == "__main__":
    main()
