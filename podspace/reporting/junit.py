"""Reports as JUnit XML, which CI systems show as tests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from xml.etree import ElementTree

from podspace.diagnostic import Diagnostic
from podspace.reporting.report import Report
from podspace.reporting.text import paragraphs
from podspace.reporting.wording import printable
from podspace.reporting.xml_text import element, xml_document, xml_text


def written(report: Report) -> str:
    """A test suite for each file, and one for diagnostics that are in no file.

    An `error` is a failure and `unknown` an error; a `warning` or a `note` is a passed test that prints it.  A suite
    without any test would look as if nothing ran, so a report without diagnostics is one passed test.
    """
    root = ElementTree.Element("testsuites", name="podspace")
    suites: dict[str, list[Diagnostic]] = {}
    for diagnostic in report.diagnostics:
        suites.setdefault(printable(diagnostic.location.file or report.command), []).append(diagnostic)
    for suite, diagnostics in suites.items():
        _suite(root, suite, diagnostics)
    if not suites:
        only = element(root, "testsuite", name=report.command, tests=1, failures=0, errors=0)
        element(only, "testcase", classname=report.command, name=report.summary)
    return xml_document(root)


def _suite(root: ElementTree.Element, name: str, diagnostics: Sequence[Diagnostic]) -> None:
    counts = Counter(diagnostic.severity for diagnostic in diagnostics)
    suite = element(
        root, "testsuite", name=name, tests=len(diagnostics), failures=counts["error"], errors=counts["unknown"]
    )
    taken: Counter[str] = Counter()
    for diagnostic in diagnostics:
        test = _unique(_name(diagnostic), taken)
        at = diagnostic.location
        case = element(suite, "testcase", classname=name, name=test)
        if at.file:
            case.set("file", printable(at.file))
        if at.line:
            case.set("line", str(at.line))
        _result(case, diagnostic)


def _name(diagnostic: Diagnostic) -> str:
    at = diagnostic.location
    about = " ".join(filter(None, [at.kind, at.name, at.path, diagnostic.subject]))
    return printable(": ".join(filter(None, [diagnostic.id, about])) or diagnostic.message)


def _unique(name: str, taken: Counter[str]) -> str:
    """The name, with a number behind it if it is taken; systems that show tests merge those of one name.

    `taken` has the last number of each name, so that many tests of one name take linear time.
    """
    number = taken[name] + 1
    while number > 1 and f"{name} ({number})" in taken:
        number += 1
    taken[name] = number
    unique = name if number == 1 else f"{name} ({number})"
    taken[unique] = max(taken[unique], 1)
    return unique


def _result(case: ElementTree.Element, diagnostic: Diagnostic) -> None:
    (text,) = paragraphs([diagnostic])
    match diagnostic.severity:
        case "error":
            element(case, "failure", message=diagnostic.message, type=diagnostic.id).text = xml_text(text)
        case "unknown":
            element(case, "error", message=diagnostic.message, type=diagnostic.id).text = xml_text(text)
        case "warning" | "note":
            element(case, "system-out").text = xml_text(text)
        case "ok":
            pass
