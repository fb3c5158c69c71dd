"""Options of a smoke test: what is taken, and every wrong one in one refusal."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podspace.diagnostic import InputError
from podspace.smoke.settings import INTERNET, SmokeSettings


@pytest.mark.parametrize(
    "destination",
    [
        "db.example.com:5432",
        "db:1",
        "10.1.2.3:65535",
        "[2001:db8::1]:443",
        "under_score.example.com:80",
        "a.example.com.:443",
    ],
)
def test_a_host_and_a_port_are_taken(destination: str) -> None:
    assert SmokeSettings.of(destinations=[destination, destination]).destinations == (destination,)


@pytest.mark.parametrize(
    "destination",
    [
        "db.example.com",
        ":443",
        "db:",
        "db:0",
        "db:65536",
        "db:99999999999999999999",
        "db:https",
        "db:+1",
        "db:٣",
        "2001:db8::1:443",
        "[10.1.2.3]:443",
        "[fe80::1%eth0]:443",
        "10.1.2.300:443",
        "1.2.3:443",
        "-x:443",
        "a b:443",
        "$(reboot):443",
        'a"b:443',
        f"{'x' * 254}:443",
        "",
    ],
)
def test_what_is_no_host_and_port_is_refused(destination: str) -> None:
    with pytest.raises(InputError) as refusal:
        SmokeSettings.of(destinations=[destination])
    assert [(each.id, each.location.path) for each in refusal.value.diagnostics] == [("smoke-option", "--to")]


@pytest.mark.parametrize("count", [13, 200])
def test_more_destinations_than_fit_into_a_result_are_refused(count: int) -> None:
    with pytest.raises(InputError):
        SmokeSettings.of(destinations=[f"h{number}:1" for number in range(count)])
    assert SmokeSettings.of(destinations=[f"h{number}:1" for number in range(12)])


def test_longer_destinations_than_fit_into_a_result_are_refused() -> None:
    with pytest.raises(InputError):
        SmokeSettings.of(destinations=[f"{'x' * 60}.{'y' * 60}.{number}:1" for number in range(5)])


@pytest.mark.parametrize(
    ("echo", "kept", "internet"),
    [
        ("off", "", INTERNET),
        ("http://checkip.amazonaws.com", "http://checkip.amazonaws.com", INTERNET),
        ("https://echo.example.com/ip?x=1", "https://echo.example.com/ip?x=1", "echo.example.com:443"),
        ("http://10.1.2.3:8080/", "http://10.1.2.3:8080/", "10.1.2.3:8080"),
        ("http://[2001:db8::1]/", "http://[2001:db8::1]/", "[2001:db8::1]:80"),
    ],
)
def test_the_server_of_the_address_echo_is_the_one_that_is_tried(echo: str, kept: str, internet: str) -> None:
    settings = SmokeSettings.of(echo=echo)
    assert (settings.echo, settings.internet) == (kept, internet)


@pytest.mark.parametrize(
    "echo",
    [
        "",
        "ftp://x.example.com",
        "checkip.amazonaws.com",
        "http://",
        "http://a b/",
        "http://x:99999/",
        "http://u:p@x/",
        "http://x/$(id)",
        "http://x/'",
        "http://[::1",
        "javascript:x",
    ],
)
def test_an_address_echo_that_is_no_url_is_refused(echo: str) -> None:
    with pytest.raises(InputError) as refusal:
        SmokeSettings.of(echo=echo)
    assert [each.location.path for each in refusal.value.diagnostics] == ["--echo"]


@pytest.mark.parametrize(("wait", "taken"), [(0, False), (29, False), (30, True)])
def test_a_wait_that_is_too_short_for_a_node_is_refused(wait: int, taken: bool) -> None:
    if taken:
        assert SmokeSettings.of(wait=wait).wait == wait
        return
    with pytest.raises(InputError) as refusal:
        SmokeSettings.of(wait=wait)
    assert [each.location.path for each in refusal.value.diagnostics] == ["--wait"]


@pytest.mark.parametrize("image", ["busybox", "registry.example.com:5000/a/b:1.0", "a@sha256:00ff"])
def test_an_image_is_taken(image: str) -> None:
    assert SmokeSettings.of(image=image).image == image


@pytest.mark.parametrize("image", ["", "a b", "-x", "a\nb", "ä", "x" * 513, "a;b", "$(x)"])
def test_an_image_with_other_characters_is_refused(image: str) -> None:
    with pytest.raises(InputError) as refusal:
        SmokeSettings.of(image=image)
    assert [each.location.path for each in refusal.value.diagnostics] == ["--image"]


def test_every_wrong_option_is_in_one_refusal() -> None:
    wrong: dict[str, Any] = {"image": "", "echo": "x", "destinations": ["db", "db:0"]}
    with pytest.raises(InputError) as refusal:
        SmokeSettings.of(**wrong)
    assert [each.location.path for each in refusal.value.diagnostics] == ["--image", "--echo", "--to", "--to"]


@given(st.text(), st.text(), st.lists(st.text()))
def test_whatever_is_given_is_taken_or_refused(image: str, echo: str, destinations: list[str]) -> None:
    """What is taken has no character that a shell, YAML or JSON obeys."""
    try:
        settings = SmokeSettings.of(image=image, echo=echo, destinations=destinations)
    except InputError:
        return
    for text in (settings.image, settings.echo, settings.internet, *settings.destinations):
        assert not set(text) & set(" \t\n\"'$`\\;|<>(){}*!#,")
