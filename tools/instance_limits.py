"""The limits of every instance type, from the answers of EC2 that moto, a development dependency, contains.

`python -m tools.instance_limits` writes the table again, which is needed for each new version of moto.
"""

from __future__ import annotations

import gzip
import json
from importlib.metadata import version
from importlib.resources import files
from typing import Any

from tools import REPOSITORY

TABLE = REPOSITORY / "podspace" / "capacity" / "instance_limits.json"
VERSION, RELEASED = "5.2.5", "2026-10-27"


def table() -> str:
    """The text of the file, a line for each instance type: `[interfaces, addresses of each, vCPUs, MiB]`."""
    assert version("moto") == VERSION, "another version of moto: set VERSION and the date of its release, RELEASED"
    dump = json.loads(gzip.decompress(files("moto").joinpath("ec2/resources/instance_types.json.gz").read_bytes()))
    header = {
        "source": f"EC2 DescribeInstanceTypes, from github.com/getmoto/moto at tag {VERSION} (Apache-2.0)",
        "date": RELEASED,
        "note": "interfaces of the default network card, where an instance type has several cards",
        "columns": ["interfaces", "IPv4 addresses of each", "vCPUs", "MiB of memory"],
    }
    lines = (f'  "{name}": {json.dumps(_limits(dump[name]))}' for name in sorted(dump))
    body = json.dumps(header, indent=1).removesuffix("\n}")
    return body + ',\n "instance_types": {\n' + ",\n".join(lines) + "\n }\n}\n"


def _limits(described: dict[str, Any]) -> tuple[int, int, int, int]:
    network = described["NetworkInfo"]
    default = network["DefaultNetworkCardIndex"]
    (card,) = (each for each in network["NetworkCards"] if each["NetworkCardIndex"] == default)
    return (
        card["MaximumNetworkInterfaces"],
        network["Ipv4AddressesPerInterface"],
        described["VCpuInfo"]["DefaultVCpus"],
        described["MemoryInfo"]["SizeInMiB"],
    )


if __name__ == "__main__":
    TABLE.write_text(table(), encoding="utf-8")
