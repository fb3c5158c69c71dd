"""The `prices` section: prices of your region and contract, in place of podspace's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from podspace.planning.section import Section

if TYPE_CHECKING:  # it is made of what is here
    pass

if TYPE_CHECKING:  # it is made of what is here
    from podspace.planning.network import Network

Price = Annotated[float, Field(ge=0, allow_inf_nan=False, title="US dollars", examples=[0.048])]
"""A price in US dollars for an hour or a GB, as the key says."""


class PricesConfig(Section):
    """Prices in US dollars for an hour or a GB, which `podspace plan` shows costs with; no resource depends on them.

    The default of a price is podspace's own, of us-east-1. `podspace prices CONFIG` writes this section with the public
    prices of the region, from the AWS Price List: without discounts and free amounts, and by the first amount that is
    not free. A firewall endpoint counts as one of AWS Network Firewall. Prices that the list does not have under a
    known name keep their values: those of core networks, and perhaps those of regional NAT gateways (their names there
    are inferred).
    """

    as_of: str | None = Field(default=None, min_length=1, max_length=100, examples=["eu-west-1, January 2027"])
    """When and where the prices were read, as free text, which is shown with them."""
    nat_gateway_hour: Price | None = None
    """A zonal NAT gateway, public or private."""
    nat_gateway_gb: Price | None = None
    """Each GB through a NAT gateway, in either direction."""
    regional_nat_gateway_hour: Price | None = None
    """A regional NAT gateway, for each zone it is in."""
    regional_nat_gateway_gb: Price | None = None
    """Each GB through a regional NAT gateway."""
    elastic_ip_hour: Price | None = None
    """A public IPv4 address."""
    transit_gateway_hour: Price | None = None
    """The VPC's attachment to a transit gateway."""
    transit_gateway_gb: Price | None = None
    """Each GB that the VPC sends to a transit gateway."""
    firewall_endpoint_hour: Price | None = None
    """A firewall endpoint: of AWS Network Firewall, or of a Gateway Load Balancer."""
    firewall_endpoint_gb: Price | None = None
    """Each GB through a firewall endpoint."""
    core_network_hour: Price | None = None
    """The VPC's attachment to a core network of Cloud WAN."""
    core_network_gb: Price | None = None
    """Each GB that the VPC sends to a core network."""
    interface_endpoint_hour: Price | None = None
    """An interface endpoint, for each zone it is in."""
    interface_endpoint_gb: Price | None = None
    """Each GB through an interface endpoint."""
    cross_zone_gb: Price | None = None
    """Each GB from zone to zone, in each direction."""
    internet_gb: Price | None = None
    """Each GB sent to the internet."""
    alarm_metric_hour: Price | None = None
    """A CloudWatch alarm, for each metric that it compares; AWS lists it for a month of 730 hours."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PricesPlan:
    """The prices of a config.

    Attributes:
        as_of: when and where the prices were read, in words; may be empty.
        given: prices in US dollars by the keys of the `prices` section.
    """

    as_of: str
    given: Mapping[str, float]


def prices(network: Network) -> PricesPlan:
    """The prices of a config."""
    section = network.config.prices
    return PricesPlan(as_of=section.as_of or "", given=section.model_dump(exclude_none=True, exclude={"as_of"}))
