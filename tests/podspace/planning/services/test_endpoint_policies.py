"""Policies of endpoints: what presets admit, and what is refused."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podspace.planning import InputError, plan_of_data
from podspace.planning.services.endpoint_policies import MOST_CHARACTERS, document_problems
from tests.mother import Changes, a_file, a_plan
from tests.planning_errors import Error, errors, remarks

ORGANIZATION = {"organization": "o-abc1234567"}
STATEMENT: dict[str, Any] = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
DOCUMENT: dict[str, Any] = {"Version": "2012-10-17", "Statement": [STATEMENT]}
ENDPOINTS = {"gateways": ["s3", "dynamodb"], "interfaces": {}}
NETWORK_HALF: Changes = {
    "vpc.shared_with": ["444455556666"],
    "vpc.node_subnets": None,
    "cluster.security_group_id": None,
    "node_classes": [],
    "node_pools": [],
}


def asked(policies: dict[str, Any], changes: Changes | None = None) -> Changes:
    return {"endpoints": {**ENDPOINTS, "policies": policies}, **(changes or {})}


def policy(service: str, entry: object, changes: Changes | None = None) -> Mapping[str, Any]:
    plan = a_plan(asked({service: entry}, changes)).endpoints
    assert plan
    ((full, document),) = plan.policies.items()
    assert full.endswith(f".{service}")
    return document


def statements(service: str, entry: object, changes: Changes | None = None) -> dict[str, Mapping[str, Any]]:
    return {each["Sid"]: each for each in policy(service, entry, changes)["Statement"]}


def equal(statement: Mapping[str, Any]) -> dict[str, str]:
    return dict(statement["Condition"]["StringEquals"])


def test_without_a_policy_an_endpoint_has_awss_default() -> None:
    plan = a_plan({"endpoints": ENDPOINTS}).endpoints
    assert plan
    assert plan.policies == {}


def test_account_admits_principals_and_resources_of_this_account_only() -> None:
    found = statements("dynamodb", "account")
    assert equal(found["ThisAccount"]) == dict.fromkeys(("aws:PrincipalAccount", "aws:ResourceAccount"), "${AWS::AccountId}")  # fmt: skip
    assert found["AwsServices"]["Condition"] == {"Bool": {"aws:PrincipalIsAWSService": "true"}}
    assert all("Condition" in statement for statement in found.values())


def test_organization_admits_principals_and_resources_of_the_organization_only() -> None:
    found = statements("dynamodb", ORGANIZATION)
    assert equal(found["ThisOrganization"]) == dict.fromkeys(("aws:PrincipalOrgID", "aws:ResourceOrgID"), "o-abc1234567")  # fmt: skip
    assert all("Condition" in statement for statement in found.values())


@pytest.mark.parametrize("region", ["eu-west-1", "us-east-2"])
def test_eks_admits_image_layers_of_ecr(region: str) -> None:
    zone = f"{region}a"
    here: Changes = {"environment.region": region, "pods.zones": [zone], "vpc.node_subnets": {zone: ["subnet-0000000a"]}, "egress": []}  # fmt: skip
    layers = statements("s3", ["account", "eks"], here)["EcrImageLayers"]
    assert layers["Action"] == "s3:GetObject"
    assert layers["Resource"] == f"arn:${{AWS::Partition}}:s3:::prod-{region}-starport-layer-bucket/*"
    assert "Condition" not in layers


def test_eks_admits_answers_to_cloudformation_where_the_stack_applies_manifests() -> None:
    assert "CloudFormationResponses" not in statements("s3", "eks")
    written = statements("s3", "eks", {"apply": True})["CloudFormationResponses"]
    assert written["Resource"].endswith(":s3:::cloudformation-custom-resource-response-euwest1/*")


@pytest.mark.parametrize("service", ["ecr.api", "ecr.dkr"])
@pytest.mark.parametrize(("region", "account"), [("eu-west-1", "602401143452"), ("eu-south-1", "590381155156")])
def test_eks_admits_pulls_from_the_registry_of_eks(service: str, region: str, account: str) -> None:
    zone = f"{region}a"
    here: Changes = {"environment.region": region, "pods.zones": [zone], "vpc.node_subnets": {zone: ["subnet-0000000a"]}, "egress": []}  # fmt: skip
    found = statements(service, [ORGANIZATION, "eks"], here)
    assert equal(found["EksImages"]) == {"aws:ResourceAccount": account}
    assert "ecr:PutImage" not in found["EksImages"]["Action"]


def test_eks_admits_roles_of_service_accounts() -> None:
    assert statements("sts", ["account", "eks"])["RolesOfServiceAccounts"]["Action"] == "sts:AssumeRoleWithWebIdentity"


def test_the_order_of_presets_changes_nothing() -> None:
    found = [policy("s3", list(order)) for order in permutations(["account", ORGANIZATION, "eks"])]
    assert all(each == found[0] for each in found)
    assert len({statement["Sid"] for statement in found[0]["Statement"]}) == len(found[0]["Statement"])


def test_a_document_is_taken_as_it_is() -> None:
    condition = {"StringLike": {"aws:PrincipalArn": ["arn:aws:iam::*:role/${aws:username}"]}, "Bool": {"a": True}}
    found = policy("s3", {"document": {**DOCUMENT, "Statement": {**STATEMENT, "Condition": condition}}})
    assert found["Statement"]["Condition"]["StringLike"] == {
        "aws:PrincipalArn": ("arn:aws:iam::*:role/${aws:username}",)
    }


def at(service: str) -> str:
    return f'endpoints.policies["{service}"]' if "." in service else f"endpoints.policies.{service}"


EXISTING = {"gateways": ["s3"], "interfaces": {"existing": True, "security_group_ids": ["sg-0000000e"]}}
REFUSED: dict[str, tuple[Changes, list[Error]]] = {
    "no endpoint": ({"endpoints": {"policies": {"s3": ["account", "eks"]}}}, [("endpoint-policy-without-endpoint", at("s3"), "s3")]),
    "no interface": ({"endpoints": {"interfaces": {"services": ["sts"]}, "policies": {"ec2": "account"}}}, [("endpoint-policy-without-endpoint", at("ec2"), "ec2")]),
    "an existing endpoint": ({"endpoints": {**EXISTING, "policies": {"sts": ["account", "eks"]}}}, [("policy-of-existing-endpoint", at("sts"), "sts")]),
    "s3 of the account": (asked({"s3": "account"}), [("endpoint-policy-breaks-pulls", at("s3"), "account")]),
    "s3 of the organization": (asked({"s3": ORGANIZATION}), [("endpoint-policy-breaks-pulls", at("s3"), "organization")]),
    "ecr.api of the account": (asked({"ecr.api": ["account"]}), [("endpoint-policy-breaks-pulls", at("ecr.api"), "account")]),
    "ecr.dkr of the organization": (asked({"ecr.dkr": ORGANIZATION}), [("endpoint-policy-breaks-pulls", at("ecr.dkr"), "organization")]),
    "what EKS needs of others": (asked({"ec2": ["account", "eks"]}), [("endpoint-policy-eks", at("ec2"), "eks")]),
    "the account of a network half": ({**NETWORK_HALF, "endpoints": {"gateways": ["dynamodb"], "policies": {"dynamodb": "account"}}}, [("endpoint-policy-of-owner", at("dynamodb"), "account")]),
    "a file in sections": (asked({"sts": {"file": "sts.json"}}), [("endpoint-policy-file", f"{at('sts')}.file", "sts.json")]),
    "no policy": (asked({"sts": {"document": {"a": 1}}}), [("endpoint-policy-document", f"{at('sts')}.document", place) for place in ("a", "Version", "Statement")]),
    "several": (asked({"s3": "account", "ec2": "eks", "logs": "account"}), [("endpoint-policy-breaks-pulls", at("s3"), "account"), ("endpoint-policy-eks", at("ec2"), "eks"), ("endpoint-policy-without-endpoint", at("logs"), "logs")]),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "expected"), REFUSED.values(), ids=REFUSED)
def test_policies_that_cannot_work_are_errors(changes: Changes, expected: list[Error]) -> None:
    assert errors(changes) == expected


def test_a_region_whose_registry_is_not_known_is_an_error() -> None:
    here: Changes = {"environment.region": "ap-southeast-9", "pods.zones": ["ap-southeast-9a"], "vpc.node_subnets": {"ap-southeast-9a": ["subnet-0000000a"]}, "egress": []}  # fmt: skip
    assert errors(asked({"ecr.api": "eks"}, here)) == [("endpoint-policy-region", at("ecr.api"), "eks")]
    assert a_plan(asked({"s3": ["account", "eks"]}, here)).endpoints


SHAPES: dict[str, object] = {
    "an unknown preset": "acount",
    "an unknown preset in a list": ["account", "ek"],
    "a preset twice": ["account", "account"],
    "two organizations": [ORGANIZATION, ORGANIZATION],
    "an empty list": [],
    "nothing": {},
    "a file in a list": ["account", {"file": "a.json"}],
    "a file and a document": {"file": "a.json", "document": DOCUMENT},
    "a preset and a document": {"account": True, "document": DOCUMENT},
    "no id of an organization": {"organization": "123456789012"},
    "a number": 5,
    "an unknown key": {"path": "a.json"},
}


@pytest.mark.parametrize("entry", SHAPES.values(), ids=SHAPES)
def test_what_is_neither_presets_nor_a_document_is_an_error(entry: object) -> None:
    with pytest.raises(InputError) as refused:
        plan_of_data(a_file(asked({"sts": entry})))
    assert {each.location.path.startswith("endpoints.policies.sts") for each in refused.value.diagnostics} == {True}


@pytest.mark.parametrize(
    ("service", "entry", "id"),
    [
        ("sts", "account", "endpoint-policy-web-identity"),
        ("sts", ORGANIZATION, "endpoint-policy-web-identity"),
        ("ecr.api", "eks", "endpoint-policy-own-images"),
        ("s3", {"document": DOCUMENT}, "endpoint-policy-not-checked"),
        ("ecr.dkr", {"document": DOCUMENT}, "endpoint-policy-not-checked"),
        ("dynamodb", {"document": {**DOCUMENT, "Statement": [{**STATEMENT, "Principal": {"AWS": "111122223333"}}]}}, "endpoint-policy-gateway-principal"),
    ],
)  # fmt: skip
def test_what_a_policy_may_refuse_is_reported(service: str, entry: object, id: str) -> None:
    assert id in remarks(asked({service: entry}))


@pytest.mark.parametrize(
    ("service", "entry"),
    [
        ("sts", ["account", "eks"]),
        ("sts", {"document": DOCUMENT}),
        ("ecr.api", ["account", "eks"]),
        ("s3", ["account", "eks"]),
        ("dynamodb", {"document": {**DOCUMENT, "Statement": {**STATEMENT, "Principal": {"AWS": "*"}}}}),
        ("ec2", {"document": {**DOCUMENT, "Statement": [{**STATEMENT, "Principal": {"AWS": "111122223333"}}]}}),
    ],
)
def test_nothing_is_reported_of_others(service: str, entry: object) -> None:
    assert not {id for id in remarks(asked({service: entry})) if id.startswith("endpoint-policy")}


@pytest.mark.parametrize(
    ("document", "place"),
    [
        ([], ""),
        ("text", ""),
        (None, ""),
        ({**DOCUMENT, "Statements": []}, "Statements"),
        ({"Statement": [STATEMENT]}, "Version"),
        ({**DOCUMENT, "Version": "2012-10-18"}, "Version"),
        ({"Version": "2012-10-17"}, "Statement"),
        ({**DOCUMENT, "Statement": []}, "Statement"),
        ({**DOCUMENT, "Statement": "a"}, "Statement"),
        ({**DOCUMENT, "Statement": [STATEMENT, 1]}, "Statement[1]"),
        ({**DOCUMENT, "Statement": {**STATEMENT, "Effect": "allow"}}, "Statement.Effect"),
        ({**DOCUMENT, "Statement": [{**STATEMENT, "effect": "Allow"}]}, "Statement[0].effect"),
        ({**DOCUMENT, "Statement": [{key: value for key, value in STATEMENT.items() if key != "Principal"}]}, "Statement[0]"),
        ({**DOCUMENT, "Statement": [{**STATEMENT, "NotAction": "a"}]}, "Statement[0]"),
        ({**DOCUMENT, "Statement": [{**STATEMENT, "Condition": {"Null": {"a": None}}}]}, "Statement[0].Condition.Null.a"),
        ({**DOCUMENT, "Statement": [{**STATEMENT, "Condition": {"NumericEquals": {"a": [0.5]}}}]}, "Statement[0].Condition.NumericEquals.a[0]"),
    ],
)  # fmt: skip
def test_what_keeps_a_value_from_being_a_policy_document_is_named_by_its_place(document: Any, place: str) -> None:
    (problem,) = document_problems(document)
    assert (problem.id, problem.location.path) == ("endpoint-policy-document", place)


@given(st.integers(-40, 40))
def test_a_policy_has_at_most_the_characters_of_the_quota(more: int) -> None:
    empty = len('{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":""}]}')
    resource = "x" * (MOST_CHARACTERS - empty + more)
    document = {**DOCUMENT, "Statement": [{**STATEMENT, "Resource": resource}]}
    assert [problem.id for problem in document_problems(document)] == (["endpoint-policy-size"] if more > 0 else [])


def test_every_cause_is_reported_at_its_place() -> None:
    found = errors(asked({"sts": {"document": {"Statement": [{"Effect": "Allow"}]}}}))
    assert [subject for _, _, subject in found] == ["Version", "Statement[0]", "Statement[0]", "Statement[0]"]
