"""Reports as JUnit XML, which CI systems show as tests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import groupby
from xml.etree import ElementTree

from podspace.diagnostic import Diagnostic
from podspace.reporting.report import Report
from podspace.reporting.text import paragraphs
from podspace.reporting.xml_text import element, xml_document, xml_text


def written(report: Report) -> str:
    """A test suite for each file, and one for diagnostics that are in no file.

    An `error` is a failure and `unknown` an error; a `warning` or a `note` is a passed test that prints it.  A suite
    without any test would look as if nothing ran, so a report without diagnostics is one passed test.
    """
    root = ElementTree.Element("testsuites", name="podspace")
    for suite, diagnostics in groupby(report.diagnostics, key=lambda each: each.location.file or report.command):
        _suite(root, suite, list(diagnostics))
    if not len(root):
        suite_ = element(root, "testsuite", name=report.command, tests=1)
        element(suite_, "testcase", classname=report.command, name=report.summary)
    return xml_document(root)


def _suite(root: ElementTree.Element, name: str, diagnostics: Iterable[Diagnostic]) -> None:
    found = list(diagnostics)
    counts = Counter(diagnostic.severity for diagnostic in found)
    suite = element(root, "testsuite", name=name, tests=len(found), failures=counts["error"], errors=counts["unknown"])
    names: Counter[str] = Counter()
    for diagnostic in found:
        at = diagnostic.location
        about = " ".join(filter(None, [at.kind, at.name, at.path, diagnostic.subject]))
        test = f"{diagnostic.id}: {about}".removesuffix(": ")
        names[test] += 1
        if names[test] > 1:
            test = f"{test} ({names[test]})"
        case = element(suite, "testcase", classname=name, name=test)
        if at.file:
            case.set("file", xml_text(at.file))
            case.set("line", str(at.line))
        _result(case, diagnostic)


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
