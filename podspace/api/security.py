"""Security settings of the operating system of nodes."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field

from podspace.api.model import ApiModel, Matching
from podspace.api.refusal import refusal, shown
from podspace.api.selector import NODE_CLASS, NonEmpty
from podspace.diagnostic import Diagnostic, Location

ADVANCED_SECURITY = "https://docs.aws.amazon.com/eks/latest/userguide/auto-advanced-security.html"

_ENCODED = "must be a PEM certificate or several, encoded as base64 once more"
_BEGIN = re.compile("-----BEGIN ([A-Z0-9 ]{1,64})-----")
_DER_SEQUENCE = 0x30


class AdvancedSecurity(ApiModel):
    """Security settings in addition to the default ones."""

    page: ClassVar[str] = ADVANCED_SECURITY

    fips: bool | None = Field(
        default=None,
        description="Whether nodes run FIPS-compatible images; only in regions of the US and Canada. False by default.",
    )
    kernel_lockdown: (
        Annotated[
            str,
            Matching(
                "[Ii]ntegrity|[Nn]one",
                must="must be integrity or none; whether the API server expects a capital letter is not known: AWS's "
                "page has small letters, and a public platform applies Integrity",
                source=ADVANCED_SECURITY,
                title="`integrity` or `none`",
                example="integrity",
            ),
        ]
        | None
    ) = Field(default=None, description="The kernel's lockdown mode; which case the API server takes is not known.")

    def doubts(self) -> Iterator[Diagnostic]:
        """Sources disagree about upper and lower case of `kernel_lockdown`."""
        if self.kernel_lockdown is not None:
            yield Diagnostic(
                location=Location(path="kernel_lockdown"),
                subject=shown(self.kernel_lockdown),
                message="may be refused for its case: AWS's page has integrity and none, but a public platform "
                "applies Integrity, and other values of a NodeClass have a capital letter",
                fix="try it with `kubectl apply --dry-run=server` and, if it is refused, change the first letter",
                source=ADVANCED_SECURITY,
                inferred=True,
            )


def _bundle(data: str) -> str:
    def refused(must: str, fix: str = "") -> Exception:
        return refusal(Diagnostic(subject=shown(data, width=40), message=must, fix=fix, source=NODE_CLASS))

    try:
        text = base64.b64decode("".join(data.split()), validate=True).decode("ascii")
    except ValueError:
        raise refused(_ENCODED, "create it with `base64 -w0 bundle.pem`") from None
    blocks = list(_blocks(text))
    if not blocks:
        raise refused(_ENCODED, "must contain, after decoding, a -----BEGIN CERTIFICATE----- line and its END line")
    for label, body in blocks:
        if label != "CERTIFICATE":
            raise refused(
                f"must contain only certificates, but contains a {label}", ("remove it: nodes need only certificates")
            )
        if not _is_der("".join(body.split())):
            raise refused(
                "must contain complete certificates",
                ("a certificate between BEGIN and END is incomplete, or not DER in base64"),
            )
    return data


def _blocks(text: str) -> Iterator[tuple[str, str]]:
    """The label and the body of each block, up to one without an end."""
    position = 0
    while begin := _BEGIN.search(text, position):
        end = text.find(f"-----END {begin[1]}-----", begin.end())
        if end < 0:
            return
        yield begin[1], text[begin.end() : end]
        position = end + 1


def _is_der(body: str) -> bool:
    """Whether it is base64 of one DER sequence, as long as it says."""
    try:
        der = base64.b64decode(body, validate=True)
    except ValueError:
        return False
    if len(der) < 2 or der[0] != _DER_SEQUENCE:  # noqa: PLR2004  the tag and the length
        return False
    size = der[1] & 0x7F if der[1] & 0x80 else 0
    length = int.from_bytes(der[2 : 2 + size]) if size else der[1]
    return len(der) == 2 + size + length


class CertificateBundle(ApiModel):
    """Certificates that nodes trust in addition to the default ones, such as those of a proxy."""

    name: NonEmpty = Field(description="A name for the bundle.", examples=["proxy"])
    data: Annotated[str, AfterValidator(_bundle)] = Field(
        description="PEM certificates, as base64.",
        title="base64 text",
        examples=["LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1BQT0KLS0tLS1FTkQgQ0VSVElGSUNBVEUtLS0tLQo="],
        json_schema_extra={"pattern": r"^[A-Za-z0-9+/=\s]+$"},
    )
