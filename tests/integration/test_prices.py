"""`podspace prices` writes the public prices of a region into a config."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner, Result

from podspace.cli import app
from podspace.planning.services.prices import PricesConfig
from tests.aws_server import AwsServer
from tests.json_report import the_report
from tests.template import CONFIGS

REGIONAL = next(path for path in CONFIGS if path.stem == "regional-nat")
REGION = "eu-west-1"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["prices", *arguments], catch_exceptions=False)


def a_product(
    service: str,
    usage: str,
    *tiers: float,
    currency: str = "USD",
    family: str = "",
    region: str = REGION,
    **attributes: str,
) -> dict[str, Any]:
    """A product of the list, whose price falls in steps of 1,000 units."""
    dimensions = {
        str(number): {"beginRange": str(1000 * number), "endRange": "Inf", "pricePerUnit": {currency: f"{price:.10f}"}}
        for number, price in enumerate(tiers)
    }
    return {
        "serviceCode": service,
        "product": {"productFamily": family, "attributes": {"usagetype": usage, "regionCode": region, **attributes}},
        "terms": {"OnDemand": {"one": {"priceDimensions": dimensions}}, "Reserved": {}},
    }


NAT = {"family": "NAT Gateway"}
TRANSIT = {"operation": "TransitGatewayVPC"}
PRODUCTS = [
    a_product("AmazonEC2", "EU-NatGateway-Hours", 0.048, **NAT),
    a_product("AmazonEC2", "EU-NatGateway-Bytes", 0.049, **NAT),
    a_product("AmazonEC2", "EU-RegionalNatGateway-Hours", 0.051, **NAT),
    a_product("AmazonEC2", "EU-RegionalNatGateway-Bytes", 0.052, **NAT),
    a_product("AmazonEC2", "USE2-NatGateway-Hours", 9, region="us-east-2", **NAT),
    a_product("AmazonVPC", "EU-PublicIPv4:InUseAddress", 0.005),
    a_product("AmazonVPC", "EU-PublicIPv4:IdleAddress", 9),
    a_product("AmazonVPC", "EU-TransitGateway-Hours", 0.06, **TRANSIT),
    a_product("AmazonVPC", "EU-TransitGateway-Hours", 9, operation="TransitGatewayVPN"),
    a_product("AmazonVPC", "EU-TransitGateway-Bytes", 0.02, **TRANSIT),
    a_product("AmazonVPC", "EU-VpcEndpoint-Hours", 0.011, operation="VpcEndpoint"),
    a_product("AmazonVPC", "EU-VpcEndpoint-Bytes", 0.01, 0.006, operation="VpcEndpoint"),
    a_product("AWSNetworkFirewall", "EUW1-Endpoint-Hour", 0.395),
    a_product("AWSNetworkFirewall", "EUW1-Traffic-GB-Processed", 0.065),
    a_product("AmazonCloudWatch", "EU-CW:AlarmMonitorUsage", 0.0, 0.10),
    a_product("AmazonCloudWatch", "EU-CW:HighResAlarmMonitorUsage", 9),
    a_product("AWSDataTransfer", "EU-DataTransfer-Regional-Bytes", 0.01, fromRegionCode=REGION, transferType="IntraRegion"),
    a_product("AWSDataTransfer", "EU-DataTransfer-Out-Bytes", 0.0, 0.09, 0.085, fromRegionCode=REGION, transferType="AWS Outbound"),
]  # fmt: skip
PRICES = {
    "nat_gateway_hour": 0.048,
    "nat_gateway_gb": 0.049,
    "regional_nat_gateway_hour": 0.051,
    "regional_nat_gateway_gb": 0.052,
    "elastic_ip_hour": 0.005,
    "transit_gateway_hour": 0.06,
    "transit_gateway_gb": 0.02,
    "firewall_endpoint_hour": 0.395,
    "firewall_endpoint_gb": 0.065,
    "interface_endpoint_hour": 0.011,
    "interface_endpoint_gb": 0.01,
    "cross_zone_gb": 0.01,
    "alarm_metric_hour": 0.000136986,
    "internet_gb": 0.09,
}
"""That of an alarm is for a month in the list."""


def a_config(text: str = "") -> Path:
    path = Path("prod.yaml")
    path.write_text(REGIONAL.read_text().replace("eu-central-1", REGION) + text)
    return path


def test_the_prices_of_the_region_replace_those_of_third_parties(aws: AwsServer) -> None:
    """Of every page of the list; by the first amount that is not free."""
    aws.products[:] = PRODUCTS
    path = a_config()
    before = path.read_text()
    done = run("prod.yaml")
    assert done.exit_code == 0, done.output
    assert path.read_text().startswith(before)
    section = yaml.safe_load(path.read_text())["prices"]
    assert section.pop("as_of").startswith(f"AWS Price List, {REGION}, ")
    assert section == PRICES
    assert {key for key in PricesConfig.model_fields if key != "as_of"} - set(PRICES) == {
        "core_network_hour",
        "core_network_gb",
    }
    planned = CliRunner().invoke(app, ["plan", "prod.yaml"], catch_exceptions=False).output
    assert "AWS Price List" in planned
    assert "third parties" not in planned
    assert {(asked.service, asked.operation) for asked in aws.asked} == {("pricing", "GetProducts")}


def test_a_dry_run_writes_nothing(aws: AwsServer) -> None:
    aws.products[:] = PRODUCTS
    path = a_config()
    before = path.read_text()
    done = run("prod.yaml", "--dry-run", "--format", "json")
    report = the_report(done.stdout)
    assert (done.exit_code, report["facts"]["written"], report["facts"]["prices"]) == (0, False, PRICES)
    assert path.read_text() == before


def test_a_price_that_the_list_lacks_stays_as_it_is(aws: AwsServer) -> None:
    """The config's own, or that of third parties, which is in a note if the plan needs it."""
    aws.products[:] = [each for each in PRODUCTS if "NatGateway" not in each["product"]["attributes"]["usagetype"]]
    a_config("\nprices: { nat_gateway_hour: 0.5, internet_gb: 1 }\n")
    report = the_report(run("prod.yaml", "--format", "json").stdout)
    section = yaml.safe_load(Path("prod.yaml").read_text())["prices"]
    assert (section["nat_gateway_hour"], section["internet_gb"]) == (0.5, PRICES["internet_gb"])
    missing = {each["subject"] for each in report["diagnostics"]}
    assert missing == {"prices.regional_nat_gateway_hour", "prices.regional_nat_gateway_gb"}


def test_several_prices_of_one_thing_are_none(aws: AwsServer) -> None:
    aws.products[:] = [*PRODUCTS, a_product("AmazonEC2", "EU-NatGateway-Hours", 0.9, **NAT)]
    a_config()
    report = the_report(run("prod.yaml", "--format", "json").stdout)
    assert "nat_gateway_hour" not in report["facts"]["prices"]


@pytest.mark.parametrize("currency", ["USD", "CNY"])
def test_a_region_without_prices_in_us_dollars_leaves_the_file(currency: str, aws: AwsServer) -> None:
    region = "us-east-2" if currency == "USD" else REGION
    aws.products[:] = [a_product("AmazonEC2", "EU-NatGateway-Hours", 1, currency=currency, region=region, **NAT)]
    before = a_config().read_text()
    done = run("prod.yaml")
    assert (done.exit_code, Path("prod.yaml").read_text()) == (2, before)


def test_a_denied_call_leaves_the_file(aws: AwsServer) -> None:
    denied = json.dumps({"__type": "AccessDeniedException", "message": "no"}).encode()
    aws.faults["GetProducts"] = lambda _: (400, "application/x-amz-json-1.1", denied)
    before = a_config().read_text()
    done = run("prod.yaml")
    assert (done.exit_code, Path("prod.yaml").read_text()) == (2, before)
    assert "pricing:GetProducts" in done.output


def test_a_wrong_config_is_reported_before_aws_is_asked(aws: AwsServer) -> None:
    Path("prod.yaml").write_text("name: 1\n")
    assert run("prod.yaml").exit_code == 1
    assert aws.asked == []
