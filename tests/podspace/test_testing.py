"""`checked` and `assert_sound` with a `Template` of `aws_cdk.assertions`."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from aws_cdk import Acknowledgment, App, Stack, Validations
from aws_cdk import aws_ec2 as ec2
from aws_cdk.assertions import Template

from podspace.planning import manifests, plan_network
from podspace.testing import assert_sound, checked
from tests.mother import a_config
from tests.template import a_stack, template_of

CONFIG = a_config()
MANIFESTS = yaml.safe_dump_all([dict(manifest) for manifest in manifests(plan_network(CONFIG))])
PODS = Path("pods.yaml")
NO_DEPENDENCY = "subnet-without-block-dependency"


def a_subnet_without_its_dependency() -> Stack:
    """A stack with a CIDR block and a subnet that does not wait for it."""
    stack = a_stack()
    ec2.CfnVPCCidrBlock(stack, "Block", vpc_id="vpc-1", cidr_block="100.64.0.0/16")
    ec2.CfnSubnet(stack, "Subnet", vpc_id="vpc-1", cidr_block="100.64.0.0/18", availability_zone="eu-west-1a")
    return stack


def test_a_template_and_its_manifests_are_sound() -> None:
    template = template_of(CONFIG)
    assert_sound(template)
    assert_sound(template, unwritten={PODS: MANIFESTS})
    linted = checked(template, unwritten={PODS: MANIFESTS})
    assert linted.checked == {"stack": 1, "NodeClass": 1, "NodePool": 1}


def test_a_fault_in_a_template_is_found() -> None:
    template = Template.from_stack(a_subnet_without_its_dependency())
    (finding,) = checked(template).findings
    assert (finding.id, finding.location.file, finding.location.name) == (NO_DEPENDENCY, "template.json", "Subnet")
    with pytest.raises(AssertionError, match=NO_DEPENDENCY):
        assert_sound(template)
    assert_sound(template, allow=[NO_DEPENDENCY])


def test_a_template_is_compared_with_the_manifests(tmp_path: Path) -> None:
    file = tmp_path / "pods.yaml"
    file.write_text(MANIFESTS.replace("podspace/cluster/net: pods", "podspace/cluster/other: pods"))
    found = {finding.id for finding in checked(template_of(CONFIG), manifests=[file]).findings}
    assert found == {"pod-selector-matches-nothing"}


def test_a_finding_has_the_line_of_the_file_that_cdk_writes() -> None:
    stack = a_subnet_without_its_dependency()
    (of_template,) = checked(Template.from_stack(stack)).findings
    app = App.of(stack)
    assert app
    (of_assembly,) = checked(app.synth()).findings
    assert (of_template.id, of_template.location.line) == (of_assembly.id, of_assembly.location.line)


def test_a_template_without_resources_is_one_stack() -> None:
    assert_sound(Template.from_stack(a_stack()))
    linted = checked(Template.from_json({}))
    assert (linted.checked, linted.unreadable) == ({"stack": 1}, [])


def test_acknowledged_findings_are_known_of_an_assembly_only() -> None:
    stack = a_subnet_without_its_dependency()
    Validations.of(stack).acknowledge(Acknowledgment(id=f"Podspace::{NO_DEPENDENCY}", reason="a test"))
    app = App.of(stack)
    assert app
    assert_sound(app.synth())
    assert [finding.id for finding in checked(Template.from_stack(stack)).findings] == [NO_DEPENDENCY]


def test_findings_that_the_metadata_of_a_resource_accepts_are_known() -> None:
    stack = a_subnet_without_its_dependency()
    subnet = stack.node.find_child("Subnet")
    assert isinstance(subnet, ec2.CfnSubnet)
    subnet.add_metadata("Podspace", {NO_DEPENDENCY: "a test"})
    assert_sound(Template.from_stack(stack))
