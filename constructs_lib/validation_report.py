"""Result of CDK's validation plug-ins for a cloud assembly.

If the CDK CLI runs the app, `App.synth` returns normally and writes the findings to `validation-report.json`, which the
CLI reads; without the CLI, `App.synth` raises an error.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

_NAME: Final = "validation-report.json"


def validation_failed(assembly: Path) -> bool:
    """Whether a plug-in, cdk-nag or CDK's own template validation, has a finding that is not acknowledged."""
    report = assembly / _NAME
    if not report.exists():
        return False
    plugins = json.loads(report.read_text(encoding="utf-8"))["pluginReports"]
    return any(plugin["conclusion"] == "failure" for plugin in plugins)
