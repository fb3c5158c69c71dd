"""The packages of the distribution; pyproject.toml has everything else."""

from setuptools import find_packages, setup

# `packages.find` of pyproject.toml cannot find folders whose package has another name.
setup(packages=[*find_packages(include=["podspace*", "constructs_lib*"]), "podspace.k8s", "podspace.stacks"])
