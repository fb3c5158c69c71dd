"""What `podspace lint` found as JUnit XML, which CI systems show as tests."""

from __future__ import annotations

import re
from itertools import groupby
from typing import Final
from xml.etree import ElementTree

from podspace.finding import Finding
from podspace.lint import Linted
from podspace.report import summary

_NOT_IN_XML: Final = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit_report(linted: Linted) -> str:
    """A test suite for each file: errors are failures, warnings are passed tests that say what they found.

    A suite without any test would look as if nothing ran, so a run that finds nothing is one passed test.
    """
    root = ElementTree.Element("testsuites", name="podspace")
    for file, findings in groupby(linted.findings, key=lambda finding: finding.file):
        _suite(root, file, list(findings))
    if linted.unreadable:
        suite = _element(
            root, "testsuite", name="unreadable", tests=len(linted.unreadable), errors=len(linted.unreadable)
        )
        for problem in linted.unreadable:
            case = _element(suite, "testcase", classname="unreadable", name=problem.place)
            _element(case, "error", message=problem.must).text = _text(str(problem))
    if not len(root):
        suite = _element(root, "testsuite", name="podspace", tests=1)
        _element(suite, "testcase", classname="podspace", name=summary(linted))
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True)


def _suite(root: ElementTree.Element, file: str, findings: list[Finding]) -> None:
    failures = sum(finding.level == "error" for finding in findings)
    suite = _element(root, "testsuite", name=file, tests=len(findings), failures=failures)
    for finding in findings:
        problem = finding.problem
        name = f"{finding.rule}: {finding.kind} {finding.name} {problem.place}".rstrip()
        case = _element(suite, "testcase", classname=file, name=name, file=file, line=finding.line)
        if finding.level == "error":
            _element(case, "failure", message=problem.must, type=finding.rule).text = _text(str(problem))
        else:
            _element(case, "system-out").text = _text(str(problem))


def _element(parent: ElementTree.Element, tag: str, **attributes: str | int) -> ElementTree.Element:
    return ElementTree.SubElement(parent, tag, {key: _text(str(value)) for key, value in attributes.items()})


def _text(text: str) -> str:
    return _NOT_IN_XML.sub("?", text)
