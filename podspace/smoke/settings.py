"""What a smoke test tries, as a user chooses it: image, destinations, address echo, NodePools, and times."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from typing import Final, Self
from urllib.parse import urlsplit

from podspace.diagnostic import Diagnostic, InputError, Location
from podspace.reporting.wording import counted, quoted

IMAGE: Final = "public.ecr.aws/docker/library/busybox:1.37"
"""The default image: busybox for amd64 and arm64, in the public registry of AWS, which has no limit for pulls from AWS
regions (inferred: https://docs.aws.amazon.com/AmazonECR/latest/public/public-service-quotas.html)."""
ECHO: Final = "http://checkip.amazonaws.com"
"""The default address echo, of AWS: it answers with the address of the client.

Without TLS, which wget of busybox often cannot negotiate: https://github.com/docker-library/busybox/issues/162."""
INTERNET: Final = "aws.amazon.com:443"
"""The server in the internet that is tried, unless another address echo is given."""
OFF: Final = "off"
WAIT: Final = 600
"""How long a probe waits for those in other zones by default, in seconds: nodes start in minutes."""

_SHORTEST_WAIT: Final = 30
_LONGEST_IMAGE: Final = 512
_LONGEST_HOST: Final = 253
_LAST_PORT: Final = 65_535
_HTTPS, _HTTP = 443, 80
_MOST_DESTINATIONS: Final = 12
_MOST_CHARACTERS: Final = 600
"""Most characters of all destinations together, so that the result of a probe fits into a termination message."""
_IMAGE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/@-]*")
_LABEL: Final = r"[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_HOST: Final = re.compile(rf"{_LABEL}(\.{_LABEL})*\.?")
_URL: Final = re.compile(r"[A-Za-z0-9:/?&=._~%\[\]-]+")


@dataclass(frozen=True, kw_only=True, slots=True)
class SmokeSettings:
    """What the probes of a smoke test try.

    Attributes:
        image: an image with busybox.
        echo: URL of an address echo service; empty for none.
        internet: a server in the internet, `HOST:PORT`.
        destinations: further servers that pods must reach, each `HOST:PORT`, with an IPv6 address in brackets.
        pools: the NodePools to probe; empty for all.
        wait: how long a probe waits for those in other zones, in seconds.
    """

    image: str = IMAGE
    echo: str = ECHO
    internet: str = INTERNET
    destinations: tuple[str, ...] = ()
    pools: tuple[str, ...] = ()
    wait: int = WAIT

    @classmethod
    def of(
        cls,
        *,
        image: str = IMAGE,
        echo: str = ECHO,
        destinations: Sequence[str] = (),
        pools: Sequence[str] = (),
        wait: int = WAIT,
    ) -> Self:
        """The settings that options describe; `off` as echo is for none.

        Raises:
            InputError: an option is wrong; all wrong ones are in it.
        """
        found = [
            *_image_problems(image),
            *_echo_problems(echo),
            *_destination_problems(destinations),
            *_wait_problems(wait),
        ]
        if found:
            raise InputError(found)
        return cls(
            image=image,
            echo="" if echo == OFF else echo,
            internet=INTERNET if echo in {OFF, ECHO} else _server_of(echo),
            destinations=tuple(dict.fromkeys(destinations)),
            pools=tuple(dict.fromkeys(pools)),
            wait=wait,
        )


def _wrong(option: str, given: str, must: str, fix: str) -> Diagnostic:
    return Diagnostic(id="smoke-option", subject=quoted(given), location=Location(path=option), message=must, fix=fix)


def _image_problems(image: str) -> Iterator[Diagnostic]:
    if not _IMAGE.fullmatch(image) or len(image) > _LONGEST_IMAGE:
        must = f"must be the name of an image: letters, digits and . _ - : / @, {_LONGEST_IMAGE} characters at most"
        yield _wrong("--image", image, must, f"for example {IMAGE}, or a copy of it in your registry")


def _echo_problems(echo: str) -> Iterator[Diagnostic]:
    if echo == OFF:
        return
    try:
        url = urlsplit(echo)
        valid = url.scheme in {"http", "https"} and _is_host(url.hostname or "") and url.port != 0
        valid = valid and url.username is None and _URL.fullmatch(echo) is not None
    except ValueError:
        valid = False
    if not valid:
        must = "must be an http or https URL without user and password, of a service that answers with the address "
        yield _wrong("--echo", echo, f"{must}of its client, or `{OFF}`", f"for example {ECHO}")


def _server_of(url: str) -> str:
    parts = urlsplit(url)
    host = parts.hostname or ""
    return f"{f'[{host}]' if ':' in host else host}:{parts.port or (_HTTPS if parts.scheme == 'https' else _HTTP)}"


def _destination_problems(destinations: Sequence[str]) -> Iterator[Diagnostic]:
    for given in dict.fromkeys(destinations):
        host, _, port = given.rpartition(":")
        if not host or not port:
            yield _wrong("--to", given, "must be a host and a TCP port", "for example --to db.example.com:5432")
        elif not port.isascii() or not port.isdecimal() or not 1 <= int(port[:6]) <= _LAST_PORT:
            must = f"must have a TCP port from 1 to {_LAST_PORT}"
            yield _wrong("--to", given, must, "for example --to db.example.com:5432")
        elif not (_is_bracketed(host) or (":" not in host and _is_host(host))):
            must = "must have a host name, an IPv4 address, or an IPv6 address in brackets"
            yield _wrong("--to", given, must, "for example db.example.com:5432 or [2001:db8::1]:443")
    kept = tuple(dict.fromkeys(destinations))
    size = sum(map(len, kept))
    if len(kept) > _MOST_DESTINATIONS or size > _MOST_CHARACTERS:
        must = (
            f"must be at most {_MOST_DESTINATIONS} with {_MOST_CHARACTERS:,} characters together, because a result has "
            "4,096 bytes at most"
        )
        given = f"{counted(len(kept), 'destination')} with {size:,} characters"
        yield _wrong("--to", given, must, "write several manifests, and apply one after the other")


def _wait_problems(wait: int) -> Iterator[Diagnostic]:
    if wait < _SHORTEST_WAIT:
        must = (
            f"must be at least {_SHORTEST_WAIT}s: probes start one after the other, and a node takes minutes to start"
        )
        yield _wrong("--wait", f"{wait}s", must, "for example 10m")


def _is_host(text: str) -> bool:
    """Whether a text is a host name or an address."""
    if ":" in text:
        return _is_ipv6(text)
    if re.fullmatch(r"[0-9.]+", text):
        try:
            ip_address(text)
        except ValueError:
            return False
    return len(text) <= _LONGEST_HOST and _HOST.fullmatch(text) is not None


def _is_bracketed(text: str) -> bool:
    return text.startswith("[") and text.endswith("]") and _is_ipv6(text[1:-1])


def _is_ipv6(text: str) -> bool:
    try:
        return isinstance(ip_address(text), IPv6Address) and "%" not in text
    except ValueError:
        return False
