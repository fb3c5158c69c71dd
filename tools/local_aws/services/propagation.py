"""Propagation of the routes of virtual private gateways, which moto lacks; no route is learned.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_EnableVgwRoutePropagation.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final
from weakref import WeakKeyDictionary

from tools.local_aws.services.ec2_rules import Ec2, Ec2Error
from tools.local_aws.services.moto_services import forward
from tools.local_aws.services.request import Answer, Request

_GATEWAYS: Final[WeakKeyDictionary[Any, set[str]]] = WeakKeyDictionary()
"""The gateways whose routes a route table of moto gets."""


def _enable(ec2: Ec2, request: Request) -> Answer:
    table = ec2.backend.get_route_table(ec2.form["RouteTableId"])
    if table.vpc_id not in ec2.backend.get_vpn_gateway(ec2.form["GatewayId"]).attachments:
        raise Ec2Error("Gateway.NotAttached", f"the gateway is not attached to {table.vpc_id}")
    _GATEWAYS.setdefault(table, set()).add(ec2.form["GatewayId"])
    return _done(request)


def _disable(ec2: Ec2, request: Request) -> Answer:
    table = ec2.backend.get_route_table(ec2.form["RouteTableId"])
    _GATEWAYS.setdefault(table, set()).discard(ec2.form["GatewayId"])
    return _done(request)


def _describe(_: Ec2, request: Request) -> Answer:
    answered = forward(request)
    body = answered.body.decode()
    for table, gateways in list(_GATEWAYS.items()):
        items = "".join(f"<item><gatewayId>{each}</gatewayId></item>" for each in sorted(gateways))
        start = body.find(f"<routeTableId>{table.id}</routeTableId><routeSet>")
        if items and start >= 0:
            found = f"<propagatingVgwSet>{items}</propagatingVgwSet>"
            body = f"{body[:start]}{found}{body[start:]}"
    return Answer(status=answered.status, kind=answered.kind, body=body.encode())


def _done(request: Request) -> Answer:
    action = request.form["Action"]
    body = f"<{action}Response><return>true</return></{action}Response>"
    return Answer(status=200, kind="text/xml", body=body.encode())


ACTIONS: Final[Mapping[str, Callable[[Ec2, Request], Answer]]] = {
    "EnableVgwRoutePropagation": _enable,
    "DisableVgwRoutePropagation": _disable,
    "DescribeRouteTables": _describe,
}
