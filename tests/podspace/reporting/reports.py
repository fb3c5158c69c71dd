"""Reports for the tests of every format."""

from __future__ import annotations

from typing import Final

from podspace.diagnostic import SEVERITIES, Diagnostic, Location
from podspace.reporting import Report

EVIL: Final = "a\x1b[31mb\u202ec\x07\u2028d\x00e\r\nf\x85\u00a0\ue000\ud800"
"""Text with escape sequences, a bidirectional override, ends of lines, and characters that no encoding has."""

ERROR: Final = Diagnostic(
    id="refused-by-api-server",
    severity="error",
    subject='"a b"',
    location=Location(file="a.yaml", line=5, document=2, kind="NodeClass", name="pods", path="spec.role"),
    message="must be a name",
    cause="IAM takes no other",
    fix="write ab",
    source="https://example.com",
    inferred=True,
)
WARNING: Final = Diagnostic(
    id="may-not-work",
    severity="warning",
    location=Location(file="-", line=1, kind="NodePool", path="spec"),
    message="must be given",
)
GONE: Final = Diagnostic(
    id="unreadable", severity="unknown", location=Location(file="gone.yaml"), message="must be a file", fix="look"
)
OK: Final = Diagnostic(id="dns", severity="ok", subject="vpc-1", message="has DNS on", cause="why", source="https://x")
NOTE: Final = Diagnostic(id="size", severity="note", subject="subnet-1", message="has 3 free addresses", fix="use more")
ACCEPTED: Final = Diagnostic(
    id="may-not-work",
    severity="warning",
    location=Location(file="b.yaml", line=2, kind="NodeClass", name="b"),
    message="must be given",
    accepted="it is meant",
)
ALL: Final = (ERROR, WARNING, GONE, OK, NOTE)
REPORT: Final = Report(
    command="lint",
    diagnostics=ALL,
    accepted=(ACCEPTED,),
    facts={"checked": {"stack": 2}, "passed_over": {}},
    scope="checked 2 stacks",
)
EMPTY: Final = Report(command="lint", diagnostics=())

assert {each.severity for each in ALL} == set(SEVERITIES)


def evil(severity: object) -> Diagnostic:
    """A diagnostic whose every text is somebody else's."""
    return Diagnostic(
        id=EVIL,
        severity=severity,  # type: ignore[arg-type]
        subject=EVIL,
        location=Location(file="a\x1bb\u202e", line=3, kind=EVIL, name=EVIL, path=EVIL, construct_path=EVIL),
        message=EVIL,
        cause=EVIL,
        fix=EVIL,
        source=EVIL,
    )
