"""What CDK's validation plug-ins concluded about an assembly.

Run by the CDK CLI, `App.synth` returns as if all were well and leaves the findings to the CLI, in this file; run
without it, it raises.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

_NAME: Final = "validation-report.json"


def validation_failed(assembly: Path) -> bool:
    """Whether any plug-in, cdk-nag or CDK's own template validation, found something unacknowledged."""
    report = assembly / _NAME
    if not report.exists():
        return False
    plugins = json.loads(report.read_text(encoding="utf-8"))["pluginReports"]
    return any(plugin["conclusion"] == "failure" for plugin in plugins)
