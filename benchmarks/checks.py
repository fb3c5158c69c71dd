"""Times the checks: the rules over an assembly of ten stacks and its manifests, and the command as a whole.

Run as `python benchmarks/checks.py`; the assembly is that of ten files of `config/`, synthesised first.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from podspace.lint import check, pictures, read_inputs
from podspace.lint.linter import judged

REPOSITORY = Path(__file__).parents[1]
ROUNDS = 9


def main() -> None:
    """Print the medians."""
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        _synthesise(work)
        paths = [work / "cdk.out", work / "dist"]
        stacks = len(read_inputs(paths).stacks)
        print(f"{stacks} stacks, {ROUNDS} rounds, medians\n")
        _print("reading templates and manifests", lambda: read_inputs(paths))
        inputs = read_inputs(paths)
        _print("the rules", lambda: list(check(pictures(inputs.stacks, inputs.manifests.objects))))
        _print("the rules, and each manifest alone", lambda: judged(inputs))
        command = [sys.executable, "-m", "podspace", "lint", *map(str, paths)]
        _print("podspace lint, the whole process", lambda: subprocess.run(command, check=True, capture_output=True))
        _print(
            "podspace lint --help, the same",
            lambda: subprocess.run([*command[:4], "--help"], check=True, capture_output=True),
        )


def _synthesise(work: Path) -> None:
    folder = work / "config"
    folder.mkdir()
    configs = sorted((REPOSITORY / "config").glob("*.yaml"))
    for path in [path for path in configs if not path.name.startswith(("apply", "new", "shared"))][:10]:
        (folder / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    command = [
        "cdk",
        "synth",
        "--quiet",
        "--no-notices",
        "-c",
        f"config={folder}",
        "-a",
        f"python {REPOSITORY / 'app.py'}",
    ]
    subprocess.run(command, cwd=work, check=True, capture_output=True)


def _print(what: str, run: Callable[[], object]) -> None:
    run()
    seconds = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - began)
    print(f"{what:42}{statistics.median(seconds) * 1000:8.1f} ms")


if __name__ == "__main__":
    main()
