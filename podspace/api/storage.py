"""The data volume of a node, for images, logs and emptyDir volumes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from podspace.api.model import ApiModel, Matching
from podspace.api.refusal import shown
from podspace.api.selector import NODE_CLASS, NonEmpty
from podspace.diagnostic import Diagnostic, Location

GP3 = "https://docs.aws.amazon.com/ebs/latest/userguide/general-purpose.html"

_DEFAULT_SIZE, _DEFAULT_IOPS, _DEFAULT_THROUGHPUT = "80Gi", 3000, 125
_IOPS_PER_GIB, _IOPS_PER_MIB = 500, 4
_BYTES = {"Gi": 2**30, "G": 10**9, "Ti": 2**40, "T": 10**12}


def _size_fix(text: str) -> str:
    """The schema's pattern leaves out the Ti sizes whose second digit is 8 or 9; all but 58 fit in Gi."""
    if missed := re.fullmatch("([1-4][89])Ti", text):
        return f"the NodeClass schema does not take this number of Ti: write {int(missed.group(1)) * 1024}Gi"
    return ""


StorageSize = Annotated[
    str,
    Matching(
        r"([1-9][0-9]{0,3}|[1-4][0-9]{4}|5[0-8][0-9]{3}|59000)Gi"
        r"|([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-3][0-9]{3}|64000)G"
        r"|([1-9]|[1-5][0-7]|58)Ti"
        r"|([1-9]|[1-5][0-9]|6[0-3]|64)T",
        must="must be 1-59000Gi, 1-64000G, 1-58Ti or 1-64T, a whole number",
        fix=_size_fix,
        source=NODE_CLASS,
        title="size with unit",
        example="100Gi",
    ),
]
"""Size of a volume with unit, such as `100Gi`; the schema's pattern, without the bare `Ti` and `T` that it accepts."""


def _gib_of(size: str) -> float:
    number, unit = re.fullmatch("([0-9]+)([A-Za-z]+)", size).groups()  # type: ignore[union-attr]
    return float(int(number) * _BYTES[unit] / 2**30)


class EphemeralStorage(ApiModel):
    """The data volume of a node; keys that are left out have the API's default: 80Gi, 3000 IOPS, 125 MiB/s."""

    size: StorageSize | None = Field(
        default=None, description="Size of the volume, with its unit: Gi, G, Ti or T; 80Gi by default."
    )
    iops: Annotated[int, Field(ge=3000, le=16000)] | None = Field(
        default=None, description="I/O operations per second; 3000 by default."
    )
    throughput: Annotated[int, Field(ge=125, le=1000)] | None = Field(
        default=None, description="Throughput in MiB/s; 125 by default.", examples=[250]
    )
    kms_key_id: NonEmpty | None = Field(
        default=None,
        alias="kmsKeyID",
        examples=["alias/nodes"],
        description="KMS key ID, key ARN, alias name or alias ARN; it encrypts the root volume as well.",
    )

    def doubts(self) -> Iterator[Diagnostic]:
        """EBS limits IOPS by the size of a gp3 volume, and throughput by IOPS."""
        size, iops = self.size or _DEFAULT_SIZE, self.iops or _DEFAULT_IOPS
        throughput = self.throughput or _DEFAULT_THROUGHPUT
        assumed = "if the volume is gp3, which no EKS page says, EC2 refuses to create it, and no node starts"
        if iops > _gib_of(size) * _IOPS_PER_GIB:
            must = f"should be at most {_IOPS_PER_GIB} for each GiB of {size}: {assumed}"
            yield Diagnostic(
                location=Location(path="iops"), subject=shown(iops), message=must, source=GP3, inferred=True
            )
        if throughput * _IOPS_PER_MIB > iops:
            must = f"should be at most a quarter of the IOPS, {iops}: {assumed}"
            yield Diagnostic(
                location=Location(path="throughput"), subject=shown(throughput), message=must, source=GP3, inferred=True
            )
