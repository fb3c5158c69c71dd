"""Egress-only internet gateways of IPv6 clusters."""

from __future__ import annotations

import pytest

from tests.mother import AN_IPV6_CLUSTER, Changes, a_plan
from tests.planning_errors import Error, errors
from tests.podspace.planning.egress.entries import egress


@pytest.mark.parametrize(
    "changes",
    [
        {**AN_IPV6_CLUSTER, "egress": [{"to": "internet", "egress_only_gateway": "eigw-0000000a"}]},
        {**AN_IPV6_CLUSTER, "egress": [{"to": ["2001:db9::/32"], "egress_only_gateway": "new"}]},
    ],
)  # fmt: skip
def test_an_egress_only_gateway_is_planned_in_an_ipv6_cluster(changes: Changes) -> None:
    assert a_plan(changes).pods.gateways


REFUSED: dict[str, tuple[Changes, list[Error]]] = {
    "an egress-only gateway in an IPv4 cluster": (egress({"to": "internet", "egress_only_gateway": "new"}), [("egress-only-gateway-without-ipv6", "egress[0].egress_only_gateway", "")]),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "expected"), REFUSED.values(), ids=REFUSED)
def test_an_egress_only_gateway_that_pods_cannot_use_is_an_error(changes: Changes, expected: list[Error]) -> None:
    assert errors(changes) == expected
