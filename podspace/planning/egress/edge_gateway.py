"""Local gateways and carrier gateways, to which pod subnets of EKS Auto Mode have no routes."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import BeforeValidator

from podspace.api.refusal import refusal
from podspace.diagnostic import Diagnostic
from podspace.planning.egress.fields import EgressFields

_LOCAL: Final = Diagnostic(
    id="local-gateway",
    message="must be removed: only subnets on an Outpost have routes to a local gateway, and no AWS page says that "
    "EKS Auto Mode runs nodes on Outposts",
    fix="use another kind of gateway, such as transit_gateway",
    source="https://docs.aws.amazon.com/vpc/latest/userguide/route-table-options.html#route-tables-lgw",
    inferred=True,
)
_CARRIER: Final = Diagnostic(
    id="carrier-gateway",
    message="must be removed: a carrier gateway is for subnets in a Wavelength Zone, and no AWS page says that EKS "
    "Auto Mode runs nodes there",
    fix="use another kind of gateway, such as new_nat_gateways",
    source="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateRoute.html",
    inferred=True,
)


def _refused(problem: Diagnostic) -> BeforeValidator:
    def validate(given: object) -> None:
        if given is not None:
            raise refusal(problem)

    return BeforeValidator(validate)


class EdgeGatewayFields(EgressFields):
    """Keys of gateways of Outposts and Wavelength Zones; each is an error with its reason."""

    local_gateway: Annotated[None, _refused(_LOCAL)] = None
    """A local gateway of an Outpost; always an error."""
    carrier_gateway: Annotated[None, _refused(_CARRIER)] = None
    """A carrier gateway of a Wavelength Zone; always an error."""
