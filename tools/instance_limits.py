"""The network limits of every instance type, from the answers of EC2 that moto, a development dependency, carries.

`python -m tools.instance_limits` writes them anew, once moto is another version.
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
    """The file as it should be, a line for each instance type: `[interfaces, addresses of each]`."""
    assert version("moto") == VERSION, "another version of moto: set VERSION and the date of its release, RELEASED"
    dump = json.loads(gzip.decompress(files("moto").joinpath("ec2/resources/instance_types.json.gz").read_bytes()))
    header = {
        "source": f"EC2 DescribeInstanceTypes, as github.com/getmoto/moto carries it at tag {VERSION} (Apache-2.0)",
        "date": RELEASED,
        "note": "interfaces of the default network card, where an instance type has several cards",
        "columns": ["interfaces", "IPv4 addresses of each"],
    }
    lines = (f'  "{name}": {json.dumps(_limits(dump[name]["NetworkInfo"]))}' for name in sorted(dump))
    body = json.dumps(header, indent=1).removesuffix("\n}")
    return body + ',\n "instance_types": {\n' + ",\n".join(lines) + "\n }\n}\n"


def _limits(network: dict[str, Any]) -> tuple[int, int]:
    default = network["DefaultNetworkCardIndex"]
    (card,) = (each for each in network["NetworkCards"] if each["NetworkCardIndex"] == default)
    return card["MaximumNetworkInterfaces"], network["Ipv4AddressesPerInterface"]


if __name__ == "__main__":
    TABLE.write_text(table(), encoding="utf-8")
