"""The host names that VPC endpoints of a plan answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from podspace.planning import Plan

ENDPOINT_PAGE: Final = "https://docs.aws.amazon.com/vpc/latest/privatelink/interface-endpoints.html"
"""With private DNS, the name of a service resolves to the addresses of the endpoint's network interfaces."""
GATEWAY_PAGE: Final = "https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html"
"""With a gateway endpoint, the name of a service still resolves to public addresses."""
_NAMES: Final[Mapping[str, str]] = {
    "ecr.api": "api.ecr.{region}.amazonaws.com",
    "ecr.dkr": "{account}.dkr.ecr.{region}.amazonaws.com",
    "eks-auth": "eks-auth.{region}.api.aws",
    **dict.fromkeys(
        (
            "autoscaling",
            "cloudformation",
            "dynamodb",
            "ec2",
            "eks",
            "elasticloadbalancing",
            "kms",
            "lambda",
            "logs",
            "monitoring",
            "s3",
            "secretsmanager",
            "sns",
            "sqs",
            "ssm",
            "sts",
        ),
        "{service}.{region}.amazonaws.com",
    ),
}
"""Host names by the short name of the service: https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html.
Other services are not probed."""
KNOWN_SERVICES: Final = tuple(_NAMES)
"""The short names of services whose endpoints are probed."""
_ASSUMED: Final = ("ecr.api", "ecr.dkr", "sts")
"""Services of existing interface endpoints, which a config does not list."""
_ANY_ACCOUNT: Final = "111122223333"
"""The endpoint of ecr.dkr has a name for every account."""


def endpoint_names(plan: Plan) -> Mapping[str, str]:
    """The host names of services with an endpoint of the plan, by their short names; none in a plan without endpoints.

    Of existing interface endpoints the plan does not know the services: ECR and STS are taken.
    """
    if plan.endpoints is None:
        return {}
    listed = [*_short_names(plan, plan.endpoints.gateways), *_short_names(plan, plan.endpoints.interfaces)]
    assumed = _ASSUMED if plan.endpoints.groups else ()
    names = {"region": plan.region, "account": plan.stack.account or _ANY_ACCOUNT}
    return {
        service: _NAMES[service].format(service=service, **names)
        for service in dict.fromkeys((*listed, *assumed))
        if service in _NAMES
    }


def is_gateway_endpoint(plan: Plan, service: str) -> bool:
    """Whether the endpoint of a service is a gateway endpoint."""
    return plan.endpoints is not None and service in _short_names(plan, plan.endpoints.gateways)


def is_interface_endpoint(plan: Plan, service: str) -> bool:
    """Whether the plan lists an interface endpoint of a service; existing ones are not listed."""
    return plan.endpoints is not None and service in _short_names(plan, plan.endpoints.interfaces)


def _short_names(plan: Plan, names: Iterable[str]) -> list[str]:
    return [name.removeprefix(f"com.amazonaws.{plan.region}.") for name in names]
