"""`podspace schema` prints the schemas that docs/schemas has, and one of a config."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator, Draft202012Validator
from typer.testing import CliRunner

from podspace.cli import app
from podspace.planning import read_network_files
from podspace.planning.json_schema import config_schema
from tests.mother import Changes, a_file
from tests.podspace.manifests import Manifest, a_node_class, a_node_pool, an_eni_config, the_full_ones
from tests.template import CONFIGS, REPOSITORY

SCHEMAS = REPOSITORY / "docs" / "schemas"
IN_DOCS = {
    "nodeclass": SCHEMAS / "eks.amazonaws.com/nodeclass_v1.json",
    "nodepool": SCHEMAS / "karpenter.sh/nodepool_v1.json",
    "eniconfig": SCHEMAS / "crd.k8s.amazonaws.com/eniconfig_v1alpha1.json",
    "report": SCHEMAS / "report.json",
}
CONFIG = Draft7Validator(config_schema())


def printed(*arguments: str) -> str:
    done = CliRunner().invoke(app, ["schema", *arguments], catch_exceptions=False)
    assert done.exit_code == 0
    return done.stdout


def validator(name: str) -> Draft7Validator:
    return Draft7Validator(json.loads(printed(name)))


def test_the_names_are_listed_in_a_line_each() -> None:
    assert [line.split()[0] for line in printed().splitlines()] == ["config", *IN_DOCS]


@pytest.mark.parametrize("name", IN_DOCS)
def test_a_schema_is_printed_as_the_page_of_schemas_has_it(name: str) -> None:
    assert printed(name) == IN_DOCS[name].read_text()


@pytest.mark.parametrize("name", ["config", *IN_DOCS])
def test_every_schema_is_one(name: str) -> None:
    schema = json.loads(printed(name))
    {"report": Draft202012Validator}.get(name, Draft7Validator).check_schema(schema)


def test_an_unknown_name_is_refused_with_the_names_there_are() -> None:
    done = CliRunner().invoke(app, ["schema", "nodeclas"])
    assert (done.exit_code, "nodeclass" in done.output) == (2, True)


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_every_example_keeps_the_schema_of_a_config(path: Path) -> None:
    assert [error.message for error in CONFIG.iter_errors(yaml.safe_load(path.read_text()))] == []


FORMS: list[Changes] = [
    {"cluster.host_network_ports": [9100, "53/udp", "30000-32767", {"first": 1, "last": 2}]},
    {"pods.security_group": "cluster"},
    {"pods.security_group": "sg-0123456789abcdef0"},
    {"pods.security_group": {"ingress": "vpc"}},
    {"pods.security_group": {"ingress": [{"from": "10.0.0.0/8", "ports": [443]}, {"from": "pl-01234567"}]}},
    {
        "pods.security_group": {
            "egress": [{"to": {"prefix_list": "pl-01234567", "max_entries": 20}}, {"to": "2001:db8::/32"}]
        }
    },
    {"pods.cidrs": [{"cidr": "100.64.0.0/16", "unique": True}]},
    {"egress": [{"to": ["internet", "10.0.0.0/8"], "nat_gateways": "nat-01234567"}]},
    {"egress": [{"to": "internet", "nat_gateways": "per_zone"}]},
    {"endpoints": {"gateways": ["s3"], "policies": {"s3": ["account", {"organization": "o-0123456789"}]}}},
    {"endpoints": {"gateways": ["s3"], "policies": {"s3": {"file": "s3.json"}}}},
    {"node_classes": [{"name": "a", "advanced_networking": {"ipv4_prefix_size": "32"}, "tags": {"a": "b"}}]},
]


@pytest.mark.parametrize("changes", FORMS, ids=str)
def test_every_form_of_a_value_keeps_the_schema(changes: Changes) -> None:
    assert [error.message for error in CONFIG.iter_errors(a_file(changes))] == []


WRONG: dict[str, Changes] = {
    "an unknown key": {"pods.subnet_prefixes": 17},
    "a text for a number": {"pods.subnet_prefix": "17"},
    "a number beyond its bounds": {"pods.subnet_prefix": 8},
    "an id of another kind": {"vpc.id": "subnet-01234567"},
    "a CIDR without a prefix": {"pods.cidrs": ["100.64.0.0"]},
    "a word that is none": {"flow_logs": {"of": "subnets"}},
    "a gateway that is no id": {"egress": [{"to": "internet", "nat_gateways": "nat"}]},
    "a port that is none": {"cluster.host_network_ports": [0]},
    "a key of the API": {"node_classes": [{"name": "a", "snatPolicy": "Random"}]},
    "a policy that is none": {"node_classes": [{"name": "a", "snat_policy": "random"}]},
    "a threshold without its grace period": {
        "node_classes": [
            {"name": "a", "advanced_compute": {"kubelet": {"eviction": {"soft": {"memory.available": "5%"}}}}}
        ]
    },
}


@pytest.mark.parametrize("changes", WRONG.values(), ids=WRONG)
def test_what_a_schema_can_say_is_refused(changes: Changes) -> None:
    assert CONFIG.is_valid(a_file())
    assert not CONFIG.is_valid(a_file(changes))


@pytest.mark.parametrize("key", ["name", "environment", "vpc", "cluster", "pods"])
def test_a_key_that_must_be_given_is_required(key: str) -> None:
    data = a_file()
    del data[key]
    assert not CONFIG.is_valid(data)


def test_keys_have_the_texts_of_the_types() -> None:
    """An editor shows them at the key."""
    definitions = config_schema()["definitions"]
    assert isinstance(definitions, dict)
    vpc: Any = definitions["VpcConfig"]
    assert vpc["properties"]["routes"]["description"] == (
        "Destinations in the VPC's other route tables, which no CIDR block of the pods may cover; without local routes "
        "and 0.0.0.0/0."
    )
    node_class: Any = definitions["NodeClassConfig"]
    assert "snat_policy" in node_class["properties"]


def test_a_manifest_that_podspace_writes_keeps_its_schema() -> None:
    validators = {name: validator(name) for name in ("nodeclass", "nodepool")}
    for file in read_network_files(REPOSITORY / "config" / "three-zones.yaml", REPOSITORY / "config" / "article.yaml"):
        for each in (*file.plan.node_classes, *file.plan.node_pools):
            manifest = json.loads(each.model_dump_json(by_alias=True, exclude_none=True))
            assert validators[manifest["kind"].lower()].is_valid(manifest)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (a_node_class(), a_node_class(snatPolicy="random")),
        (a_node_pool(), a_node_pool(replicas="3")),
        (an_eni_config(), {**an_eni_config(), "spec": {"subnet": "x"}}),
    ],
    ids=["nodeclass", "nodepool", "eniconfig"],
)
def test_manifests_keep_their_schemas_and_wrong_ones_do_not(right: Manifest, wrong: Manifest) -> None:
    schema = validator(right["kind"].lower())
    assert schema.is_valid(right)
    assert all(schema.is_valid(each) for each in the_full_ones() if each["kind"] == right["kind"])
    assert not schema.is_valid(wrong)
