"""CDK's tokens as they look in text: stand-ins that only CloudFormation can resolve."""

from __future__ import annotations

import re
from typing import Final

_TOKEN: Final = re.compile(r"[$#]\{Token\[")


def is_token(text: str) -> bool:
    """Whether a CDK token stands anywhere in the text."""
    return bool(_TOKEN.search(text))
