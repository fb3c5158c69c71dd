"""Policies of VPC endpoints: presets and policy documents."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, ClassVar, Final, Self

from pydantic import Field, JsonValue, model_validator
from pydantic.config import JsonDict

from podspace.api import Matching
from podspace.diagnostic import Diagnostic, Location, place_of
from podspace.planning.inventory import Value
from podspace.planning.section import Section

if TYPE_CHECKING:  # it is made of what is here
    from podspace.planning.network import Network

POLICY_PAGE: Final = "https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html"
POLICY_QUOTA_PAGE: Final = "https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-limits-endpoints.html"
LAYER_PAGE: Final = "https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html#ecr-minimum-s3-perms"
REGISTRY_PAGE: Final = "https://docs.aws.amazon.com/eks/latest/userguide/add-ons-images.html"
STS_PAGE: Final = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sts_vpc_endpoint_policies.html"
ELEMENTS_PAGE: Final = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html"

MOST_CHARACTERS: Final = 20_480
"""Maximum size of an endpoint policy in characters, including white space: see POLICY_QUOTA_PAGE."""
GATEWAY_SERVICES: Final = ("s3", "dynamodb")
"""The services with gateway endpoints."""

_REGISTRIES: Final = ("ecr.api", "ecr.dkr")
_PULLS: Final[Mapping[str, tuple[str, str]]] = {
    "s3": (
        "ECR stores image layers in a bucket of its own, and nodes download them by URLs that ECR has signed",
        LAYER_PAGE,
    ),
    **dict.fromkeys(
        _REGISTRIES, ("images of EKS add-ons are in registries of AWS, outside your account", REGISTRY_PAGE)
    ),
}
"""The services by which images are pulled: why a policy that admits only your own resources breaks that."""
_MOST_REGIONS: Final = (
    "ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-southeast-1 ap-southeast-2 ca-central-1 eu-central-1 "
    "eu-north-1 eu-west-1 eu-west-2 eu-west-3 sa-east-1 us-east-1 us-east-2 us-west-1 us-west-2"
)
_EKS_REGISTRIES: Final[Mapping[str, str]] = {
    **dict.fromkeys(_MOST_REGIONS.split(), "602401143452"),
    "af-south-1": "877085696533",
    "ap-east-1": "800184023465",
    "ap-east-2": "533267051163",
    "ap-south-2": "900889452093",
    "ap-southeast-3": "296578399912",
    "ap-southeast-4": "491585149902",
    "ap-southeast-5": "151610086707",
    "ap-southeast-6": "333609536671",
    "ap-southeast-7": "121268973566",
    "ca-west-1": "761377655185",
    "cn-north-1": "918309763551",
    "cn-northwest-1": "961992271922",
    "eu-central-2": "900612956339",
    "eu-south-1": "590381155156",
    "eu-south-2": "455263428931",
    "il-central-1": "066635153087",
    "me-central-1": "759879836304",
    "me-south-1": "558608220178",
    "mx-central-1": "730335286997",
    "us-gov-east-1": "151742754352",
    "us-gov-west-1": "013241004608",
}
"""The account that owns the registry of EKS in a region: see REGISTRY_PAGE."""

OrganizationId = Annotated[
    str,
    Matching(
        r"o-[a-z0-9]{10,32}",
        must="must be the id of an organization, o- and 10 to 32 letters and digits",
        title="organization id",
        example="o-a1b2c3d4e5",
    ),
]
_PRESETS: Final = ("account", "eks")


class EndpointPolicyConfig(Section):
    """The policy of an endpoint: one or more presets, or a document.

    In a file, a preset is a word, several presets are a list, and a document is the path of a JSON file.
    """

    account: bool = False
    """Principals of this account reach resources of this account."""
    organization: OrganizationId | None = None
    """Principals of an AWS organization reach resources of that organization."""
    eks: bool = False
    """Requests that EKS itself makes to the service."""
    file: str | None = Field(default=None, min_length=1, examples=["policies/s3.json"])
    """A JSON file with a policy document, by its path from the config file."""
    document: Mapping[str, JsonValue] | None = Field(
        default=None,
        title="IAM policy document",
        examples=[
            {
                "Version": "2012-10-17",
                "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}],
            }
        ],
    )
    """A policy document, in the JSON of IAM; for CDK apps."""

    short_form: ClassVar[JsonDict] = {
        "title": "`account`, `eks`, `{organization: o-…}`, or a list of these",
        "examples": ["account"],
        "anyOf": [
            {"enum": [*_PRESETS]},
            {
                "type": "array",
                "items": {"anyOf": [{"enum": [*_PRESETS]}, {"type": "object", "required": ["organization"]}]},
            },
        ],
    }

    @model_validator(mode="before")
    @classmethod
    def _from_presets(cls, data: object) -> object:
        items = [data] if isinstance(data, str) else data
        if not isinstance(items, list | tuple):
            return data
        found: dict[str, object] = {}
        for item in items:
            preset = {item: True} if isinstance(item, str) and item in _PRESETS else item
            if not isinstance(preset, Mapping) or not preset or not {*preset} <= {*_PRESETS, "organization"}:
                raise ValueError(
                    f"must be `account`, `eks`, `{{organization: o-…}}` or a list of these, or a `{{file: …}}` alone, "
                    f"which {json.dumps(item, default=str, ensure_ascii=False)} is not"
                )
            if twice := [str(key) for key in preset if key in found]:
                raise ValueError(f"must list {twice[0]} once")
            found |= preset
        return found

    @model_validator(mode="after")
    def _one_policy(self) -> Self:
        given = (self.file is not None, self.document is not None, self.presets != ())
        if sum(given) != 1:
            raise ValueError("must be one of these: presets (`account`, `eks`, `organization`), a `file`, a `document`")
        return self

    @property
    def presets(self) -> tuple[str, ...]:
        """Names of its presets."""
        return tuple(name for name in ("account", "organization", "eks") if getattr(self, name))


def endpoint_policy(network: Network, service: str, entry: EndpointPolicyConfig) -> Mapping[str, Value]:
    """The policy document of a service's endpoint, with pseudo parameters of CloudFormation in it."""
    if entry.document is not None:
        return {key: _frozen(value) for key, value in entry.document.items()}
    return {"Version": "2012-10-17", "Statement": tuple(_statements(network, service, entry))}


def _frozen(value: JsonValue) -> Value:
    if isinstance(value, dict):
        return {key: _frozen(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return tuple(map(_frozen, value))
    assert isinstance(value, str | int), "document_problems reports others"
    return value


def _statements(network: Network, service: str, entry: EndpointPolicyConfig) -> Iterator[Mapping[str, Value]]:
    """The statements of presets, always in this order.

    Both conditions and the statement about AWS services are those of AWS's default endpoint policy for a data
    perimeter: https://github.com/aws-samples/data-perimeter-policy-examples/tree/main/vpc_endpoint_policies
    """
    if entry.account:
        account = "${AWS::AccountId}"
        equal: Value = {"aws:PrincipalAccount": account, "aws:ResourceAccount": account}
        yield _allow("ThisAccount", condition={"StringEquals": equal})
    if entry.organization:
        equal = {"aws:PrincipalOrgID": entry.organization, "aws:ResourceOrgID": entry.organization}
        yield _allow("ThisOrganization", condition={"StringEquals": equal})
    if entry.account or entry.organization:
        yield _allow("AwsServices", condition={"Bool": {"aws:PrincipalIsAWSService": "true"}})
    if entry.eks:
        yield from _of_eks(network, service)


def _of_eks(network: Network, service: str) -> Iterator[Mapping[str, Value]]:
    if service == "s3":
        for sid, action, bucket in _buckets(network):
            yield _allow(sid, action=action, resource=f"arn:${{AWS::Partition}}:s3:::{bucket}/*")
    elif service in _REGISTRIES:
        yield _allow("EcrLogin", action="ecr:GetAuthorizationToken")
        pull = ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
        owner: Value = {"StringEquals": {"aws:ResourceAccount": _EKS_REGISTRIES[network.region]}}
        yield _allow("EksImages", action=pull, condition=owner)
    else:
        yield _allow("RolesOfServiceAccounts", action="sts:AssumeRoleWithWebIdentity")


def _buckets(network: Network) -> Iterator[tuple[str, str, str]]:
    """The buckets of AWS that EKS needs: what for, the action, and the name.

    The functions that apply manifests are in the VPC, and answer CloudFormation by a bucket of its own:
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-vpce-bucketnames.html
    """
    yield "EcrImageLayers", "s3:GetObject", f"prod-{network.region}-starport-layer-bucket"
    if network.config.apply:
        region = network.region.replace("-", "")
        yield "CloudFormationResponses", "s3:PutObject", f"cloudformation-custom-resource-response-{region}"


_KNOWN_TO_EKS: Final = ("s3", *_REGISTRIES, "sts")


def _allow(
    sid: str, *, action: Value = "*", resource: str = "*", condition: Value | None = None
) -> Mapping[str, Value]:
    base: dict[str, Value] = {"Sid": sid, "Effect": "Allow", "Principal": "*", "Action": action, "Resource": resource}
    return {**base, "Condition": condition} if condition is not None else base


def policy_problems(network: Network) -> Iterator[Diagnostic]:
    """Errors: policies without an endpoint, policies that prevent image pulls, and invalid documents."""
    asked = network.config.endpoints
    services = asked.services
    for service, entry in asked.policies.items():
        place = place_of(("endpoints", "policies", service))
        if service not in services:
            yield _without_endpoint(service, place, existing=bool(asked.interfaces and asked.interfaces.existing))
        yield from (problem.within(place) for problem in _preset_problems(network, service, entry))
        if entry.file is not None:
            yield Diagnostic(
                id="endpoint-policy-file",
                location=Location(path=f"{place}.file"),
                subject=entry.file,
                message="must be in a config file: without one, the relative path has no starting folder",
                fix="read the file in your app, and write `{document: …}`",
            )
        for problem in document_problems(entry.document) if entry.document is not None else ():
            subject = problem.location.path or problem.subject
            yield replace(problem, location=Location(path=f"{place}.document"), subject=subject)


def _without_endpoint(service: str, place: str, *, existing: bool) -> Diagnostic:
    if existing and service not in GATEWAY_SERVICES:
        return Diagnostic(
            id="policy-of-existing-endpoint",
            location=Location(path=place),
            subject=service,
            message="must be removed: this stack does not change policies of existing interface endpoints "
            "(interfaces.existing)",
            fix="change the policy where the endpoint is created",
        )
    key = "endpoints.gateways" if service in GATEWAY_SERVICES else "endpoints.interfaces.services"
    return Diagnostic(
        id="endpoint-policy-without-endpoint",
        location=Location(path=place),
        subject=service,
        message="must be a service with an endpoint in this file",
        fix=f"add {service} to {key}, or remove its policy",
    )


def _preset_problems(network: Network, service: str, entry: EndpointPolicyConfig) -> Iterator[Diagnostic]:
    own = [preset for preset in entry.presets if preset != "eks"]
    if own and service in _PULLS and not entry.eks:
        cause, source = _PULLS[service]
        presets = [f"{{organization: {entry.organization}}}" if each == "organization" else each for each in own]
        yield Diagnostic(
            id="endpoint-policy-breaks-pulls",
            subject=", ".join(own),
            message="must also have `eks`: with this policy the endpoint refuses image pulls",
            cause=cause,
            fix=f"write `{service}: [{', '.join([*presets, 'eks'])}]`",
            source=source,
        )
    if entry.account and network.network_half:
        yield Diagnostic(
            id="endpoint-policy-of-owner",
            subject="account",
            message="must not be `account` in the network account's config of a shared VPC: the roles of nodes and "
            "pods are in the cluster account",
            fix="write `{organization: o-…}`, or a file",
        )
    if entry.eks and service not in _KNOWN_TO_EKS:
        yield Diagnostic(
            id="endpoint-policy-eks",
            subject="eks",
            message=f"must be removed: as far as AWS documents it, EKS itself makes no requests to {service}; the "
            f"preset is for {', '.join(_KNOWN_TO_EKS)}",
            fix="write `account`, or `{organization: o-…}`",
        )
    elif entry.eks and service in _REGISTRIES and network.region not in _EKS_REGISTRIES:
        yield Diagnostic(
            id="endpoint-policy-region",
            subject="eks",
            message=f"must be removed: podspace does not know the account of EKS's registry in {network.region}",
            fix="write a policy file that admits the account from AWS's page",
            source=REGISTRY_PAGE,
        )


def policy_remarks(network: Network) -> Iterator[Diagnostic]:
    """Warnings: requests of pods or nodes that a policy may deny."""
    for service, entry in network.config.endpoints.policies.items():
        if entry.document is not None:
            yield from _document_remarks(network, service, entry.document)
        elif service == "sts" and not entry.eks:
            yield Diagnostic(
                id="endpoint-policy-web-identity",
                severity="warning",
                subject=service,
                message="the policy of the endpoint of sts refuses pods that get a role by their service account "
                "(AssumeRoleWithWebIdentity): such a request has no principal yet, so neither account nor organization",
                fix=f"write `sts: [{', '.join([*entry.presets, 'eks'])}]` if pods use such roles; EKS Pod Identity "
                "does not need it",
                source=STS_PAGE,
            )
        elif service in _REGISTRIES and entry.presets == ("eks",):
            yield Diagnostic(
                id="endpoint-policy-own-images",
                severity="warning",
                subject=service,
                message=f"the policy of the endpoint of {service} admits images of EKS only, and none of your own "
                "registries",
                fix=f"write `{service}: [account, eks]` if pods use images of ECR",
                source=REGISTRY_PAGE,
            )


def _document_remarks(network: Network, service: str, document: Mapping[str, JsonValue]) -> Iterator[Diagnostic]:
    if service in _PULLS:
        cause, source = _PULLS[service]
        buckets = " and ".join(f"{action} in {bucket}" for _, action, bucket in _buckets(network))
        what = buckets if service == "s3" else "pulls from the registry of EKS in your region"
        yield Diagnostic(
            id="endpoint-policy-not-checked",
            severity="note",
            subject=service,
            message=f"whether your policy of {service} admits image pulls is not checked: it must allow {what}",
            cause=cause,
            source=source,
        )
    named = [json.dumps(each.get("Principal")) for each in _listed(document.get("Statement")) if isinstance(each, dict)]
    if service in GATEWAY_SERVICES and any(each not in ('"*"', '{"AWS": "*"}') for each in named):
        yield Diagnostic(
            id="endpoint-policy-gateway-principal",
            severity="warning",
            subject=service,
            message="a Principal of an account in the policy of a gateway endpoint is the root user alone, not the "
            "account's users and roles",
            fix='write `"Principal": "*"`, and name the account or role by aws:PrincipalAccount or aws:PrincipalArn',
            source=POLICY_PAGE,
        )


_VERSIONS: Final = ("2012-10-17", "2008-10-17")
_ELEMENTS: Final = ("Version", "Id", "Statement")
_EITHER: Final = ("Principal", "Action", "Resource")
_OF_STATEMENTS: Final = ("Sid", "Effect", *_EITHER, *(f"Not{element}" for element in _EITHER), "Condition")


def document_problems(document: JsonValue | Mapping[str, JsonValue]) -> Iterator[Diagnostic]:
    """Errors of a JSON value as a policy document; their paths are inside the value."""
    if not isinstance(document, Mapping):
        yield _problem("", 'must be a policy document: an object `{"Version": …, "Statement": […]}`')
        return
    for key in document:
        if key not in _ELEMENTS:
            yield _problem(key, f"must be removed: a policy document has {', '.join(_ELEMENTS)}")
    if document.get("Version") not in _VERSIONS:
        yield _problem("Version", f'must be "{_VERSIONS[0]}", the version of the policy language')
    statements = document.get("Statement")
    if not isinstance(statements, dict | list) or not statements:
        yield _problem("Statement", "must be a list of at least one statement")
    for index, statement in enumerate(_listed(statements)):
        yield from _statement_problems(statement, "Statement" + (f"[{index}]" if isinstance(statements, list) else ""))
    for place in _without_value(dict(document), ()):
        yield _problem(place_of(place), "must be text, a whole number, true or false")
    size = len(json.dumps(dict(document), separators=(",", ":"), ensure_ascii=False))
    if size > MOST_CHARACTERS:
        yield too_large(size)


def _statement_problems(statement: JsonValue, place: str) -> Iterator[Diagnostic]:
    if not isinstance(statement, dict):
        yield _problem(place, "must be an object with Effect, Principal, Action and Resource")
        return
    for key in statement:
        if key not in _OF_STATEMENTS:
            yield _problem(f"{place}.{key}", f"must be removed: a statement has {', '.join(_OF_STATEMENTS)}")
    if statement.get("Effect") not in ("Allow", "Deny"):
        yield _problem(f"{place}.Effect", "must be Allow or Deny")
    for element in _EITHER:
        if len({element, f"Not{element}"} & statement.keys()) != 1:
            yield _problem(place, f"must have {element} or Not{element}, and not both")


def _listed(value: JsonValue | None) -> list[JsonValue]:
    return value if isinstance(value, list) else [value] if isinstance(value, dict) else []


def _without_value(value: JsonValue, place: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    """The places of null, and of numbers with a fraction."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _without_value(inner, (*place, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _without_value(item, (*place, index))
    elif value is None or isinstance(value, float):
        yield place


def too_large(size: int) -> Diagnostic:
    """An error about a policy that has too many characters."""
    return Diagnostic(
        id="endpoint-policy-size",
        subject=f"{size:,} characters",
        message=f"must be at most {MOST_CHARACTERS:,} characters with white space, which AWS does not raise",
        fix="join statements, list fewer resources, or use wildcards",
        source=POLICY_QUOTA_PAGE,
    )


def _problem(place: str, must: str) -> Diagnostic:
    return Diagnostic(id="endpoint-policy-document", location=Location(path=place), message=must, source=ELEMENTS_PAGE)
