"""Work grows linearly with the input: from the second to the third part as much as from the first to the second.

Work is counted in calls of functions, which do not depend on how busy a machine is.
"""

from __future__ import annotations

import cProfile
import gc
import json
import pstats
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from podspace.lint.linter import lint
from podspace.lint.template import template_document
from tests.podspace.lint.stacks import of, ref
from tests.podspace.manifests import a_node_class, a_node_pool

Body = dict[str, Any]

_PART = 8
_TOLERANCE = 0.005
"""How much more work the third part may take than the second, for what is not the same from part to part."""


def vpc(**more: Any) -> str:
    """A template of a VPC with a pod subnet and a pod group."""
    tags = [{"Key": "t", "Value": "pods"}]
    return json.dumps(
        {
            "Resources": {
                "Vpc": of("EC2::VPC", CidrBlock="10.0.0.0/16"),
                "Igw": of("EC2::InternetGateway"),
                "Attached": of("EC2::VPCGatewayAttachment", VpcId=ref("Vpc"), InternetGatewayId=ref("Igw")),
                "Table": of("EC2::RouteTable", VpcId=ref("Vpc")),
                "Pods": of("EC2::SecurityGroup", VpcId=ref("Vpc"), GroupDescription="a", Tags=tags),
                "Subnet": of("EC2::Subnet", VpcId=ref("Vpc"), CidrBlock="10.0.0.0/20", Tags=tags),
                **more,
            }
        }
    )


def pairs(count: int, *, tag: str = "pods") -> str:
    terms = [{"tags": {"t": tag}}]
    documents = []
    for index in range(count):
        node_class = a_node_class(podSubnetSelectorTerms=terms, podSecurityGroupSelectorTerms=terms)
        pool = a_node_pool(
            template={"nodeClassRef": {"group": "eks.amazonaws.com", "kind": "NodeClass", "name": f"c{index}"}}
        )
        documents += [node_class | {"metadata": {"name": f"c{index}"}}, pool | {"metadata": {"name": f"p{index}"}}]
    return yaml.safe_dump_all(documents)


def routes(count: int, *, tables: int) -> str:
    made: Body = {f"Table{index}": of("EC2::RouteTable", VpcId=ref("Vpc")) for index in range(tables)}
    for index in range(count):
        to = f"20.{index // 256}.{index % 256}.0/24"
        table = ref(f"Table{index % tables}")
        made[f"Route{index}"] = of("EC2::Route", RouteTableId=table, DestinationCidrBlock=to, GatewayId=ref("Igw"))
    return vpc(**made)


def rules(count: int) -> str:
    entry = {"GroupId": ref("Pods"), "IpProtocol": "tcp", "CidrIp": "10.0.0.0/16"}
    ports = range(1, count + 1)
    return vpc(**{f"In{p}": of("EC2::SecurityGroupIngress", **entry, FromPort=p, ToPort=p) for p in ports})


def in_folder(folder: Path, files: dict[str, str]) -> Path:
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text)
    return folder


def calls(folder: Path) -> int:
    """Calls of functions, without those of garbage collection, whose callbacks other tests in the process may add."""
    profile = cProfile.Profile()
    gc.disable()
    try:
        profile.runcall(lint, [folder])
    finally:
        gc.enable()
    return int(pstats.Stats(profile).total_calls)  # type: ignore[attr-defined]


CASES: dict[str, Callable[[int], dict[str, str]]] = {
    "pairs": lambda n: {"a.yaml": pairs(n)},
    "pairs that select": lambda n: {"a.yaml": pairs(n), "t.json": vpc()},
    "pairs that select nothing": lambda n: {"a.yaml": pairs(n, tag="other"), "t.json": vpc()},
    "routes of one table": lambda n: {"t.json": routes(4 * n, tables=1)},
    "routes of many tables": lambda n: {"t.json": routes(4 * n, tables=n)},
    "rules": lambda n: {"t.json": rules(4 * n), "a.yaml": pairs(1)},
}


@pytest.mark.parametrize("case", CASES)
def test_each_part_of_the_input_takes_as_much_work_as_the_one_before(tmp_path: Path, case: str) -> None:
    files = CASES[case]
    lint([in_folder(tmp_path / "first", files(1))])  # what is built once, such as the models
    one, two, three = (calls(in_folder(tmp_path / str(n), files(n * _PART))) for n in (1, 2, 3))
    assert abs((three - two) - (two - one)) < _TOLERANCE * (two - one)


def test_braces_are_no_work(tmp_path: Path) -> None:
    """Each pair of braces was followed to the end of the text."""
    text = yaml.safe_dump(a_node_class(role="{{" * 200_000))
    assert lint([in_folder(tmp_path / "in", {"a.yaml": text})]).checked["NodeClass"] == 1


def test_blank_lines_are_no_work(tmp_path: Path) -> None:
    """With two runs of spaces next to each other in its pattern, this took minutes."""
    assert template_document("a: 1\n" + "\n" * 20_000 + "b: Resources\n", tmp_path / "a.yaml") is None
