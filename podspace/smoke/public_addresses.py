"""The public addresses that a probe may be seen with, from wherever they are known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Final

from podspace.diagnostic import Diagnostic, InputError, Location
from podspace.reporting.wording import quoted

OPTION: Final = "--public-address"
"""The option that gives the addresses."""

Cidr = IPv4Network | IPv6Network


@dataclass(frozen=True, kw_only=True, slots=True)
class PublicAddresses:
    """The public addresses that a probe may be seen with.

    Attributes:
        cidrs: the addresses, each a /32, or the CIDRs that a user gave.
        of: whose addresses they are, such as `nat-0123…`.
        unknown: why they are not known; empty if they are.
    """

    cidrs: tuple[Cidr, ...] = ()
    of: str = ""
    unknown: str = ""

    def __str__(self) -> str:
        single = (str(cidr.network_address) if cidr.num_addresses == 1 else str(cidr) for cidr in self.cidrs)
        return f"{' or '.join(single)}, of {self.of}"


NOT_READ = PublicAddresses(unknown="the account was not read")


def given_addresses(texts: Sequence[str]) -> PublicAddresses:
    """The addresses and CIDRs that a user gave for all probes.

    Raises:
        InputError: one is neither an address nor a CIDR; all wrong ones are in it.
    """
    found, wrong = list[Cidr](), list[Diagnostic]()
    for text in dict.fromkeys(texts):
        try:
            found.append(ip_network(text))
        except ValueError:
            must = "must be an IP address, or a CIDR without host bits"
            where = Location(path=OPTION)
            fix = "for example 203.0.113.7 or 203.0.113.0/28"
            wrong.append(Diagnostic(id="smoke-option", subject=quoted(text), location=where, message=must, fix=fix))
    if wrong:
        raise InputError(wrong)
    return PublicAddresses(cidrs=tuple(found), of=f"the option {OPTION}")
