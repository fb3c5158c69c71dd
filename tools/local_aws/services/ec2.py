"""EC2: moto's, with the rules that it does not enforce and the actions that it lacks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import urlencode

from moto.ec2.exceptions import EC2ClientError

from tools.local_aws.services import ec2_rules, nat_gateways, propagation, vpc_endpoints
from tools.local_aws.services.ec2_rules import Ec2, Ec2Error
from tools.local_aws.services.moto_services import ec2_backend, forward
from tools.local_aws.services.request import Answer, Request, ec2_error

_AROUND: Final[Mapping[str, Callable[[Ec2, Request], Answer]]] = {
    **nat_gateways.ACTIONS,
    **propagation.ACTIONS,
    **vpc_endpoints.ACTIONS,
}
"""Actions that are not moto's alone."""


def answer(request: Request, core_networks: Callable[[str], bool]) -> Answer:
    """The answer to a request.

    Args:
        request: to EC2.
        core_networks: whether a VPC is attached to a core network.
    """
    form = request.form
    backend: Any = ec2_backend(request.account, request.region)
    ec2 = Ec2(backend=backend, form=form, account=request.account, region=request.region, core_network=core_networks)
    action = form.get("Action", "")
    try:
        for check in ec2_rules.RULES.get(action, ()):
            check(ec2)
        if around := _AROUND.get(action):
            return around(ec2, request)
    except Ec2Error as error:
        return ec2_error(error.code, str(error))
    except EC2ClientError as error:  # of moto, in a rule
        return ec2_error(error.code, error.message)
    rewrite = ec2_rules.REWRITTEN.get(action)
    answered = forward(request, body=urlencode(rewrite(form)).encode() if rewrite else None)
    if answered.status < 300 and (follow := ec2_rules.AFTER.get(action)):  # noqa: PLR2004
        follow(ec2)
    return answered
