#!/usr/bin/env bash
# Install podspace into a virtual environment of its own, so that no other step of a pipeline sees its packages.
#
# PODSPACE_VENV     the folder of the virtual environment
# PODSPACE_VERSION  the version on PyPI; empty: PODSPACE_SOURCE
# PODSPACE_SOURCE   a checkout of podspace, or a wheel
set -euo pipefail

python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
  echo "podspace needs Python 3.11 or later" >&2
  exit 2
}
if [[ -n "${PODSPACE_VERSION:-}" ]]; then
  requirement="eks-podspace==$PODSPACE_VERSION"
else
  requirement="$PODSPACE_SOURCE"
fi
python3 -m venv "$PODSPACE_VENV"
"$PODSPACE_VENV/bin/python" -m pip install --quiet --disable-pip-version-check -- "$requirement"
"$PODSPACE_VENV/bin/podspace" --version
