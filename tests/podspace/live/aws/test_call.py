"""Every call as botocore's models of the services have it: what is asked, and what is read of the answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from ipaddress import IPv4Network
from typing import Any, get_args

import botocore.session
import pytest
from botocore.model import ServiceModel, Shape
from botocore.validate import ParamValidator
from pydantic import BaseModel

from podspace.live.aws.account import ModelT
from podspace.live.aws.call import CALLS, Call, Value, read_only_policy
from podspace.live.aws.cluster import LiveCluster
from podspace.live.aws.instance_type import instance_types
from podspace.live.aws.interface import Leftovers
from podspace.live.aws.network import Network
from podspace.live.aws.prefix_list import prefix_list
from podspace.live.aws.prices import prices_of
from podspace.live.aws.quota import quota
from podspace.live.aws.stack import LiveStack
from podspace.preflight import preflight
from podspace.quota import BLOCKS
from tests.canned_account import VPC, Answers, CannedAccount
from tests.mother import Changes, a_plan

NEW_NAT: Changes = {
    "egress": [
        {"to": "internet", "new_nat_gateways": {"eu-west-1a": "subnet-000000aa", "eu-west-1b": "subnet-000000bb"}}
    ],
    "node_classes": [{"name": "class", "snat_policy": "Disabled"}],
}


@cache
def _service(name: str) -> ServiceModel:
    return _session().get_service_model(name)


@cache
def _session() -> botocore.session.Session:
    return botocore.session.get_session()


def _answer(call: Call) -> Shape:
    """The shape of what is read: one item of a list, or the thing itself."""
    shape = _service(call.service).operation_model(call.operation).output_shape
    part = shape.members[call.answer] if call.answer else shape
    return part.member if part.type_name == "list" else part


class ReadingAccount(CannedAccount):
    """An account that notes by which model each answer is read, and with which parameters it is asked for."""

    def __init__(self) -> None:
        answers: Answers = {
            "DescribeStacks": lambda asked: (
                [{"StackName": "stack", "StackStatus": "CREATE_COMPLETE"}] if asked["StackName"] == "stack" else []
            ),
            "DescribeTransitGatewayAttachments": [
                {
                    "TransitGatewayAttachmentId": "tgw-attach-1",
                    "TransitGatewayId": "tgw-1",
                    "Association": {"TransitGatewayRouteTableId": "tgw-rtb-1"},
                }
            ],
        }
        super().__init__(answers)
        self.models: dict[str, type[BaseModel]] = {}
        self.parameters: dict[str, list[Mapping[str, Value]]] = {}

    def read(self, call: Call, model: type[ModelT], **parameters: Value) -> tuple[ModelT, ...]:
        self.models[call.operation] = model
        self.parameters.setdefault(call.operation, []).append({**call.always, **parameters})
        return super().read(call, model, **parameters)


@cache
def what_is_read() -> ReadingAccount:
    """An account of which every reader was asked for all it has."""
    account = ReadingAccount()
    there, cluster, stack = Network(account, VPC), LiveCluster(account, "cluster"), LiveStack(account, "stack")
    leftovers = Leftovers(account, "cluster", ("subnet-1",), ("pool",))
    (attachment,) = there.attachments
    _ = (there.vpc, there.dns, there.subnets, there.route_tables, there.nat_gateways, there.peerings, there.endpoints)
    _ = (
        there.groups,
        there.network_acls,
        there.interfaces_in(["sg-1"]),
        there.flow_logs,
        there.transit_gateway("tgw-1"),
        stack.state,
        stack.resources,
    )
    _ = (there.zones, there.addresses, there.interface("eni-1"), there.instance("i-1"))
    _ = (
        there.cidr_reservations("subnet-1"),
        there.vpn_gateway("vgw-1"),
        there.core_network_attachments("core-network-1"),
    )
    _ = there.routes_over(attachment, IPv4Network("100.64.0.0/10"))
    _ = (cluster.cluster, cluster.access_entry("arn"), cluster.access_policies("arn"), cluster.node_groups)
    _ = (cluster.add_ons, cluster.instance_profiles("role"), cluster.role("role"), cluster.user("user"))
    _ = (leftovers.interfaces, leftovers.instances, leftovers.volumes)
    _ = (quota(account, BLOCKS), instance_types(account, ["m5.large"]), prefix_list(account, "pl-1"))
    prices_of(account, region="eu-west-1")
    list(preflight(a_plan(NEW_NAT), account))
    return account


def _nested(annotation: Any) -> Iterator[type[BaseModel]]:
    """The models that a field's type holds."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _nested(inner)


def _unknown_keys(model: type[BaseModel], shape: Shape, at: str) -> Iterator[str]:
    """The keys that a model reads and the answer does not have."""
    for name, field in model.model_fields.items():
        key = field.alias or name
        if key not in shape.members:
            yield f"{at}.{key}"
            continue
        inner = shape.members[key]
        for each in _nested(field.annotation):
            yield from _unknown_keys(each, inner.member if inner.type_name == "list" else inner, f"{at}.{key}")


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.operation)
def test_a_call_is_one_of_the_api(call: Call) -> None:
    """Its operation is there, and so are the key of its answer and what it always asks for."""
    operation = _service(call.service).operation_model(call.operation)
    assert set(call.always) <= set(operation.input_shape.members)
    assert not call.answer or call.answer in operation.output_shape.members


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.operation)
def test_what_is_requested_is_taken(call: Call) -> None:
    """A parameter that the operation does not have, such as `Filters` for `Filter`, is an error."""
    shape = _service(call.service).operation_model(call.operation).input_shape
    asked = what_is_read().parameters[call.operation]
    assert asked
    for parameters in asked:
        report = ParamValidator().validate(parameters, shape)
        assert not report.has_errors(), report.generate_report()


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.operation)
def test_what_is_read_is_in_the_answer(call: Call) -> None:
    shape, model = _answer(call), what_is_read().models[call.operation]
    if shape.type_name == "string":  # a list of texts is read as models with the text under Name
        assert [field.alias for field in model.model_fields.values()] == ["Name"]
    else:
        assert list(_unknown_keys(model, shape, call.answer)) == []


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.operation)
def test_an_action_is_named_as_iam_names_it(call: Call) -> None:
    """By the name that the service signs with, and the operation."""
    assert call.action == f"{_service(call.service).signing_name}:{call.operation}"


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.operation)
def test_what_ec2_hides_is_requested(call: Call) -> None:
    """Every list that may leave out managed resources, or zones that are not enabled, and no other call."""
    hides = dict.fromkeys(
        ("DescribeInstances", "DescribeNetworkInterfaces", "DescribeVolumes"), "IncludeManagedResources"
    )
    hides["DescribeAvailabilityZones"] = "AllAvailabilityZones"
    assert call.always == ({hides[call.operation]: True} if call.operation in hides else {})


def test_the_policy_allows_each_call_once_and_no_other() -> None:
    (statement,) = _statements()
    assert read_only_policy()["Version"] == "2012-10-17"
    assert statement["Action"] == sorted({call.action for call in CALLS})
    assert (statement["Effect"], statement["Resource"]) == ("Allow", "*")


def test_no_call_changes_anything() -> None:
    assert {
        call.operation for call in CALLS if not call.operation.startswith(("Describe", "Get", "List", "Search"))
    } == set()


def _statements() -> Sequence[Any]:
    found = read_only_policy()["Statement"]
    assert isinstance(found, list)
    return found
