"""Pictures of a plan."""

from podspace.drawing.mermaid import mermaid
from podspace.drawing.svg import svg

__all__ = ["mermaid", "svg"]
