"""What `podspace lint` found as JUnit XML, which CI systems show as tests."""

from __future__ import annotations

from itertools import groupby
from xml.etree import ElementTree

from podspace.finding import Finding
from podspace.lint import Linted
from podspace.report import summary
from podspace.xml_text import element, xml_document, xml_text


def junit_report(linted: Linted) -> str:
    """A test suite for each file: errors are failures, warnings are passed tests that say what they found.

    A suite without any test would look as if nothing ran, so a run that finds nothing is one passed test.
    """
    root = ElementTree.Element("testsuites", name="podspace")
    for file, findings in groupby(linted.findings, key=lambda finding: finding.file):
        _suite(root, file, list(findings))
    if linted.unreadable:
        suite = element(
            root, "testsuite", name="unreadable", tests=len(linted.unreadable), errors=len(linted.unreadable)
        )
        for problem in linted.unreadable:
            case = element(suite, "testcase", classname="unreadable", name=problem.place)
            element(case, "error", message=problem.must).text = xml_text(str(problem))
    if not len(root):
        suite = element(root, "testsuite", name="podspace", tests=1)
        element(suite, "testcase", classname="podspace", name=summary(linted))
    return xml_document(root)


def _suite(root: ElementTree.Element, file: str, findings: list[Finding]) -> None:
    failures = sum(finding.level == "error" for finding in findings)
    suite = element(root, "testsuite", name=file, tests=len(findings), failures=failures)
    for finding in findings:
        problem = finding.problem
        name = f"{finding.rule}: {finding.kind} {finding.name} {problem.place}".rstrip()
        case = element(suite, "testcase", classname=file, name=name, file=file, line=finding.line)
        if finding.level == "error":
            element(case, "failure", message=problem.must, type=finding.rule).text = xml_text(str(problem))
        else:
            element(case, "system-out").text = xml_text(str(problem))
