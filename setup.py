"""The packages and the long description of the distribution; pyproject.toml has everything else."""

import re
from pathlib import Path

from setuptools import find_packages, setup

# Nobody has given the repository an address, so that links to its files cannot be absolute. On PyPI, relative links
# lead nowhere and relative pictures do not show: there the README has their text only.
README = re.sub(r"!\[[^]]*\]\([^)]*\)\n*|\[([^]]+)\]\((?!https://)[^)]*\)", r"\1", Path("README.md").read_text("utf-8"))

setup(
    # `packages.find` of pyproject.toml cannot find folders whose package has another name.
    packages=[*find_packages(include=["podspace*", "constructs_lib*"]), "podspace.k8s", "podspace.stacks"],
    long_description=README,
    long_description_content_type="text/markdown",
)
