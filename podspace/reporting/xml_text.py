"""XML elements whose text is any text."""

from __future__ import annotations

import re
from typing import Final
from xml.etree import ElementTree

_NOT_IN_XML: Final = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def element(parent: ElementTree.Element, tag: str, **attributes: str | int) -> ElementTree.Element:
    """A new element below another one."""
    return ElementTree.SubElement(parent, tag, {key: xml_text(str(value)) for key, value in attributes.items()})


def xml_text(text: str) -> str:
    """The text, with a question mark for each character that XML cannot hold."""
    return _NOT_IN_XML.sub("?", text)


def xml_document(root: ElementTree.Element) -> str:
    """The whole as text, indented, with its declaration."""
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True)
