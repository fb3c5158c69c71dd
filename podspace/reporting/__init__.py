"""Reports of every command: one type, and a file for each format that it is written in."""

from podspace.reporting.format import Format, written
from podspace.reporting.report import Report

__all__ = ["Format", "Report", "written"]
