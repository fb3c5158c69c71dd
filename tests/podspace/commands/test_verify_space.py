"""`podspace verify` with an account: the space in the pod subnets, its owners, its days, and its metrics."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from podspace.cli import app
from podspace.live.aws.call import DESCRIBE_INTERFACES, DESCRIBE_SUBNETS, GET_CIDR_RESERVATIONS
from podspace.live.aws.interface import NODE_TAG
from tests.canned_account import CannedAccount, a_subnet, denied
from tests.json_report import the_report
from tests.podspace.cluster_objects import a_node, a_node_class, a_node_pool, a_pod, cluster_objects
from tests.prometheus_text import series_of, value, values
from tests.template import REPOSITORY
from tools.contract import contract

CONFIG = REPOSITORY / "config" / "article.yaml"
PAGE = (REPOSITORY / "docs" / "observability.md").read_text()
METRICS = "podspace verify config/article.yaml --since earlier.json --format prometheus"
TAG = {"podspace/my-cluster/split-ip": "pods"}
POOL = {"karpenter.sh/nodepool": "workers-split-ip"}
NOW = datetime(2026, 11, 29, 10, tzinfo=UTC)
WEEK_AGO = datetime(2026, 11, 22, 10, tzinfo=UTC)


def an_interface(number: int, *addresses: str, **changes: Any) -> dict[str, Any]:
    return {
        "NetworkInterfaceId": f"eni-{number:08}",
        "SubnetId": "subnet-0000000b",
        "Status": "in-use",
        "InterfaceType": "interface",
        "PrivateIpAddresses": [{"PrivateIpAddress": address} for address in addresses],
        **changes,
    }


def of_node(number: int, node: str, *addresses: str, prefixes: tuple[str, ...] = ()) -> dict[str, Any]:
    return an_interface(
        number,
        *addresses,
        Attachment={"InstanceId": node},
        Ipv4Prefixes=[{"Ipv4Prefix": prefix} for prefix in prefixes],
    )


def scattered(first: int, count: int) -> list[str]:
    """Single addresses, each in a /28 of its own."""
    return [f"100.64.{number // 16}.{number % 16 * 16 + 5}" for number in range(first, first + count)]


INTERFACES = [
    of_node(1, "i-0b01", *scattered(1, 14), prefixes=("100.64.8.0/28", "100.64.8.16/28")),
    of_node(2, "i-0b02", *scattered(15, 6), "100.64.0.22", "100.64.0.38"),
    an_interface(3, "100.64.0.54", InterfaceType="lambda", Description="AWS Lambda VPC ENI-orders", RequesterId="1"),
    an_interface(4, "100.64.64.9", SubnetId="subnet-0000000b", Status="available", Description="aws-K8S-i-0b00"),
]


def answers(**changes: Any) -> Mapping[str, Any]:
    free = changes.pop("free", (32_763 - 56, 32_763))
    return {
        "DescribeSubnets": [
            a_subnet("subnet-0000000b", "b", "100.64.0.0/17", free=free[0], tags=TAG),
            a_subnet("subnet-0000000c", "c", "100.64.128.0/17", free=free[1], tags=TAG),
        ],
        "DescribeNetworkInterfaces": INTERFACES,
        **changes,
    }


def given(monkeypatch: pytest.MonkeyPatch, answers_: Mapping[str, Any], *, at: datetime = NOW) -> None:
    monkeypatch.setattr("podspace.live.aws.account.Account", lambda **_: CannedAccount(answers_))
    monkeypatch.setattr("podspace.commands.verify._now", lambda: at)


@pytest.fixture(autouse=True)
def account(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The article's network in use, in a cluster with two nodes in one zone, and pods on them."""
    given(monkeypatch, answers())
    nodes = [
        a_node(name, zone="eu-west-1b", addresses=[f"10.196.24.{number}"], labels=POOL)
        for number, name in enumerate(("i-0b01", "i-0b02"), 10)
    ]
    pods = [
        *(a_pod(f"web-{number}", node="i-0b01", address=f"100.64.8.{number}") for number in range(3, 15)),
        a_pod("web-20", node="i-0b02", address=None),
    ]
    objects = cluster_objects(
        nodes=nodes,
        pods=pods,
        nodeclasses=[a_node_class("split-ip-space")],
        nodepools=[a_node_pool("workers-split-ip", node_class="split-ip-space")],
    )
    items = [each for listed in objects.values() for each in listed]
    (tmp_path / "all.json").write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": items}))
    monkeypatch.chdir(tmp_path)


def run(*arguments: str | Path) -> Result:
    """The command, with the objects of the cluster from a file."""
    command = ["verify", str(CONFIG), "--from", "all.json", "--account", *map(str, arguments)]
    return CliRunner().invoke(app, command, catch_exceptions=False)


def an_earlier_report(monkeypatch: pytest.MonkeyPatch, path: str, *, at: datetime = WEEK_AGO) -> None:
    """Of a time with fewer addresses and prefixes in use."""
    given(monkeypatch, answers(free=(32_763 - 2, 32_763), DescribeNetworkInterfaces=INTERFACES[2:]), at=at)
    Path(path).write_text(run("--format", "json").stdout)
    given(monkeypatch, answers())


def diagnostics(result: Result, id: str) -> list[dict[str, Any]]:
    return [each for each in the_report(result.stdout)["diagnostics"] if each["id"] == id]


def shown(after: str) -> str:
    """The text block of the page that follows a command."""
    found = re.search(rf"^{re.escape(after)}\n```\n\n```text\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    assert found, after
    return found[1].strip()


def test_owners_and_drains_are_reported() -> None:
    result = run("--format", "json")
    (note,) = diagnostics(result, "broken-prefixes")
    assert (note["severity"], note["subject"]) == ("note", "split-ip")
    (network,) = the_report(result.stdout)["facts"]["networks"]
    assert network["broken_prefixes"] == {
        "count": 21,
        "owners": [
            {"owner": "of node i-0b01 of NodePool workers-split-ip", "prefixes": 14},
            {"owner": "of node i-0b02 of NodePool workers-split-ip", "prefixes": 8},
            {"owner": "of Lambda orders", "prefixes": 1},
            {"owner": "not attached (aws-K8S-i-0b00)", "prefixes": 1},
        ],
        "drains": [{"nodes": ["i-0b01"], "prefixes": 11}, {"nodes": ["i-0b02"], "prefixes": 8}],
    }


@pytest.mark.parametrize(
    ("interface", "owner", "drains"),
    [
        (
            an_interface(5, "100.64.0.20", TagSet=[{"Key": NODE_TAG, "Value": "i-0b01"}]),
            "of node i-0b01 of NodePool workers-split-ip",
            [{"nodes": ["i-0b01"], "prefixes": 1}],
        ),
        (
            an_interface(5, "100.64.0.20", Status="available", TagSet=[{"Key": NODE_TAG, "Value": "i-0b01"}]),
            "not deleted by node i-0b01",
            [],
        ),
        (of_node(5, "i-elsewhere", "100.64.0.20"), "of node i-elsewhere", []),
        (
            an_interface(5, "100.64.0.20", RequesterId="amazon-elb", Description="ELB app/x"),
            "of load balancer app/x",
            [],
        ),
    ],
)
def test_only_a_node_of_the_cluster_that_has_the_interface_is_drained(
    monkeypatch: pytest.MonkeyPatch, interface: dict[str, Any], owner: str, drains: list[Any]
) -> None:
    given(monkeypatch, answers(DescribeNetworkInterfaces=[interface]))
    (network,) = the_report(run("--format", "json").stdout)["facts"]["networks"]
    assert network["broken_prefixes"] == {"count": 1, "owners": [{"owner": owner, "prefixes": 1}], "drains": drains}


def test_a_reservation_for_addresses_assigned_by_hand_is_an_owner(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of an address that an interface has, the interface is."""
    reserved = [{"Cidr": f"100.64.0.{number}/32", "ReservationType": "explicit"} for number in (21, 40)]
    interface = of_node(5, "i-0b01", "100.64.0.21")
    given(monkeypatch, answers(DescribeNetworkInterfaces=[interface], GetSubnetCidrReservations=reserved))
    (network,) = the_report(run("--format", "json").stdout)["facts"]["networks"]
    assert {each["owner"].partition(" i-")[0]: each["prefixes"] for each in network["broken_prefixes"]["owners"]} == {
        "of node": 1,
        "of a reservation for addresses assigned by hand": 1,
    }


def test_an_empty_network_is_ok(monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, answers(DescribeNetworkInterfaces=[]))
    assert [each["severity"] for each in diagnostics(run("--format", "json"), "broken-prefixes")] == ["ok"]


def test_the_text_on_its_page_is_what_is_printed() -> None:
    lines = run().stdout.splitlines()
    begin = next(number for number, line in enumerate(lines) if "subnet-space" in line)
    assert "\n".join(lines[begin:]) == shown("podspace verify config/article.yaml")


def test_the_days_on_its_page_are_what_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    an_earlier_report(monkeypatch, "earlier.json")
    lines = [line for line in run("--since", "earlier.json").stdout.splitlines() if "days-left" in line]
    assert len(lines) == 2
    assert "\n".join(["```text", *lines, "```"]) in PAGE


def test_the_metrics_on_its_page_are_what_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    an_earlier_report(monkeypatch, "earlier.json")
    printed = run("--since", "earlier.json", "--format", "prometheus").stdout
    assert printed.strip() == shown(METRICS)


def test_every_metric_is_on_the_page_with_its_labels() -> None:
    """In its table, and no other."""
    rows = dict(re.findall(r"^\| `(podspace_\w+)` \| (.*?) \|", PAGE, re.MULTILINE))
    assert rows.keys() == set(contract()["metrics"])
    series = series_of(shown(METRICS) + "\n")
    assert rows.keys() == {name for name, _ in series}
    for name, labels in series:
        assert {f"`{label}`" for label, _ in labels} <= set(rows[name].split(", ")), name


def test_days_are_reported_in_text_and_as_data_and_as_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    an_earlier_report(monkeypatch, "earlier.json")
    by_zone = {each["subject"]: each["severity"] for each in diagnostics(run("--since", "earlier.json", "--format", "json"), "days-left")}  # fmt: skip
    assert by_zone == {"eu-west-1b": "ok", "eu-west-1c": "ok"}
    (network,) = the_report(run("--since", "earlier.json", "--format", "json").stdout)["facts"]["networks"]
    left = {zone["zone"]: zone["days_left"] for zone in network["zones"]}
    assert left["eu-west-1b"]["addresses"] == pytest.approx((32_763 - 56) / 54 * 7, abs=0.01)
    assert left["eu-west-1c"] == {"addresses": None, "prefixes": None}
    series = series_of(run("--since", "earlier.json", "--format", "prometheus").stdout)
    seconds = value(series, "podspace_zone_left_seconds", zone="eu-west-1b", resource="addresses")
    assert seconds == pytest.approx((32_763 - 56) / 54 * 7 * 86_400)


def test_days_that_are_too_few_are_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    an_earlier_report(monkeypatch, "earlier.json")
    given(monkeypatch, answers(free=(4_000, 32_763)))
    found = diagnostics(run("--since", "earlier.json", "--format", "json"), "days-left")
    assert [(each["subject"], each["severity"]) for each in found if each["severity"] != "ok"] == [
        ("eu-west-1b", "warning")
    ]


@pytest.mark.parametrize("form", ["text", "json", "prometheus"])
def test_an_earlier_report_that_is_wrong_is_one_error_and_nothing_is_read(
    monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    Path("earlier.json").write_text("{}")
    monkeypatch.setattr("podspace.live.aws.account.Account", lambda **_: pytest.fail("the account is read"))
    result = run("--since", "earlier.json", "--format", form)
    assert result.exit_code == 1
    assert result.output.count("must be a report of podspace verify") == 1
    if form == "json":
        assert [each["id"] for each in the_report(result.stdout)["diagnostics"]] == ["earlier-reading"]
    if form == "prometheus":
        assert values(series_of(result.stdout), "podspace_diagnostics") == [1]


def test_an_earlier_report_needs_the_account() -> None:
    result = CliRunner().invoke(app, ["verify", str(CONFIG), "--from", "all.json", "--since", "x.json"])
    assert result.exit_code == 2
    assert "--account" in result.output


@pytest.mark.parametrize("call", [DESCRIBE_SUBNETS, DESCRIBE_INTERFACES, GET_CIDR_RESERVATIONS])
def test_without_access_to_the_account_there_is_no_number(monkeypatch: pytest.MonkeyPatch, call: Any) -> None:
    given(monkeypatch, answers(**{call.operation: denied(call)}))
    result = run("--format", "prometheus")
    series = series_of(result.stdout)
    assert result.exit_code == value(series, "podspace_exit_status") == 2
    assert value(series, "podspace_readable", source="subnets", network="split-ip") == 0
    assert not [name for name, _ in series if name.startswith("podspace_subnet")]
    assert value(series, "podspace_nodes") == 2


def test_without_a_cluster_the_status_is_the_only_number() -> None:
    command = ["verify", str(CONFIG), "--kubeconfig", "gone", "--format", "prometheus"]
    result = CliRunner().invoke(app, command)
    series = series_of(result.stdout)
    assert {name for name, _ in series} == {"podspace_exit_status", "podspace_diagnostics"}
    assert value(series, "podspace_exit_status") == result.exit_code == 2
    assert "# | unknown" in result.stdout


def test_a_pod_without_an_address_is_a_metric() -> None:
    series = series_of(run("--format", "prometheus").stdout)
    assert value(series, "podspace_pods", node_pool="workers-split-ip", zone="eu-west-1b", state="waiting") == 1
