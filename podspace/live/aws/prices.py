"""Public prices of a region, from the AWS Price List.

Names of what is charged: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-billing-usage-reports.html for addresses,
endpoints and transit gateways; for NAT gateways, Network Firewall, alarms and data transfer they are as public cost
tools use them, and those of regional NAT gateways are inferred from one of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, Json

from podspace.live.aws.account import Account
from podspace.live.aws.call import GET_PRODUCTS

_CURRENCY: Final = "USD"
_MONTH: Final = 730
"""Hours of a month, as `podspace.cost` counts them."""
_DIGITS: Final = 9
"""Decimals of a price for an hour that the list has for a month."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Charge:
    """What is charged, as the price list names it.

    Attributes:
        service: the code of the service.
        usage: the usage type, without the code of the region in front of it, such as `NatGateway-Hours`.
        filters: further attributes of its products.
        operation: the operation, if several products have the usage type.
        region: the attribute of a product that has the code of the region.
        hours: what the list has the price for, if the key of the `prices` section is for an hour.
    """

    service: str
    usage: str
    filters: Mapping[str, str]
    operation: str = ""
    region: str = "regionCode"
    hours: int = 1


def _nat(usage: str) -> _Charge:
    return _Charge(service="AmazonEC2", usage=usage, filters={"productFamily": "NAT Gateway"})


def _vpc(usage: str, operation: str = "") -> _Charge:
    return _Charge(service="AmazonVPC", usage=usage, filters={}, operation=operation)


def _firewall(usage: str) -> _Charge:
    return _Charge(service="AWSNetworkFirewall", usage=usage, filters={})


def _alarm(usage: str) -> _Charge:
    return _Charge(service="AmazonCloudWatch", usage=usage, filters={}, hours=_MONTH)


def _transfer(usage: str, kind: str) -> _Charge:
    filters = {"transferType": kind}
    return _Charge(service="AWSDataTransfer", usage=usage, filters=filters, region="fromRegionCode")


_CHARGES: Final[Mapping[str, _Charge]] = {
    "nat_gateway_hour": _nat("NatGateway-Hours"),
    "nat_gateway_gb": _nat("NatGateway-Bytes"),
    "regional_nat_gateway_hour": _nat("RegionalNatGateway-Hours"),
    "regional_nat_gateway_gb": _nat("RegionalNatGateway-Bytes"),
    "elastic_ip_hour": _vpc("PublicIPv4:InUseAddress"),
    "transit_gateway_hour": _vpc("TransitGateway-Hours", "TransitGatewayVPC"),
    "transit_gateway_gb": _vpc("TransitGateway-Bytes", "TransitGatewayVPC"),
    "firewall_endpoint_hour": _firewall("Endpoint-Hour"),
    "firewall_endpoint_gb": _firewall("Traffic-GB-Processed"),
    "interface_endpoint_hour": _vpc("VpcEndpoint-Hours", "VpcEndpoint"),
    "interface_endpoint_gb": _vpc("VpcEndpoint-Bytes", "VpcEndpoint"),
    "cross_zone_gb": _transfer("DataTransfer-Regional-Bytes", "IntraRegion"),
    "alarm_metric_hour": _alarm("CW:AlarmMonitorUsage"),
    "internet_gb": _transfer("DataTransfer-Out-Bytes", "AWS Outbound"),
}
"""What each key of the `prices` section is charged as. Those of core networks are not known."""


class _Dimension(BaseModel):
    model_config = ConfigDict(frozen=True)

    begin: float = Field(default=0, alias="beginRange")
    per_unit: Mapping[str, float] = Field(alias="pricePerUnit")


class _Term(BaseModel):
    model_config = ConfigDict(frozen=True)

    dimensions: Mapping[str, _Dimension] = Field(alias="priceDimensions")


class _Terms(BaseModel):
    model_config = ConfigDict(frozen=True)

    on_demand: Mapping[str, _Term] = Field(default_factory=dict, alias="OnDemand")


class _Product(BaseModel):
    model_config = ConfigDict(frozen=True)

    attributes: Mapping[str, str]


class _Listed(BaseModel):
    model_config = ConfigDict(frozen=True)

    product: _Product
    terms: _Terms


class _Item(BaseModel):
    """An item of the list, which is JSON in a text."""

    model_config = ConfigDict(frozen=True)

    listed: Json[_Listed] = Field(alias="Name")


def prices_of(account: Account, *, region: str) -> dict[str, float]:
    """Public prices in US dollars, without discounts and free amounts, by the keys of the `prices` section.

    Of prices in tiers, the price of the first tier that is not free. A key without a price, or with several prices, is
    left out.

    Args:
        account: any account, because prices are the same for all.
        region: name, such as eu-west-1.

    Raises:
        UnreadError: the call is not allowed, or its answer cannot be understood.
        LiveError: AWS cannot be reached, or the credentials are refused.
    """
    found: dict[str, float] = {}
    for key, charge in _CHARGES.items():
        amounts = set(_amounts(account, charge, region))
        if len(amounts) == 1:
            (amount,) = amounts
            found[key] = amount if charge.hours == 1 else round(amount / charge.hours, _DIGITS)
    return found


def _amounts(account: Account, charge: _Charge, region: str) -> Iterator[float]:
    """The prices of all products that are charged as asked."""
    filters = [
        {"Type": "TERM_MATCH", "Field": field, "Value": value}
        for field, value in {charge.region: region, **charge.filters}.items()
    ]
    for item in account.read(GET_PRODUCTS, _Item, ServiceCode=charge.service, Filters=filters):
        attributes = item.listed.product.attributes
        usage = re.sub("^[A-Z0-9]+-", "", attributes.get("usagetype", ""))
        same = charge.usage in (usage, attributes.get("usagetype"))
        if same and charge.operation in ("", attributes.get("operation")):
            for term in item.listed.terms.on_demand.values():
                yield from _first(term)


def _first(term: _Term) -> Iterator[float]:
    """The price of the first amount that is not free."""
    paid = [(one.begin, one.per_unit.get(_CURRENCY, 0.0)) for one in term.dimensions.values()]
    yield from [price for _, price in sorted(paid) if price][:1]
