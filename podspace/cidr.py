"""Addresses of a VPC, and AWS's rules about its CIDR blocks and subnets.

Every rule is a function that yields the errors of `ipaddress` values; planning and checks use the same rules.
"Primary" is the CIDR block that a VPC was created with; its other CIDR blocks are secondary.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from ipaddress import IPv4Network, IPv6Network, collapse_addresses, ip_address
from typing import Final, TypeVar

from podspace.diagnostic import Diagnostic

VPC_CIDR_PAGE: Final = "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html"
SUBNET_SIZE_PAGE: Final = "https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html"
EKS_NETWORK_PAGE: Final = "https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html"

SHARED_SPACE: Final = IPv4Network("100.64.0.0/10")
"""RFC 6598 shared address space, also called CGNAT space; AWS allows it with every primary CIDR block."""

_RFC1918: Final = (IPv4Network("10.0.0.0/8"), IPv4Network("172.16.0.0/12"), IPv4Network("192.168.0.0/16"))
_BENCHMARK: Final = IPv4Network("198.19.0.0/16")
_UNUSABLE: Final = tuple(map(IPv4Network, ("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4")))
_NARROW_RESTRICTIONS: Final = (
    (IPv4Network("10.0.0.0/15"), IPv4Network("10.0.0.0/16")),
    (IPv4Network("172.16.0.0/12"), IPv4Network("172.31.0.0/16")),
)
_SERVICE_PREFIXES: Final = (12, 24)
LARGEST, SMALLEST = 16, 28
"""Prefix lengths of the largest and the smallest CIDR block and subnet."""
RESERVED: Final = 5
"""Addresses of a subnet that AWS keeps, the first four and the last (SUBNET_SIZE_PAGE)."""
PREFIX: Final = 1 << (32 - SMALLEST)
"""Addresses of a /28 prefix."""
IPV6_SUBNET: Final = 64
"""Prefix length of an IPv6 subnet that EKS can use: a /80 for each node is cut from it."""

Network = TypeVar("Network", IPv4Network, IPv6Network)


def parse_cidr(text: object) -> IPv4Network:
    """The IPv4 network written as `text`, such as `100.64.0.0/16`.

    Raises:
        ValueError: it is no CIDR, or an address below the prefix has bits set, which EC2 would silently clear.
    """
    return _parsed(text, IPv4Network, "an IPv4 CIDR, an address and a prefix length such as 100.64.0.0/16")


def parse_ipv6_cidr(text: object) -> IPv6Network:
    """The IPv6 network written as `text`, such as `2001:db8:1234:1a00::/56`.

    Raises:
        ValueError: it is no CIDR, or an address below the prefix has bits set.
    """
    return _parsed(text, IPv6Network, "an IPv6 CIDR, an address and a prefix length such as 2001:db8:1234:1a00::/56")


def _parsed(text: object, kind: type[Network], what: str) -> Network:
    if isinstance(text, kind):
        return text
    if not isinstance(text, str) or "/" not in text:
        raise ValueError(f"must be {what}")
    try:
        loose = kind(text, strict=False)
    except ValueError as error:
        raise ValueError(f"must be {what}: {error}") from None
    if loose.network_address != ip_address(text.partition("/")[0]):
        raise ValueError(f"must be a network, with no host bits set; write {loose}")
    if str(loose) != text.lower():
        raise ValueError(f"must be written as {loose}")
    return loose


def is_within(inner: IPv4Network | IPv6Network, outer: IPv4Network | IPv6Network) -> bool:
    """Whether a network is part of another one of its family, or the same."""
    if isinstance(inner, IPv4Network):
        return isinstance(outer, IPv4Network) and inner.subnet_of(outer)
    return isinstance(outer, IPv6Network) and inner.subnet_of(outer)


def outermost(blocks: Iterable[IPv4Network | IPv6Network]) -> tuple[IPv4Network | IPv6Network, ...]:
    """CIDR blocks, each once, without those inside others."""
    distinct = tuple(dict.fromkeys(blocks))
    return tuple(each for each in distinct if not any(is_within(each, other) for other in distinct if other != each))


def covers(parts: Sequence[IPv4Network | IPv6Network], whole: IPv4Network | IPv6Network) -> bool:
    """Whether CIDR blocks inside another one have all of its addresses together."""
    if isinstance(whole, IPv4Network):
        return [*collapse_addresses(each for each in parts if isinstance(each, IPv4Network))] == [whole]
    return [*collapse_addresses(each for each in parts if isinstance(each, IPv6Network))] == [whole]


def pieces(
    block: IPv4Network | IPv6Network, borders: Iterable[IPv4Network | IPv6Network]
) -> list[IPv4Network | IPv6Network]:
    """A CIDR block cut at the borders of others: each piece is inside, or outside, each of them."""
    found = [block]
    for other in borders:
        found = [piece for one in found for piece in _cut(one, other)]
    return found


def _cut(block: IPv4Network | IPv6Network, out: IPv4Network | IPv6Network) -> list[IPv4Network | IPv6Network]:
    if isinstance(block, IPv4Network) and isinstance(out, IPv4Network) and out.subnet_of(block):
        return [out, *block.address_exclude(out)]
    if isinstance(block, IPv6Network) and isinstance(out, IPv6Network) and out.subnet_of(block):
        return [out, *block.address_exclude(out)]
    return [block]


def size_problems(block: IPv4Network) -> Iterator[Diagnostic]:
    """Errors of the size of a CIDR block of the VPC, or of a subnet: both are /16 to /28."""
    if not LARGEST <= block.prefixlen <= SMALLEST:
        yield Diagnostic(
            id="cidr-size",
            subject=str(block),
            message=f"must be between /{LARGEST} (65,536 addresses) and /{SMALLEST} (16 addresses)",
            fix=_size_remedy(block),
            source=VPC_CIDR_PAGE,
        )


def _size_remedy(block: IPv4Network) -> str:
    if block.prefixlen > SMALLEST:
        return f"use {block.supernet(new_prefix=SMALLEST)} or a larger CIDR block"
    first = next(block.subnets(new_prefix=LARGEST))
    return f"use {first}; for more addresses, use several /16 CIDR blocks"


def usable_problems(block: IPv4Network) -> Iterator[Diagnostic]:
    """Some ranges cannot be part of any VPC."""
    for unusable in _UNUSABLE:
        if block.overlaps(unusable):
            yield Diagnostic(
                id="cidr-not-usable",
                subject=str(block),
                message=f"must not overlap {unusable}, which no VPC can use",
                fix=f"use a CIDR block from {SHARED_SPACE}",
                source=VPC_CIDR_PAGE,
            )


def association_problems(
    block: IPv4Network, *, primary: IPv4Network, others: Iterable[IPv4Network]
) -> Iterator[Diagnostic]:
    """Errors of a new CIDR block by AWS's table of "IPv4 CIDR block association restrictions".

    Args:
        block: the new CIDR block.
        primary: the CIDR block that the VPC was created with.
        others: all other CIDR blocks that the VPC has or will have, without `block`.

    The table's row for public and 100.64.0.0/10 CIDR blocks restricts those of RFC 1918. It is taken as a statement
    about the primary (inferred: VPCs with a 10.0.0.0/8 primary, a 100.64.0.0/10 secondary and further 10.0.0.0/8
    secondaries are commonplace).
    """
    for other in dict.fromkeys((primary, *others)):
        if reason := _restriction(block, other, other_is_primary=other == primary):
            yield Diagnostic(
                id="cidr-association",
                subject=str(block),
                message=f"must not be associated with a VPC that has {other}: {reason}",
                fix=f"use a CIDR block from {SHARED_SPACE}, which AWS allows with every other range",
                source=VPC_CIDR_PAGE,
            )


def _restriction(block: IPv4Network, other: IPv4Network, *, other_is_primary: bool) -> str:
    """Why the table forbids `block` next to `other`; empty if it does not."""
    if block.subnet_of(SHARED_SPACE):
        return ""
    ours, theirs = _rfc1918(block), _rfc1918(other)
    if block.subnet_of(_BENCHMARK) and not other.subnet_of(_BENCHMARK):
        return f"AWS associates no CIDR block from {_BENCHMARK} with a VPC of another range"
    if ours and other.subnet_of(_BENCHMARK):
        return f"AWS associates no RFC 1918 CIDR block with a VPC that has one from {_BENCHMARK}"
    if ours and theirs and ours != theirs:
        return f"AWS does not allow CIDR blocks from {ours} and {theirs} in one VPC"
    if ours and not theirs and other_is_primary:
        return (
            "AWS associates no RFC 1918 CIDR block with a VPC whose primary CIDR block is public or from "
            f"{SHARED_SPACE}"
        )
    return next(
        (
            f"AWS associates no CIDR block from {refused} with a VPC that has one from {present}"
            for present, refused in _NARROW_RESTRICTIONS
            if other.subnet_of(present) and block.subnet_of(refused)
        ),
        "",
    )


def _rfc1918(block: IPv4Network) -> IPv4Network | None:
    return next((outer for outer in _RFC1918 if block.subnet_of(outer)), None)


def is_private(block: IPv4Network) -> bool:
    """Whether a CIDR block is in RFC 1918 or shared address space, to which the internet has no route."""
    return _rfc1918(block) is not None or block.subnet_of(SHARED_SPACE)


def route_problems(block: IPv4Network, destinations: Iterable[IPv4Network]) -> Iterator[Diagnostic]:
    """Errors of a new CIDR block that is as large as, or larger than, the destination of a route that it overlaps.

    Args:
        destinations: destinations of the routes in all route tables of the VPC, without local routes.
    """
    for destination in destinations:
        if block.supernet_of(destination):
            yield Diagnostic(
                id="cidr-covers-route",
                subject=str(block),
                message=f"must not be the same as or larger than the route destination {destination}",
                fix=(
                    "choose a CIDR block outside that destination or a smaller one, or give the route a larger "
                    "destination first"
                ),
                source=VPC_CIDR_PAGE,
            )


def default_service_cidr(vpc_cidrs: Sequence[IPv4Network]) -> IPv4Network:
    """The Kubernetes service CIDR that EKS chooses for a cluster without one in its configuration.

    172.20.0.0/16 if any CIDR block of the VPC is in 10.0.0.0/8, otherwise 10.100.0.0/16. The API reference lists the
    two values; the condition is that of the EKS AMI's bootstrap script (github.com/awslabs/amazon-eks-ami).
    """
    ten = _RFC1918[0]
    in_ten = any(cidr.subnet_of(ten) for cidr in vpc_cidrs)
    return IPv4Network("172.20.0.0/16" if in_ten else "10.100.0.0/16")


def service_cidr_problems(service: IPv4Network) -> Iterator[Diagnostic]:
    """A Kubernetes service CIDR of EKS is a /12 to /24 from RFC 1918."""
    if not (_rfc1918(service) and _SERVICE_PREFIXES[0] <= service.prefixlen <= _SERVICE_PREFIXES[1]):
        yield Diagnostic(
            id="service-cidr-size",
            subject=str(service),
            message=f"must be a /12 to /24 from {', '.join(map(str, _RFC1918))}",
            fix="give kubernetesNetworkConfig.serviceIpv4Cidr as `aws eks describe-cluster` shows it",
            source="https://docs.aws.amazon.com/eks/latest/APIReference/API_KubernetesNetworkConfigRequest.html",
        )
