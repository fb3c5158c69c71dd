"""Stacks are created, updated, rolled back and deleted as CloudFormation does it."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.tools.local_aws.every_type import TRUST
from tests.tools.local_aws.stacks import Resources, Stacks, code_of, parameter, subnet, vpc
from tools.local_aws.cloudformation.engine import Action

TABLE = {"Type": "AWS::EC2::RouteTable", "Properties": {"VpcId": {"Ref": "Vpc"}}}
ASSOCIATION = {
    "Type": "AWS::EC2::SubnetRouteTableAssociation",
    "Properties": {"SubnetId": {"Ref": "Subnet"}, "RouteTableId": {"Ref": "Table"}},
}


def network(cidr: str) -> dict[str, Any]:
    """A VPC of a /16, with a subnet in the first /24 of it."""
    return {
        "Vpc": vpc(cidr),
        "Subnet": subnet("Vpc", cidr.replace("/16", "/24")),
        "Table": TABLE,
        "Association": ASSOCIATION,
        "Name": parameter("/network/" + cidr.partition("/")[0], {"Ref": "Association"}),
    }


def pair(name: str, first: Any = "one", second: Any = "one") -> dict[str, Any]:
    """Two parameters, of which the second waits for the first."""
    return {
        "First": parameter(f"/{name}/first", first),
        "Second": parameter(f"/{name}/second", second, DependsOn="First"),
    }


def cidrs(stacks: Stacks) -> set[str]:
    return {each["CidrBlock"] for each in stacks.aws("ec2").describe_vpcs()["Vpcs"]}


def test_resources_are_created_in_place_of_their_references(stacks: Stacks) -> None:
    assert stacks.create("create", network("10.1.0.0/16")) == "CREATE_COMPLETE"
    ids = stacks.ids("create")
    (table,) = stacks.aws("ec2").describe_route_tables(RouteTableIds=[ids["Table"]])["RouteTables"]
    assert table["VpcId"] == ids["Vpc"]
    assert [each["SubnetId"] for each in table["Associations"]] == [ids["Subnet"]]
    assert stacks.parameter("/network/10.1.0.0") == ids["Association"]


def test_a_deleted_stack_leaves_nothing_and_is_found_by_its_id_only(stacks: Stacks) -> None:
    stacks.create("delete", network("10.2.0.0/16"))
    assert stacks.delete("delete") == "DELETE_COMPLETE"
    assert "10.2.0.0/16" not in cidrs(stacks)
    assert stacks.parameter("/network/10.2.0.0") is None
    with pytest.raises(ClientError):
        stacks.described("delete")


def test_a_resource_that_is_gone_already_is_deleted(stacks: Stacks) -> None:
    stacks.create("gone", pair("gone"))
    stacks.aws("ssm").delete_parameter(Name="/gone/first")
    assert stacks.delete("gone") == "DELETE_COMPLETE"


def test_a_change_in_place_keeps_the_id(stacks: Stacks) -> None:
    stacks.create("in-place", pair("in-place"))
    before = stacks.ids("in-place")
    assert stacks.update("in-place", pair("in-place", "two", {"Fn::GetAtt": ["First", "Value"]})) == "UPDATE_COMPLETE"
    assert stacks.ids("in-place") == before
    assert stacks.parameter("/in-place/first") == stacks.parameter("/in-place/second") == "two"


def test_what_waits_for_a_replaced_resource_gets_its_new_id(stacks: Stacks) -> None:
    stacks.create("replace", network("10.3.0.0/16"))
    before = stacks.ids("replace")
    renamed = {**network("10.4.0.0/16"), "Name": network("10.3.0.0/16")["Name"]}
    assert stacks.update("replace", renamed) == "UPDATE_COMPLETE"
    after = stacks.ids("replace")
    assert {name for name in before if before[name] != after[name]} == {"Vpc", "Subnet", "Table", "Association"}
    assert stacks.parameter("/network/10.3.0.0") == after["Association"]
    assert "10.3.0.0/16" not in cidrs(stacks)


def test_the_new_resource_is_created_before_the_old_one_is_deleted_in_the_clean_up(stacks: Stacks) -> None:
    stacks.create("order", {"A": parameter("/order/a")})
    stacks.update("order", {"A": parameter("/order/b")})
    events = stacks.events("order")
    assert events[events.index(("order", "UPDATE_IN_PROGRESS")) :] == [
        ("order", "UPDATE_IN_PROGRESS"),
        ("A", "UPDATE_IN_PROGRESS"),
        ("A", "UPDATE_IN_PROGRESS"),
        ("A", "UPDATE_COMPLETE"),
        ("order", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"),
        ("A", "DELETE_IN_PROGRESS"),
        ("A", "DELETE_COMPLETE"),
        ("order", "UPDATE_COMPLETE"),
    ]
    assert (stacks.parameter("/order/a"), stacks.parameter("/order/b")) == (None, "one")


def test_a_removed_resource_is_deleted_in_the_clean_up(stacks: Stacks) -> None:
    stacks.create("remove", network("10.5.0.0/16"))
    kept = {"Vpc": network("10.5.0.0/16")["Vpc"]}
    assert stacks.update("remove", kept) == "UPDATE_COMPLETE"
    assert stacks.ids("remove").keys() == {"Vpc"}
    found = stacks.aws("ec2").describe_subnets(Filters=[{"Name": "vpc-id", "Values": [stacks.ids("remove")["Vpc"]]}])
    assert found["Subnets"] == []


def test_removed_resources_are_deleted_before_the_replaced_ones_that_they_are_in(stacks: Stacks) -> None:
    stacks.create("both", network("10.6.0.0/16"))
    assert stacks.update("both", {"Vpc": vpc("10.7.0.0/16")}) == "UPDATE_COMPLETE"
    assert not {event for event in stacks.events("both") if event[1] == "DELETE_FAILED"}
    assert "10.6.0.0/16" not in cidrs(stacks)


def test_an_old_resource_that_cannot_be_deleted_does_not_fail_the_update(stacks: Stacks) -> None:
    stacks.create("left", {"A": parameter("/left/a"), "B": parameter("/left/b")})
    stacks.fail("delete", "B")
    assert stacks.update("left", {"A": parameter("/left/a")}) == "UPDATE_COMPLETE"
    assert ("B", "DELETE_FAILED") in stacks.events("left")
    assert stacks.ids("left").keys() == {"A"}
    assert stacks.parameter("/left/b") == "one"


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("resource", network("10.8.0.0/16"))
def test_a_creation_that_fails_at_any_resource_leaves_nothing(stacks: Stacks, resource: str, after: bool) -> None:
    name = f"fail-{resource}-{after}"
    stacks.fail("create", resource, after=after)
    assert stacks.create(name, network("10.8.0.0/16")) == "ROLLBACK_COMPLETE"
    assert stacks.ids(name) == {}
    assert "10.8.0.0/16" not in cidrs(stacks)
    assert stacks.parameter("/network/10.8.0.0") is None
    events = stacks.events(name)
    assert events.index((resource, "CREATE_FAILED")) < events.index((name, "ROLLBACK_IN_PROGRESS"))
    assert events[-1] == (name, "ROLLBACK_COMPLETE")


def test_a_refusal_of_the_service_fails_the_creation(stacks: Stacks) -> None:
    stacks.aws("ssm").put_parameter(Name="/taken", Value="theirs", Type="String")
    assert (
        stacks.create("taken", {"A": parameter("/mine"), "B": parameter("/taken", DependsOn="A")})
        == "ROLLBACK_COMPLETE"
    )
    assert (stacks.parameter("/taken"), stacks.parameter("/mine")) == ("theirs", None)


def test_a_reference_to_what_a_resource_does_not_have_fails_the_creation(stacks: Stacks) -> None:
    resources = {"A": parameter("/refers/a"), "B": parameter("/refers/b", {"Fn::GetAtt": ["A", "Arn"]})}
    assert stacks.create("refers", resources) == "ROLLBACK_COMPLETE"
    assert stacks.parameter("/refers/a") is None


def test_a_stack_that_could_not_be_created_is_not_updated_and_can_be_deleted(stacks: Stacks) -> None:
    stacks.fail("create", "First")
    stacks.create("failed", pair("failed"))
    with pytest.raises(ClientError, match="ROLLBACK_COMPLETE"):
        stacks.update("failed", pair("failed"))
    with pytest.raises(ClientError) as refused:
        stacks.create("failed", pair("failed"))
    assert code_of(refused.value) == "AlreadyExistsException"
    assert stacks.delete("failed") == "DELETE_COMPLETE"
    assert stacks.create("failed", pair("failed")) == "CREATE_COMPLETE"


def test_a_rollback_that_cannot_delete_fails_and_a_deletion_completes_it(stacks: Stacks) -> None:
    stacks.fail("create", "Second")
    stacks.fail("delete", "First")
    assert stacks.create("stuck", pair("stuck")) == "ROLLBACK_FAILED"
    assert stacks.ids("stuck") == {"First": "/stuck/first"}
    assert stacks.delete("stuck") == "DELETE_COMPLETE"
    assert stacks.parameter("/stuck/first") is None


CHANGED: Resources = {
    "InPlace": parameter("/undo/in-place", "two"),
    "Replaced": parameter("/undo/other-name", "two", DependsOn="InPlace"),
    "Refers": parameter("/undo/refers", {"Ref": "Replaced"}, DeletionPolicy="Retain"),
    "New": parameter("/undo/new", "two", DependsOn="Refers"),
    "Same": parameter("/undo/same", DeletionPolicy="Retain", DependsOn="New"),
    "Last": parameter("/undo/last", "two", DependsOn="Same"),
}
FORMER: Resources = {
    "InPlace": parameter("/undo/in-place"),
    "Replaced": parameter("/undo/replaced"),
    "Refers": parameter("/undo/refers", {"Ref": "Replaced"}),
    "Same": parameter("/undo/same"),
    "Last": parameter("/undo/last"),
    "Removed": parameter("/undo/removed"),
}


@pytest.mark.parametrize(
    ("action", "resource", "after"),
    [
        ("update", "InPlace", False),
        ("update", "InPlace", True),
        ("create", "Replaced", False),
        ("create", "Replaced", True),
        ("update", "Refers", True),
        ("create", "New", False),
        ("create", "New", True),
        ("update", "Last", False),
        ("update", "Last", True),
    ],
)
def test_a_failed_update_rolls_back_to_the_former_properties_and_ids(
    stacks: Stacks, action: Action, resource: str, after: bool
) -> None:
    assert stacks.create("undo", FORMER, tags={"team": "a"}) == "CREATE_COMPLETE"
    ids, values = stacks.ids("undo"), stacks.parameters()
    stacks.fail(action, resource, after=after)
    assert stacks.update("undo", CHANGED, tags={"team": "b"}) == "UPDATE_ROLLBACK_COMPLETE"
    assert (stacks.ids("undo"), stacks.parameters()) == (ids, values)
    assert stacks.described("undo")["Tags"] == [{"Key": "team", "Value": "a"}]
    assert stacks.drifts("undo") == dict.fromkeys(FORMER, "IN_SYNC")
    events = [status for name, status in stacks.events("undo") if name == "undo"]
    assert events[-4:] == [
        "UPDATE_IN_PROGRESS",
        "UPDATE_ROLLBACK_IN_PROGRESS",
        "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
        "UPDATE_ROLLBACK_COMPLETE",
    ]
    assert stacks.delete("undo") == "DELETE_COMPLETE"  # policies are the former ones too
    assert not [name for name in stacks.parameters() if name.startswith("/undo")]


def test_after_a_rollback_the_update_succeeds(stacks: Stacks) -> None:
    stacks.create("again", pair("again"))
    stacks.fail("update", "Second")
    stacks.update("again", pair("again", "two", "two"))
    assert stacks.update("again", pair("again", "two", "two")) == "UPDATE_COMPLETE"
    assert stacks.parameter("/again/second") == "two"


def test_a_rollback_that_cannot_change_back_fails(stacks: Stacks) -> None:
    stacks.create("no-undo", pair("no-undo"))
    ids = stacks.ids("no-undo")
    known = stacks.local.engine.fail

    def fail(action: Action, logical_id: str, *, after: bool) -> None:
        """Fail the second resource, and from then on the first one too."""
        if logical_id == "Second":
            stacks.fail("update", "Second")
            stacks.fail("update", "First")
        known(action, logical_id, after=after)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stacks.local.engine, "fail", fail)
        assert stacks.update("no-undo", pair("no-undo", "two", "two")) == "UPDATE_ROLLBACK_FAILED"
    assert stacks.ids("no-undo") == ids
    assert stacks.parameter("/no-undo/first") == "two"
    with pytest.raises(ClientError, match="UPDATE_ROLLBACK_FAILED"):
        stacks.update("no-undo", pair("no-undo"))
    assert stacks.delete("no-undo") == "DELETE_COMPLETE"


def test_an_update_is_rolled_back_also_if_a_new_resource_cannot_be_deleted(stacks: Stacks) -> None:
    stacks.create("stays", pair("stays"))
    stacks.fail("create", "Other")
    stacks.fail("delete", "New")
    resources = {**pair("stays"), "New": parameter("/stays/new"), "Other": parameter("/stays/other", DependsOn="New")}
    assert stacks.update("stays", resources) == "UPDATE_ROLLBACK_COMPLETE"
    assert ("New", "DELETE_FAILED") in stacks.events("stays")
    assert stacks.ids("stays").keys() == {"First", "Second"}


def test_new_resources_of_a_failed_update_are_deleted_before_those_that_they_are_in(stacks: Stacks) -> None:
    stacks.create("new", {"Vpc": vpc("10.10.0.0/16")})
    stacks.fail("create", "Name")
    assert stacks.update("new", network("10.11.0.0/16")) == "UPDATE_ROLLBACK_COMPLETE"
    assert not {event for event in stacks.events("new") if event[1] == "DELETE_FAILED"}
    assert cidrs(stacks) & {"10.10.0.0/16", "10.11.0.0/16"} == {"10.10.0.0/16"}


def test_a_failed_deletion_is_completed_by_a_second_one(stacks: Stacks) -> None:
    stacks.create("twice", pair("twice"))
    stacks.fail("delete", "First")
    assert stacks.delete("twice") == "DELETE_FAILED"
    assert stacks.ids("twice") == {"First": "/twice/first"}
    assert "First" in stacks.described("twice")["StackStatusReason"]
    assert stacks.delete("twice") == "DELETE_COMPLETE"
    assert stacks.parameter("/twice/first") is None


def test_what_a_resource_is_in_stays_if_the_resource_cannot_be_deleted(stacks: Stacks) -> None:
    stacks.create("inside", network("10.9.0.0/16"))
    stacks.fail("delete", "Subnet")
    assert stacks.delete("inside") == "DELETE_FAILED"
    assert stacks.ids("inside").keys() == {"Subnet", "Vpc"}
    assert stacks.delete("inside") == "DELETE_COMPLETE"
    assert "10.9.0.0/16" not in cidrs(stacks)


def test_resources_are_deleted_in_reverse(stacks: Stacks) -> None:
    stacks.create("reverse", pair("reverse"))
    id_ = stacks.described("reverse")["StackId"]
    stacks.delete("reverse")
    events = stacks.events(id_)
    assert events[events.index(("reverse", "DELETE_IN_PROGRESS")) :] == [
        ("reverse", "DELETE_IN_PROGRESS"),
        ("Second", "DELETE_IN_PROGRESS"),
        ("Second", "DELETE_COMPLETE"),
        ("First", "DELETE_IN_PROGRESS"),
        ("First", "DELETE_COMPLETE"),
        ("reverse", "DELETE_COMPLETE"),
    ]


def test_events_of_a_creation(stacks: Stacks) -> None:
    stacks.create("events", pair("events"))
    assert stacks.events("events") == [
        ("events", "CREATE_IN_PROGRESS"),
        ("First", "CREATE_IN_PROGRESS"),
        ("First", "CREATE_COMPLETE"),
        ("Second", "CREATE_IN_PROGRESS"),
        ("Second", "CREATE_COMPLETE"),
        ("events", "CREATE_COMPLETE"),
    ]


@pytest.mark.parametrize(
    ("policy", "kept_on_delete", "kept_on_rollback"),
    [("Delete", False, False), ("Retain", True, True), ("RetainExceptOnCreate", True, False)],
)
def test_a_deletion_policy_keeps_a_resource(
    stacks: Stacks, policy: str, kept_on_delete: bool, kept_on_rollback: bool
) -> None:
    resources = {"A": parameter(f"/policy/{policy}", DeletionPolicy=policy), "B": parameter("/policy/b", DependsOn="A")}
    stacks.fail("create", "B")
    assert stacks.create(f"rolled-{policy}", resources) == "ROLLBACK_COMPLETE"
    assert (stacks.parameter(f"/policy/{policy}") is not None) == kept_on_rollback
    if kept_on_rollback:
        stacks.aws("ssm").delete_parameter(Name=f"/policy/{policy}")
    stacks.create(f"deleted-{policy}", resources)
    id_ = stacks.described(f"deleted-{policy}")["StackId"]
    assert stacks.delete(f"deleted-{policy}") == "DELETE_COMPLETE"
    assert (stacks.parameter(f"/policy/{policy}") is not None) == kept_on_delete
    assert (("A", "DELETE_SKIPPED") in stacks.events(id_)) == kept_on_delete


@pytest.mark.parametrize(("policy", "kept"), [("Delete", False), ("Retain", True)])
def test_a_deletion_policy_keeps_a_resource_that_is_removed(stacks: Stacks, policy: str, kept: bool) -> None:
    resources = {"A": parameter(f"/removed/{policy}", DeletionPolicy=policy), "B": parameter(f"/removed/b-{policy}")}
    stacks.create(f"removed-{policy}", resources)
    stacks.update(f"removed-{policy}", {"B": resources["B"]})
    assert (stacks.parameter(f"/removed/{policy}") is not None) == kept


@pytest.mark.parametrize(("policy", "kept"), [("Delete", False), ("Retain", True)])
def test_an_update_replace_policy_keeps_the_replaced_resource(stacks: Stacks, policy: str, kept: bool) -> None:
    name = f"replaced-{policy}"
    stacks.create(name, {"A": parameter(f"/{name}/a", UpdateReplacePolicy=policy)})
    assert stacks.update(name, {"A": parameter(f"/{name}/b", UpdateReplacePolicy=policy)}) == "UPDATE_COMPLETE"
    assert (stacks.parameter(f"/{name}/a") is not None) == kept
    assert (("A", "DELETE_SKIPPED") in stacks.events(name)) == kept
    assert stacks.ids(name) == {"A": f"/{name}/b"}


def test_a_deletion_policy_alone_keeps_no_replaced_resource(stacks: Stacks) -> None:
    stacks.create("only-delete", {"A": parameter("/only-delete/a", DeletionPolicy="Retain")})
    stacks.update("only-delete", {"A": parameter("/only-delete/b", DeletionPolicy="Retain")})
    assert stacks.parameter("/only-delete/a") is None


def test_a_seed_gives_another_order(stacks: Stacks) -> None:
    resources = {f"R{number}": parameter(f"/seed/{number}") for number in range(6)}
    orders = set()
    for seed in range(4):
        stacks.local.engine.seed = seed
        stacks.create(f"seed-{seed}", resources)
        orders.add(tuple(name for name, status in stacks.events(f"seed-{seed}") if status == "CREATE_COMPLETE")[:-1])
        stacks.delete(f"seed-{seed}")
    stacks.local.engine.seed = 0
    assert len(orders) > 1


def test_a_template_that_is_not_emulated_creates_no_stack(stacks: Stacks) -> None:
    with pytest.raises(ClientError):
        stacks.create("none", {"A": {"Type": "AWS::EC2::Instance"}})
    with pytest.raises(ClientError):
        stacks.described("none")


def test_an_update_that_fails_after_some_resources_is_rolled_back(stacks: Stacks) -> None:
    """The description of the role changes, and then a policy that does not exist is not attached."""

    def role(**changed: Any) -> Resources:
        given = {"RoleName": "half-way", "AssumeRolePolicyDocument": TRUST, "Description": "former", **changed}
        return {"Role": {"Type": "AWS::IAM::Role", "Properties": given}}

    assert stacks.create("half-way", role()) == "CREATE_COMPLETE", stacks.failures("half-way")
    missing = role(Description="changed", ManagedPolicyArns=["arn:aws:iam::aws:policy/Missing"])
    assert stacks.update("half-way", missing) == "UPDATE_ROLLBACK_COMPLETE", stacks.failures("half-way")
    assert stacks.aws("iam").get_role(RoleName="half-way")["Role"]["Description"] == "former"
