"""Build the site into `site/`: `make docs`. Zensical and Mermaid must be installed, by `make docs` or as it does it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from tools import REPOSITORY
from tools.site.check import problems
from tools.site.sources import settings, sources

HERE: Final = Path(__file__).parent
SCRIPTS: Final = {
    "mermaid.js": Path("@mermaid-js", "tiny", "dist", "mermaid.tiny.js"),
    "iframe-worker.js": Path("iframe-worker", "shim", "index.js"),
}
"""Scripts that the pages load, each with its place in `node_modules`. Zensical would load them from another host."""


def prepare(folder: Path, *, packages: Path) -> None:
    """Write all that the generator reads into a folder."""
    shutil.rmtree(folder, ignore_errors=True)
    for name, text in sources().items():
        page = folder / "pages" / name
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(text, encoding="utf-8")
    assets = folder / "pages" / "assets"
    shutil.copytree(HERE / "assets", assets)
    for asset, script in SCRIPTS.items():
        shutil.copy(packages / script, assets / asset)
    shutil.copytree(HERE / "theme", folder / "theme")
    (folder / "zensical.toml").write_text(settings(), encoding="utf-8")


def main(*, tools: Path) -> int:
    """Build with what is installed in `tools`, and check the pages; the exit status."""
    folder, site = REPOSITORY / "build" / "docs", REPOSITORY / "site"
    prepare(folder, packages=tools / "node_modules")
    build: list[str | Path] = [tools / "bin" / "zensical", "build", "--strict", "-f", folder / "zensical.toml"]
    if subprocess.run(build, check=False).returncode:
        return 1
    shutil.copytree(folder / "pages", folder / "site", dirs_exist_ok=True)  # what llms.txt of the site lists
    found = problems(folder / "site")
    if found:
        print(*found, sep="\n", file=sys.stderr)
        return 1
    shutil.rmtree(site, ignore_errors=True)
    (folder / "site").rename(site)
    print(f"wrote {site / 'index.html'}")
    return 0


if __name__ == "__main__":
    sys.exit(main(tools=Path(sys.argv[1])))
