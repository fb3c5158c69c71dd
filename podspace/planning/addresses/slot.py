"""Parts of a CIDR block: the slots it is cut into, and the parts of a subnet that are reserved for prefixes."""

from __future__ import annotations

from ipaddress import IPv4Network

from podspace.cidr import SMALLEST


def slot(block: IPv4Network, *, prefix: int, index: int) -> IPv4Network | None:
    """The network number `index` (from 0) with prefix length `prefix` in `block`; None if there are fewer.

    It is computed, because `IPv4Network.subnets` would create every network before it.
    """
    if not block.prefixlen <= prefix <= block.max_prefixlen or index >= 1 << (prefix - block.prefixlen):
        return None
    size = 1 << (block.max_prefixlen - prefix)
    return IPv4Network((int(block.network_address) + index * size, prefix))


def prefix_reservations(subnet: IPv4Network) -> tuple[IPv4Network, ...]:
    """The parts of a subnet that are reserved for /28 prefixes, the largest first: all but the lowest sixteenth.

    Each pod interface takes one address of its own outside the prefixes (inferred), so a node with one prefix takes 17
    addresses, and a sixteenth of the subnet serves as many nodes as there are prefixes in the rest. A part is a /28 or
    larger, because no prefix fits in a smaller one, so a small subnet has more than a sixteenth without a reservation,
    and a /28 has no reservation.
    """
    lengths = range(subnet.prefixlen + 1, min(subnet.prefixlen + 4, SMALLEST) + 1)
    return tuple(part for length in lengths if (part := slot(subnet, prefix=length, index=1)))
