"""XML elements with escaped text, without characters that XML forbids."""

from __future__ import annotations

from xml.etree import ElementTree

from podspace.reporting.wording import cleaned


def element(parent: ElementTree.Element, tag: str, **attributes: str | int) -> ElementTree.Element:
    """A new element below another one."""
    return ElementTree.SubElement(parent, tag, {key: xml_text(str(value)) for key, value in attributes.items()})


def xml_text(text: str) -> str:
    """The text with `?` for each character that XML cannot hold or a terminal obeys, except ends of lines."""
    return cleaned(text)


def xml_document(root: ElementTree.Element) -> str:
    """The whole as text, indented, with its declaration."""
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True)
