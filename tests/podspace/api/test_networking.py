"""A node's interfaces, addresses and proxy are such that it can start."""

from __future__ import annotations

import pytest

from podspace.api import AdvancedNetworking, NetworkInterface, doubts_of
from tests.podspace.api.verdict import problems, the_problem, the_ruled_problem, written

PRIMARY: dict[str, object] = {"networkCardIndex": 0, "deviceIndex": 0, "interfaceType": "interface"}
SECOND: dict[str, object] = {"networkCardIndex": 0, "deviceIndex": 1, "interfaceType": "interface"}
AROUND = ["169.254.169.254", ".internal", ".eks.amazonaws.com"]


def efa(card: int, device: int = 0) -> dict[str, object]:
    return {"networkCardIndex": card, "deviceIndex": device, "interfaceType": "efa-only"}


def interfaces(*given: dict[str, object]) -> dict[str, object]:
    return {"networkInterfaces": list(given)}


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"associatePublicIPAddress": True},
        {"associatePublicIPAddress": False, **interfaces(PRIMARY)},
        {"httpsProxy": "http://192.0.2.4:3128"},
        {"httpsProxy": "https://proxy.example.com"},
        {"httpsProxy": "http://[2001:db8::4]:3128"},
        {"httpsProxy": "http://user:secret@proxy:8080/"},
        {"httpsProxy": f"http://{'a' * 248}"},
        {"noProxy": []},
        {"noProxy": ["localhost"] * 50},
        {"noProxy": ["a" * 255]},
        {"ipv4PrefixSize": "Auto"},
        {"ipv4PrefixSize": "32"},
        {"enableV4Egress": True},
        {"enableV4Egress": False},
        interfaces(PRIMARY),
        interfaces({**PRIMARY, "secondaryIPv4Count": 0}),
        interfaces({**PRIMARY, "secondaryIPv4Count": 10}, {**SECOND, "secondaryIPv4PrefixCount": 2}, efa(1)),
        interfaces({**PRIMARY, "secondaryIPv4PrefixCount": 1}, efa(0, 1), efa(1), efa(2), efa(3)),
        interfaces(PRIMARY, *({**SECOND, "deviceIndex": index} for index in range(1, 150))),
    ],
)
def test_what_aws_takes_is_taken(given: dict[str, object]) -> None:
    """Both ends of each limit, and the interfaces of AWS's own examples."""
    assert written(AdvancedNetworking, given) == given


@pytest.mark.parametrize(
    ("given", "place", "gist"),
    [
        ({"associatePublicIPAddress": "false"}, "associatePublicIPAddress", "true or false"),
        ({"associatePublicIpAddress": False}, "associatePublicIpAddress", "no such key"),
        ({"noProxy": ["localhost"] * 51}, "noProxy", "at most 50 items"),
        ({"noProxy": ["a" * 256]}, "noProxy[0]", "at most 255 characters"),
        ({"noProxy": [""]}, "noProxy[0]", "at least 1 character"),
        ({"noProxy": "localhost"}, "noProxy", "a list"),
        ({"ipv4PrefixSize": "auto"}, "ipv4PrefixSize", "'Auto' or '32'"),
        ({"ipv4PrefixSize": "28"}, "ipv4PrefixSize", "'Auto' or '32'"),
        ({"enableV4Egress": "true"}, "enableV4Egress", "true or false"),
        ({"enableIPv4Egress": True}, "enableIPv4Egress", "no such key"),
        (interfaces(), "networkInterfaces", "at least 1 item"),
        (interfaces(PRIMARY, *({**SECOND, "deviceIndex": n} for n in range(1, 151))), "networkInterfaces", "at most 150 items"),
        (interfaces({**PRIMARY, "interfaceType": "efa"}), "networkInterfaces[0].interfaceType", "'interface' or 'efa-only'"),
        (interfaces(PRIMARY, {**SECOND, "networkCardIndex": -1}), "networkInterfaces[1].networkCardIndex", "equal to 0"),
        (interfaces(PRIMARY, {**SECOND, "deviceIndex": -1}), "networkInterfaces[1].deviceIndex", "equal to 0"),
        (interfaces({**PRIMARY, "secondaryIPv4Count": -1}), "networkInterfaces[0].secondaryIPv4Count", "equal to 0"),
        (interfaces({**PRIMARY, "secondaryIPv4PrefixCount": -1}), "networkInterfaces[0].secondaryIPv4PrefixCount", "equal to 0"),
        (interfaces({**PRIMARY, "secondaryIpv4Count": 1}), "networkInterfaces[0].secondaryIpv4Count", "no such key"),
        (interfaces({"networkCardIndex": 0, "deviceIndex": 0}), "networkInterfaces[0].interfaceType", "must be given"),
        (interfaces({"networkCardIndex": 0, "interfaceType": "interface"}), "networkInterfaces[0].deviceIndex", "must be given"),
        (interfaces({"deviceIndex": 0, "interfaceType": "interface"}), "networkInterfaces[0].networkCardIndex", "must be given"),
    ],
)  # fmt: skip
def test_a_value_out_of_its_bounds_is_refused(given: object, place: str, gist: str) -> None:
    """Each at its own place."""
    problem = the_problem(AdvancedNetworking, given)
    assert problem.location.path == place
    assert gist in problem.message


@pytest.mark.parametrize(
    "proxy",
    ["proxy:3128", "socks5://proxy", "http://", "http://a b", "http://proxy:", "http://proxy:123456", "http://2001:db8::4:3128", "http://[2001:db8::4", "http://proxy/path", "http://proxy\n", "", f"http://{'a' * 249}"],
)  # fmt: skip
def test_no_other_proxy_is_taken(proxy: str) -> None:
    """A URL of at most 255 characters."""
    problem = the_ruled_problem(AdvancedNetworking, {"httpsProxy": proxy})
    assert problem.location.path == "httpsProxy"
    assert "must be a URL such as http://192.0.2.4:3128" in problem.message
    assert "at most 255 characters" in problem.message


@pytest.mark.parametrize(
    ("key", "other"), [("secondaryIPv4Count", "efa-only"), ("secondaryIPv4PrefixCount", "efa-only")]
)
def test_an_efa_interface_has_no_addresses(key: str, other: str) -> None:
    """Not even on the primary card."""
    given = {**SECOND, "interfaceType": other, key: 1}
    problem = the_ruled_problem(NetworkInterface, given)
    assert problem.location.path == key
    assert "an efa-only interface has no IP addresses" in problem.message
    assert problem.fix == "remove it"
    assert not problem.inferred


@pytest.mark.parametrize("key", ["secondaryIPv4Count", "secondaryIPv4PrefixCount"])
@pytest.mark.parametrize("count", [0, 1])
def test_only_the_primary_card_has_addresses_for_pods(key: str, count: int) -> None:
    """A number of them is left out elsewhere, even if it is none."""
    given = {**SECOND, key: count}
    assert written(NetworkInterface, given) == given
    problem = the_ruled_problem(NetworkInterface, {**given, "networkCardIndex": 1})
    assert problem.location.path == key
    assert "only interfaces of networkCardIndex 0 have addresses for pods" in problem.message
    assert problem.fix == "remove it"
    assert not problem.inferred


def test_an_interface_has_addresses_or_prefixes() -> None:
    """Not both; the problem is the interface's own."""
    given = {**PRIMARY, "secondaryIPv4Count": 1, "secondaryIPv4PrefixCount": 1}
    problem = the_ruled_problem(AdvancedNetworking, interfaces(given))
    assert problem.location.path == "networkInterfaces[0]"
    assert "at most one of secondaryIPv4Count and secondaryIPv4PrefixCount" in problem.message
    assert problem.fix == "remove one of them"
    assert not problem.inferred


def test_the_primary_interface_has_ip() -> None:
    """Whatever else there is."""
    problem = the_ruled_problem(NetworkInterface, {**PRIMARY, "interfaceType": "efa-only"})
    assert (problem.location.path, problem.subject) == ("interfaceType", '"efa-only"')
    assert "must be interface for the primary one" in problem.message
    assert not problem.inferred
    assert NetworkInterface.model_validate(PRIMARY).is_primary
    assert not NetworkInterface.model_validate(SECOND).is_primary
    assert not NetworkInterface.model_validate(efa(1)).is_primary


@pytest.mark.parametrize("given", [interfaces(SECOND), interfaces({**PRIMARY, "networkCardIndex": 1}, efa(2))])
def test_the_primary_interface_is_among_them(given: object) -> None:
    """Card 0 and device 0, and not one of the two."""
    problem = the_ruled_problem(AdvancedNetworking, given)
    assert problem.location.path == "networkInterfaces"
    assert "must include the primary one: networkCardIndex 0, deviceIndex 0" in problem.message
    assert not problem.inferred


def test_a_node_of_several_interfaces_has_no_public_address() -> None:
    """AWS's example of all fields has false with three interfaces."""
    given = interfaces(PRIMARY, SECOND)
    assert AdvancedNetworking.model_validate({"associatePublicIPAddress": False, **given})
    problem = the_ruled_problem(AdvancedNetworking, {"associatePublicIPAddress": True, **given})
    assert problem.location.path == "associatePublicIPAddress"
    assert problem.fix == "remove it"
    assert not problem.inferred


@pytest.mark.parametrize(
    ("given", "gist"),
    [
        (interfaces(PRIMARY, PRIMARY), "two of networkCardIndex 0, deviceIndex 0"),
        (interfaces(PRIMARY, SECOND, SECOND), "two of networkCardIndex 0, deviceIndex 1"),
        (interfaces(PRIMARY, efa(1), efa(1, 1)), "at most one efa-only interface on a card"),
    ],
)
def test_no_interface_comes_twice(given: object, gist: str) -> None:
    """Nor a second EFA on a card; both are inferred."""
    problem = the_ruled_problem(AdvancedNetworking, given)
    assert problem.location.path == "networkInterfaces"
    assert gist in problem.message
    assert problem.inferred


def test_every_problem_is_reported() -> None:
    """Those of an interface before those between them."""
    given = interfaces(
        {**SECOND, "networkCardIndex": 1, "secondaryIPv4Count": 1}, {**efa(0, 1), "secondaryIPv4Count": 1}
    )
    assert [problem.location.path for problem in problems(AdvancedNetworking, given)] == [
        "networkInterfaces[0].secondaryIPv4Count",
        "networkInterfaces[1].secondaryIPv4Count",
    ]


@pytest.mark.parametrize("missing", AROUND)
def test_what_a_node_needs_directly_goes_around_its_proxy(missing: str) -> None:
    """Or there is a doubt, which names what is missing alone."""
    proxy = "http://192.0.2.4:3128"
    networking = {"httpsProxy": proxy, "noProxy": [host for host in AROUND if host != missing]}
    (doubt,) = doubts_of(AdvancedNetworking.model_validate(networking))
    assert (doubt.location.path, doubt.fix) == ("noProxy", "add the missing entries")
    assert f"should include {missing}, as" in doubt.message
    assert doubt.source.startswith("https://")
    assert not list(doubts_of(AdvancedNetworking.model_validate({"httpsProxy": proxy, "noProxy": ["a", *AROUND]})))


@pytest.mark.parametrize(
    "given", [interfaces(PRIMARY), interfaces({**PRIMARY, "secondaryIPv4Count": 0}, SECOND, efa(1))]
)
def test_interfaces_without_addresses_for_pods_leave_a_doubt(given: object) -> None:
    """As none is added after a node's launch."""
    (doubt,) = doubts_of(AdvancedNetworking.model_validate(given))
    assert doubt.location.path == "networkInterfaces"
    assert "no address is added after a node's launch" in doubt.message
    assert doubt.source.startswith("https://")


@pytest.mark.parametrize("key", ["secondaryIPv4Count", "secondaryIPv4PrefixCount"])
def test_interfaces_with_an_address_for_pods_leave_none(key: str) -> None:
    """One is enough, on any of them; nor do interfaces that are not given."""
    given = interfaces(PRIMARY, {**SECOND, key: 1})
    assert not list(doubts_of(AdvancedNetworking.model_validate(given)))
    assert not list(doubts_of(AdvancedNetworking.model_validate({})))


def test_without_a_proxy_nothing_need_go_around_it() -> None:
    """And with nothing around a proxy, all of it is missing."""
    assert not list(doubts_of(AdvancedNetworking.model_validate({"noProxy": []})))
    (doubt,) = doubts_of(AdvancedNetworking.model_validate({"httpsProxy": "http://a"}))
    assert f"should include {', '.join(AROUND)}, as" in doubt.message
