"""Reports in the text format of Prometheus, version 0.0.4.

https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator

from podspace.reporting.metric import Metric, Sample
from podspace.reporting.report import Report
from podspace.reporting.text import paragraphs
from podspace.reporting.wording import printable


def written(report: Report) -> str:
    """The exit status, the number of diagnostics by id and severity, and the metrics of the command.

    Diagnostics that are not `ok` are comments before them, so that logs show why. The `|` keeps text of strangers from
    being read as `# HELP` or `# TYPE`.
    """
    shown = "\n".join(paragraphs([each for each in report.diagnostics if each.severity != "ok"]))
    comments = [f"# | {line}" for line in shown.splitlines()]
    metrics = (*metrics_of_reports(report), *report.metrics)
    return "\n".join([*comments, *(line for metric in metrics if metric.samples for line in _lines(metric))])


def metrics_of_reports(report: Report) -> tuple[Metric, ...]:
    """The metrics that every report has, whatever the command."""
    command = {"command": report.command}
    counts = Counter((printable(each.id), each.severity) for each in report.diagnostics)
    status = Metric(
        name="podspace_exit_status",
        help="Exit status of the command: 0 no error, 1 an error, 2 no error but something could not be read.",
        samples=[Sample(value=report.exit_status, labels=command)],
    )
    diagnostics = Metric(
        name="podspace_diagnostics",
        help="Diagnostics of the command, by id and severity.",
        samples=[
            Sample(value=count, labels={**command, "id": id, "severity": severity})
            for (id, severity), count in sorted(counts.items())
        ],
    )
    return status, diagnostics


def _lines(metric: Metric) -> Iterator[str]:
    escaped = printable(metric.help).replace("\\", r"\\")
    yield f"# HELP {metric.name} {escaped}"
    yield f"# TYPE {metric.name} gauge"
    for sample in metric.samples:
        labels = ",".join(f'{name}="{_label(value)}"' for name, value in sample.labels.items() if value)
        of = f"{{{labels}}}" if labels else ""
        yield f"{metric.name}{of} {_number(sample.value)}"


def _label(text: str) -> str:
    return printable(text).replace("\\", r"\\").replace('"', r"\"")


def _number(value: float) -> str:
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    return str(int(value)) if value == int(value) else repr(value)
