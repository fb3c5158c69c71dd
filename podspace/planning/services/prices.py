"""The `prices` section: what your region and contract cost, in place of the prices podspace knows."""

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

Price = Annotated[float, Field(ge=0, allow_inf_nan=False)]
"""US dollars for an hour or a GB, as in the key."""


class PricesConfig(Section):
    """Prices in US dollars; those left out are podspace's own, of us-east-1. They decide nothing but what is shown."""

    as_of: str | None = Field(default=None, min_length=1, max_length=100)
    """When and where the prices were read, as free text, which is shown with them."""
    nat_gateway_hour: Price | None = None
    """A zonal NAT gateway, public or private."""
    nat_gateway_gb: Price | None = None
    """Each GB through a NAT gateway, in either direction."""
    regional_nat_gateway_hour: Price | None = None
    """A regional NAT gateway, for each zone it is in."""
    regional_nat_gateway_gb: Price | None = None
    elastic_ip_hour: Price | None = None
    """A public IPv4 address."""
    transit_gateway_hour: Price | None = None
    """The VPC's attachment to a transit gateway."""
    transit_gateway_gb: Price | None = None
    """What the VPC sends to it."""
    firewall_endpoint_hour: Price | None = None
    """A firewall endpoint: of AWS Network Firewall, or of a Gateway Load Balancer."""
    firewall_endpoint_gb: Price | None = None
    """What goes through one."""
    core_network_hour: Price | None = None
    """The VPC's attachment to a core network."""
    core_network_gb: Price | None = None
    """What the VPC sends to it."""
    interface_endpoint_hour: Price | None = None
    """An interface endpoint, for each zone it is in."""
    interface_endpoint_gb: Price | None = None
    cross_zone_gb: Price | None = None
    """What goes from zone to zone, in each direction."""
    internet_gb: Price | None = None
    """What leaves for the internet."""
    alarm_metric_hour: Price | None = None
    """A CloudWatch alarm, for each metric that it compares; AWS lists it for a month of 730 hours."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PricesPlan:
    """The prices that a config names.

    Attributes:
        as_of: when and where they were looked up, in words; may be empty.
        given: US dollars by the keys of the `prices` section.
    """

    as_of: str
    given: Mapping[str, float]


def prices(network: Network) -> PricesPlan:
    """The prices that the config names."""
    section = network.config.prices
    return PricesPlan(as_of=section.as_of or "", given=section.model_dump(exclude_none=True, exclude={"as_of"}))
