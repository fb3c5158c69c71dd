"""Addresses, network interfaces and proxy of the nodes of a NodeClass."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import Field
from pydantic.config import JsonDict

from podspace.api.json_rule import any_of, has, never_together, when
from podspace.api.model import ApiModel, ListOf, Matching
from podspace.api.refusal import shown
from podspace.api.selector import NODE_CLASS
from podspace.diagnostic import Diagnostic, Location

INTERFACES = f"{NODE_CLASS}#static-network-interfaces"

_SECONDARY = ("secondary_ipv4_count", "secondary_ipv4_prefix_count")
_AROUND_A_PROXY = ("169.254.169.254", ".internal", ".eks.amazonaws.com")
_MOST_INTERFACES = 150

Index = Annotated[int, Field(ge=0)]


class NetworkInterface(ApiModel):
    """A network interface that a node has from its launch, mostly for Elastic Fabric Adapters."""

    json_rules: ClassVar[JsonDict] = {
        "allOf": [
            never_together("secondaryIPv4Count", "secondaryIPv4PrefixCount"),
            when(
                any_of("secondaryIPv4Count", "secondaryIPv4PrefixCount"),
                then={"properties": {"networkCardIndex": {"const": 0}, "interfaceType": {"const": "interface"}}},
            ),
            when(
                {"properties": {"networkCardIndex": {"const": 0}, "deviceIndex": {"const": 0}}},
                then={"properties": {"interfaceType": {"const": "interface"}}},
            ),
        ]
    }

    network_card_index: Index = Field(description="The network card; 0 is the primary.")
    device_index: Index = Field(description="The position on its card; 0 on card 0 is the node's primary interface.")
    interface_type: Literal["interface", "efa-only"] = Field(description="efa-only has no IP address.")
    secondary_ipv4_count: Annotated[int, Field(ge=0)] | None = Field(
        default=None, alias="secondaryIPv4Count", description="Addresses for pods, one by one."
    )
    secondary_ipv4_prefix_count: Annotated[int, Field(ge=0)] | None = Field(
        default=None, alias="secondaryIPv4PrefixCount", description="Prefixes for pods, /28 each: 16 addresses."
    )

    @property
    def is_primary(self) -> bool:
        """Whether it is the primary interface, which has the address of the node."""
        return self.network_card_index == 0 and self.device_index == 0

    def rules(self) -> Iterator[Diagnostic]:
        """Addresses for pods are single ones or prefixes, and only on IP interfaces of network card 0 (documented)."""
        given = [name for name in _SECONDARY if getattr(self, name) is not None]
        if len(given) > 1:
            must = "must have at most one of secondaryIPv4Count and secondaryIPv4PrefixCount"
            yield Diagnostic(message=must, fix="remove one of them", source=INTERFACES)
        for name in given:
            if self.interface_type == "efa-only":
                must = "must be removed: an efa-only interface has no IP addresses"
                yield Diagnostic(location=Location(path=name), message=must, fix="remove it", source=INTERFACES)
            elif self.network_card_index != 0:
                must = "must be removed: only interfaces of networkCardIndex 0 have addresses for pods"
                yield Diagnostic(location=Location(path=name), message=must, fix="remove it", source=INTERFACES)
        if self.is_primary and self.interface_type != "interface":
            must = "must be interface for the primary one, networkCardIndex 0 and deviceIndex 0"
            yield Diagnostic(
                location=Location(path="interface_type"),
                subject=shown(self.interface_type),
                message=must,
                source=INTERFACES,
            )


class AdvancedNetworking(ApiModel):
    """Addresses, network interfaces and a proxy."""

    json_rules: ClassVar[JsonDict] = when(
        has("networkInterfaces", {"minItems": 2}), then={"properties": {"associatePublicIPAddress": {"const": False}}}
    )

    associate_public_ip_address: bool | None = Field(
        default=None,
        alias="associatePublicIPAddress",
        description="Whether nodes get public addresses; by default, as set in their subnet.",
    )
    https_proxy: (
        Annotated[
            str,
            Matching(
                r"https?://([^\s/@]+@)?(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(:[0-9]{1,5})?/?",
                longest=255,
                must="must be a URL such as http://192.0.2.4:3128, an IPv6 address in [], of at most 255 characters",
                source=NODE_CLASS,
                title="URL",
                example="http://192.0.2.4:3128",
            ),
        ]
        | None
    ) = Field(default=None, description="A forward proxy; it usually needs certificateBundles as well.")
    no_proxy: Annotated[ListOf[Annotated[str, Field(min_length=1, max_length=255)]], Field(max_length=50)] | None = (
        Field(
            default=None,
            examples=[["169.254.169.254", ".internal"]],
            description=("Destinations that do not use the proxy: at most 50 hosts, domains or addresses."),
        )
    )
    ipv4_prefix_size: Literal["Auto", "32"] | None = Field(
        default=None,
        alias="ipv4PrefixSize",
        description='"Auto" takes /28 prefixes and falls back to single addresses; "32" takes only those.',
    )
    enable_v4_egress: bool | None = Field(
        default=None,
        alias="enableV4Egress",
        description=(
            "Whether pods of an IPv6 cluster reach IPv4 destinations with the address of their node; true by default."
        ),
    )
    network_interfaces: Annotated[ListOf[NetworkInterface], Field(min_length=1, max_length=_MOST_INTERFACES)] | None = (
        Field(
            default=None,
            description="All network interfaces and addresses of a node; not in IPv6 clusters. 1 to 150 (inferred).",
        )
    )

    def rules(self) -> Iterator[Diagnostic]:
        """The primary interface is listed, has no public address if there are several (documented), and no interface is
        listed twice.
        """
        interfaces = self.network_interfaces or ()
        if interfaces and not any(each.is_primary for each in interfaces):
            must = "must include the primary one: networkCardIndex 0, deviceIndex 0, interfaceType interface"
            yield Diagnostic(location=Location(path="network_interfaces"), message=must, source=INTERFACES)
        if len(interfaces) > 1 and self.associate_public_ip_address:
            must = "must not be true with more than one network interface"
            yield Diagnostic(
                location=Location(path="associate_public_ip_address"), message=must, fix="remove it", source=INTERFACES
            )
        for (card, device), count in Counter((i.network_card_index, i.device_index) for i in interfaces).items():
            if count > 1:
                must = f"must not have two of networkCardIndex {card}, deviceIndex {device}"
                yield Diagnostic(
                    location=Location(path="network_interfaces"), message=must, source=INTERFACES, inferred=True
                )
        efa = Counter(each.network_card_index for each in interfaces if each.interface_type == "efa-only")
        for card in (card for card, count in efa.items() if count > 1):
            must = f"must have at most one efa-only interface on a card, but has {efa[card]} on card {card}"
            yield Diagnostic(
                location=Location(path="network_interfaces"), message=must, source=INTERFACES, inferred=True
            )

    def doubts(self) -> Iterator[Diagnostic]:
        """Destinations that a node must reach without the proxy; static interfaces are the only ones of a node."""
        if self.network_interfaces and not any(
            getattr(each, name) for each in self.network_interfaces for name in _SECONDARY
        ):
            must = "should have an interface with secondaryIPv4Count or secondaryIPv4PrefixCount: no address is added "
            must += "after a node's launch, so its pods have none"
            yield Diagnostic(location=Location(path="network_interfaces"), message=must, source=INTERFACES)
        missing = [host for host in _AROUND_A_PROXY if host not in (self.no_proxy or ())]
        if self.https_proxy is not None and missing:
            must = (
                f"should include {', '.join(missing)}, as on AWS's page, so that nodes reach instance metadata and "
                "the cluster"
            )
            yield Diagnostic(
                location=Location(path="no_proxy"), message=must, fix="add the missing entries", source=NODE_CLASS
            )
