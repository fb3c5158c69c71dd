"""Templates are told from all else, and read with the short forms of functions, and with their lines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from podspace.diagnostic import Diagnostic, InputError
from podspace.formats.document import Document
from podspace.formats.source_files import Source
from podspace.lint.template import is_template, long_form, template_document

FILE = Path("file")
VPC = {"Vpc": {"Type": "AWS::EC2::VPC"}}


def template(text: str) -> Document | None:
    return template_document(text, FILE)


def the(text: str) -> Document:
    document = template(text)
    assert document
    return document


def refusal(text: str) -> Diagnostic:
    with pytest.raises(InputError) as caught:
        template(text)
    (problem,) = caught.value.diagnostics
    return problem


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"Resources": VPC}, True),
        ({"AWSTemplateFormatVersion": "2010-09-09", "Resources": VPC}, True),
        ({"AWSTemplateFormatVersion": "2010-09-09"}, True),
        ({"AWSTemplateFormatVersion": "2010-09-09", "Resources": {}}, True),
        ({"Resources": {"A": {"Type": "Custom::Thing"}}}, True),
        ({"Resources": {"A": "text", "B": {}, "C": {"Type": 5}, **VPC}}, True),
        ({"Resources": {}}, False),
        ({"Resources": {"A": {"Type": "Thing"}}}, False),
        ({"Resources": [{"Type": "AWS::EC2::VPC"}]}, False),
        ({"Resources": "AWS::EC2::VPC"}, False),
        ({"resources": VPC}, False),
        ({"apiVersion": "v1", "kind": "Thing", "Resources": VPC}, False),
        ({"apiVersion": "v1", "kind": "Thing", "AWSTemplateFormatVersion": "2010-09-09"}, False),
        ({}, False),
        ([], False),
        ("Resources", False),
        (None, False),
    ],
)
def test_a_template_is_one_by_its_version_or_by_the_types_of_its_resources(data: Any, expected: bool) -> None:
    """Unless it is a Kubernetes object; written as JSON on one line or several, and as YAML."""
    assert is_template(data) is expected
    for text in (json.dumps(data), json.dumps(data, indent=2), yaml.safe_dump(data)):
        document = template(text)
        assert (document is not None) is expected
        assert document is None or document.data == data


CONFIG_MAP = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: templates}
data:
  vpc.yaml: |
    AWSTemplateFormatVersion: 2010-09-09
    Resources:
      Vpc: {Type: AWS::EC2::VPC}
  vpc.json: '{"Resources": {"Vpc": {"Type": "AWS::EC2::VPC"}}}'
"""


@pytest.mark.parametrize(
    "text",
    [
        CONFIG_MAP,
        json.dumps(yaml.safe_load(CONFIG_MAP)),
        "apiVersion: eks.amazonaws.com/v1\nkind: NodeClass\n# Resources: of the cluster\nspec: {role: nodes}\n",
        "apiVersion: v1\nkind: Pod\nspec:\n  Resources:\n    a: b\n",
        "",
        "# Resources:\n",
        "# nothing but\n'# Resources': a\n",
        "Resources:\n",
        "- Resources:\n",
        "{}",
        "[]",
        "text",
    ],
)
def test_what_only_speaks_of_resources_is_no_template(text: str) -> None:
    """Such as a ConfigMap that holds one."""
    assert template(text) is None


@pytest.mark.parametrize(
    "text",
    [
        '"Resources": {Vpc: {Type: AWS::EC2::VPC}}',
        "'Resources':\n  Vpc:\n    Type: AWS::EC2::VPC\n",
        "# a comment\n---\nResources : {Vpc: {Type: AWS::EC2::VPC}}\n",
        "Description: a\nResources: {Vpc: {Type: AWS::EC2::VPC}}\n...\n",
        '\n  {"Resources": {"Vpc": {"Type": "AWS::EC2::VPC"}}}\n',
        '{"Resources"\n:\n{"Vpc":\t{"Type":"AWS::EC2::VPC"}}}',
    ],
)  # fmt: skip
def test_a_template_is_known_however_it_is_written(text: str) -> None:
    assert the(text).data == {**({"Description": "a"} if "Description" in text else {}), "Resources": VPC}


def test_a_template_with_a_byte_order_mark_is_one(tmp_path: Path) -> None:
    """As editors on Windows write it."""
    for text in (json.dumps({"Resources": VPC}), yaml.safe_dump({"Resources": VPC})):
        (tmp_path / "a").write_bytes(b"\xef\xbb\xbf" + text.encode())
        assert the(Source(path=tmp_path / "a").text()).data == {"Resources": VPC}


@pytest.mark.parametrize(
    ("text", "gist"),
    [
        ("{AWSTemplateFormatVersion: 2010-09-09, Resources: {Vpc: {Type: 'AWS::EC2::VPC'}}}", "a mapping in braces"),
        ("Transform: AWS::LanguageExtensions\nResources:\n  Fn::ForEach::A: [X, [a], {S: {Type: AWS::EC2::VPC}}]\n", "only loops"),
    ],
)  # fmt: skip
def test_a_template_of_a_rare_form_is_one_as_well(text: str, gist: str) -> None:
    """Or nothing is found in it, without a word."""
    assert template(text), gist


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("!Ref Vpc", {"Ref": "Vpc"}),
        ("!Condition Open", {"Condition": "Open"}),
        ("!GetAtt Vpc.CidrBlock", {"Fn::GetAtt": ["Vpc", "CidrBlock"]}),
        ("!GetAtt Child.Outputs.VpcId", {"Fn::GetAtt": ["Child", "Outputs.VpcId"]}),
        ("!GetAtt [Vpc, CidrBlock]", {"Fn::GetAtt": ["Vpc", "CidrBlock"]}),
        ("!GetAtt Vpc", {"Fn::GetAtt": ["Vpc", ""]}),
        ("!Sub ${Vpc}-a", {"Fn::Sub": "${Vpc}-a"}),
        ("!Sub ['${a}', {a: !Ref Vpc}]", {"Fn::Sub": ["${a}", {"a": {"Ref": "Vpc"}}]}),
        ("!Select [0, !GetAZs '']", {"Fn::Select": [0, {"Fn::GetAZs": ""}]}),
        ("!Join [',', [!Ref A, !GetAtt B.C]]", {"Fn::Join": [",", [{"Ref": "A"}, {"Fn::GetAtt": ["B", "C"]}]]}),
        ("!If [Open, !Ref A, !Ref 'AWS::NoValue']", {"Fn::If": ["Open", {"Ref": "A"}, {"Ref": "AWS::NoValue"}]}),
        ("!Not [!Equals [!Ref A, '']]", {"Fn::Not": [{"Fn::Equals": [{"Ref": "A"}, ""]}]}),
        ("!Cidr [!GetAtt Vpc.CidrBlock, 4, 8]", {"Fn::Cidr": [{"Fn::GetAtt": ["Vpc", "CidrBlock"]}, 4, 8]}),
        ("!ImportValue net-vpc", {"Fn::ImportValue": "net-vpc"}),
        ("!ImportValue {Fn::Sub: '${A}-vpc'}", {"Fn::ImportValue": {"Fn::Sub": "${A}-vpc"}}),
        ("{Fn::ImportValue: !Sub '${A}-vpc'}", {"Fn::ImportValue": {"Fn::Sub": "${A}-vpc"}}),
        ("!Transform {Name: Macro}", {"Fn::Transform": {"Name": "Macro"}}),
        ("!Base64 |\n    a\n", {"Fn::Base64": "a\n"}),
        ("!Sub\n    - ${a}\n    - a: b\n", {"Fn::Sub": ["${a}", {"a": "b"}]}),
        ("!Length [1, 2]", {"Fn::Length": [1, 2]}),
        ("!Sub 5", {"Fn::Sub": "5"}),
    ],
)
def test_a_tag_is_the_short_form_of_a_function(short: str, long: object) -> None:
    """At any depth, one inside another."""
    document = the(f"Resources:\n  Vpc: {{Type: AWS::EC2::VPC}}\nMetadata:\n  a: {short}\n")
    assert document.data == {"Resources": VPC, "Metadata": {"a": long}}


def test_a_tag_that_is_no_function_is_unknown() -> None:
    """And so is not known to us."""
    assert long_form("!Nothing", [1]) == {"Fn::Nothing": [1]}


@pytest.mark.parametrize(
    ("text", "value"),
    [("012345678901", "012345678901"), ("2010-09-09", "2010-09-09"), ("true", True), ("8", 8), ("'8'", "8"), ("1:30", "1:30"), ("", None)],
)  # fmt: skip
def test_scalars_are_read_as_cloudformation_has_them(text: str, value: object) -> None:
    """An account id keeps its zero, and a date is text."""
    document = the(f"AWSTemplateFormatVersion: 2010-09-09\nMetadata: {{a: {text}}}\n")
    assert document.data == {"AWSTemplateFormatVersion": "2010-09-09", "Metadata": {"a": value}}


YAML = """\
# a comment
AWSTemplateFormatVersion: 2010-09-09
Resources:
  Vpc:
    Type: AWS::EC2::VPC
    Properties:
      CidrBlock: !Ref Cidr

  Subnet:
    Type: AWS::EC2::Subnet
    Properties:
      VpcId:
        !Ref Vpc
      Tags:
        - {Key: a, Value: b}
        - Key: c
          Value: !Sub
            - ${x}
            - x: y
"""
JSON = """\
{
  "AWSTemplateFormatVersion": "2010-09-09",
\t"Resources": {
    "Vpc": {"Type": "AWS::EC2::VPC",
      "Properties": {
        "CidrBlock": {"Ref": "Cidr"}}},

    "Subnet": {
      "Type": "AWS::EC2::Subnet", "Properties": {
        "Tags": [
          {"Key": "a", "Value": "b"},
          {"Key": "c",
           "Value": "d \\u00fc \\"{"}]}}}}
"""


@pytest.mark.parametrize(
    ("text", "place", "line"),
    [
        (YAML, "", 2),
        (YAML, "Resources", 3),
        (YAML, "Resources.Vpc", 4),
        (YAML, "Resources.Vpc.Properties.CidrBlock", 7),
        (YAML, "Resources.Subnet.Properties.VpcId", 12),
        (YAML, "Resources.Subnet.Properties.VpcId.Ref", 12),
        (YAML, "Resources.Subnet.Properties.Tags[0].Value", 15),
        (YAML, "Resources.Subnet.Properties.Tags[1]", 16),
        (YAML, "Resources.Subnet.Properties.Tags[1].Value", 17),
        (YAML, "Resources.Subnet.Properties.CidrBlock", 11),
        (YAML, "Resources.Subnet.DependsOn", 9),
        (YAML, "Resources.Missing.Properties", 3),
        (JSON, "", 1),
        (JSON, "Resources", 3),
        (JSON, "Resources.Vpc", 4),
        (JSON, "Resources.Vpc.Properties.CidrBlock", 6),
        (JSON, "Resources.Subnet", 8),
        (JSON, "Resources.Subnet.Properties.Tags[1]", 12),
        (JSON, "Resources.Subnet.Properties.Tags[1].Value", 13),
        (JSON, "Resources.Subnet.Properties.CidrBlock", 9),
        (JSON, "Resources.Subnet.DependsOn", 8),
        (JSON, "Resources.Missing", 3),
    ],
)
def test_each_value_of_a_template_knows_its_line(text: str, place: str, line: int) -> None:
    """What is not there has that of the nearest around it."""
    assert the(text).line_of(place) == line


@pytest.mark.parametrize(
    ("text", "place", "gist"),
    [
        ('{"Resources": {', "file:1", "must be JSON: "),
        ('{\n "Resources": {},\n}', "file:3", "must be JSON: "),
        ('{"Resources": {}} more', "file:1", "must be JSON: Extra data"),
        ('{"Resources": NaN}', "file", "must be JSON: NaN"),
        ('{"Resources": {"a": -Infinity}}', "file", "must be JSON: -Infinity"),
        (f'{{"Resources": {"[" * 100_000}', "file", "must not be nested this deeply"),
        (f'{{"Resources": {"9" * 5000}}}', "file", "must be JSON: "),
        ("Resources:\n  Vpc: [\n", "file:3", "must be one YAML document"),
        ("Resources:\n  Vpc: a: b\n", "file:2", "must be one YAML document"),
        (f"Resources:\n  Vpc: {'[' * 60}{']' * 60}\n", "file", "must not be nested this deeply"),
        ("Resources:\n  Vpc: &a [*a]\n", "file", "contain itself"),
        ("Resources:\n  Vpc: {Type: AWS::EC2::VPC}\n  Vpc: {}\n", "file:3: Resources.Vpc", "must be listed once"),
        ("Resources:\n  Vpc: {Type: AWS::EC2::VPC}\n---\na: b\n", "file", "must be one YAML document"),
        ("{{- if .Values.a }}\nResources:\n  Vpc: {}\n{{- end }}\n", "file:1", "must be one YAML document"),
    ],
)
def test_a_template_that_cannot_be_read_says_why(text: str, place: str, gist: str) -> None:
    """With its line, where there is one, and never with a traceback."""
    problem = refusal(text)
    assert str(problem.location) == place
    assert gist in problem.message
