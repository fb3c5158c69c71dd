"""Answers that are not those of AWS, errors, and answers of several pages, for every call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict, Field

from podspace.live.aws.access import DENIED, THROTTLED
from podspace.live.aws.account import ATTEMPTS, Account
from podspace.live.aws.call import (
    CALLS,
    DESCRIBE_CLUSTER,
    DESCRIBE_STACKS,
    DESCRIBE_SUBNETS,
    DESCRIBE_VPC_ATTRIBUTE,
    DESCRIBE_VPCS,
    GET_CALLER_IDENTITY,
    GET_ROLE,
    GET_SERVICE_QUOTA,
    LIST_NODEGROUPS,
    SEARCH_TRANSIT_GATEWAY_ROUTES,
    Call,
    Value,
)
from podspace.live.aws.cluster import LiveCluster
from podspace.live.failure import LiveError, UnreadError
from tests.aws_environment import use_as_aws
from tests.podspace.live.aws.answers import Answer, PreparedAnswers, an_answer, operation_of
from tests.podspace.live.aws.test_call import what_is_read


class Anything(BaseModel):
    """Any part of an answer."""

    model_config = ConfigDict(extra="allow")

    @property
    def first(self) -> object:
        return next(iter((self.model_extra or {}).values()), None)


@pytest.fixture(scope="module")
def running() -> Iterator[PreparedAnswers]:
    with PreparedAnswers() as server:
        yield server


class Run(Account):
    """An account that a test may read from the start again, with the clients of botocore that it has."""

    def again(self) -> Run:
        self._answers.clear()
        return self


@pytest.fixture(scope="module")
def opened(running: PreparedAnswers) -> Run:
    with pytest.MonkeyPatch.context() as monkeypatch:
        use_as_aws(running.url, monkeypatch)
        account = Run()
        for call in CALLS:
            account._client(call)
        return account


@pytest.fixture
def account(opened: Run) -> Run:
    return opened.again()


@pytest.fixture
def server(running: PreparedAnswers, monkeypatch: pytest.MonkeyPatch) -> PreparedAnswers:
    use_as_aws(running.url, monkeypatch)
    running.answers.clear()
    running.asked.clear()
    return running


def parameters_of(call: Call) -> Mapping[str, Value]:
    """Those that a reader asks with, without those that it always has."""
    asked = what_is_read().parameters[call.operation][0]
    return {name: value for name, value in asked.items() if name not in call.always}


def read(call: Call, account: Account) -> list[object]:
    """The first value of each item that a call answers."""
    return [each.first for each in account.read(call, Anything, **parameters_of(call))]


def an_item(call: Call, name: str) -> Any:
    """An item of the list that a call answers, with a name as its first text."""
    item = operation_of(call).output_shape.members[call.answer].member
    if item.type_name == "string":
        return name
    return {next(key for key, shape in item.members.items() if shape.type_name == "string"): name}


def token_of(call: Call) -> str:
    """The key of an answer that asks for the next page; empty if the call has no pages."""
    keys = operation_of(call).output_shape.members
    return next((key for key in ("NextToken", "nextToken", "Marker") if key in keys), "")


def a_page(call: Call, *names: str, following: str = "") -> Answer:
    data: dict[str, Any] = {call.answer: [an_item(call, name) for name in names]}
    if following:
        more = {"AdditionalRoutesAvailable", "IsTruncated"} & {*operation_of(call).output_shape.members}
        data |= {token_of(call): following, **dict.fromkeys(more, True)}
    return an_answer(call, data)


def an_empty_answer(call: Call) -> Answer:
    """A right answer, in which nothing exists."""
    return an_answer(call, {call.answer: []} if token_of(call) else {})


def xml_error(code: str, message: str = "") -> Answer:
    error = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
    return Answer(f"<ErrorResponse><Errors>{error}</Errors>{error}</ErrorResponse>".encode(), status=400)


LOGIN = b"<html><head><title>Sign in</title></head><body><p>Welcome</p></body></html>"
BODIES = {
    "HTML page": b"<!DOCTYPE html>\n<html><body><p>Sign in<br>to go on</body></html>",
    "HTML page that is XML": LOGIN,
    "empty": b"",
    "blank": b" \n",
    "JSON list": b"[]",
    "JSON text": b'"Sign in"',
    "JSON null": b"null",
    "XML of an unknown encoding": b'<?xml version="1.0" encoding="none"?><a/>',
    "not text": b"\xff\xfe\x00",
    "error with the status of success": b"<Response><Errors><Error><Code>InvalidVpcID.NotFound</Code></Error></Errors></Response>",
}
ERROR_PAGES = {"redirect": 302, "refusal": 403, "not found": 404, "proxy": 407, "unavailable": 503}
EVERY_CALL = pytest.mark.parametrize("call", CALLS, ids=lambda call: call.operation)
PAGED = [call for call in CALLS if token_of(call)]


@EVERY_CALL
def test_an_answer_that_is_not_one_of_aws_is_unread(call: Call, account: Run, server: PreparedAnswers) -> None:
    """As the first answer of a run, which is not asked for again."""
    right = an_empty_answer(call).body
    cut_off = (right[: len(right) // 2], right[:-1])
    wrong_root = b'{"message": "Sign in"}' if right.startswith(b"{") else b"<Login/>"
    for body in (*BODIES.values(), *cut_off, wrong_root):
        server.answers[:], server.asked[:] = [Answer(body)], []
        account.again()
        for _ in range(2):
            with pytest.raises(UnreadError) as unread:
                read(call, account)
            assert unread.value.diagnostic.subject == call.action
            if body != wrong_root:  # a JSON object may be of any operation: it lacks what was asked for
                assert "HTTP status 200" in unread.value.diagnostic.message
        assert len(server.asked) == 1


@EVERY_CALL
@pytest.mark.parametrize("status", ERROR_PAGES.values(), ids=ERROR_PAGES)
def test_an_error_that_is_not_one_of_aws_is_unread(
    call: Call, status: int, account: Run, server: PreparedAnswers
) -> None:
    for body in (LOGIN, BODIES["HTML page"], BODIES["empty"]):
        server.answers[:] = [Answer(body, status=status)]
        with pytest.raises(UnreadError) as unread:
            read(call, account.again())
        assert unread.value.diagnostic.subject == call.action
        assert "Sign in" not in unread.value.diagnostic.message


@pytest.mark.parametrize("call", [GET_CALLER_IDENTITY, DESCRIBE_VPCS, DESCRIBE_CLUSTER, GET_SERVICE_QUOTA])
@pytest.mark.parametrize(("status", "attempts"), [(403, 1), (503, 5)])
def test_a_server_that_is_unavailable_is_asked_again(
    call: Call, status: int, attempts: int, server: PreparedAnswers
) -> None:
    server.answers[:] = [Answer(LOGIN, status=status)]
    with pytest.raises(UnreadError):
        read(call, Account())
    assert len(server.asked) == attempts


@pytest.mark.parametrize("call", PAGED, ids=lambda call: call.operation)
def test_every_page_of_an_answer_is_read(call: Call, account: Run, server: PreparedAnswers) -> None:
    server.answers[:] = [
        a_page(call, "first", following="token-1"),
        a_page(call, following="token-2"),
        a_page(call, "second", "third"),
    ]
    assert read(call, account) == ["first", "second", "third"]
    assert ["token-1" in asked for asked in server.asked] == [False, True, False]
    assert ["token-2" in asked for asked in server.asked] == [False, False, True]


@pytest.mark.parametrize("call", PAGED, ids=lambda call: call.operation)
def test_without_its_second_page_an_answer_is_unread(call: Call, account: Run, server: PreparedAnswers) -> None:
    """Not a part of a list, nor nothing if the error says that something does not exist."""
    first = a_page(call, "first", following="token-1")
    absent = {"__type": "ResourceNotFoundException", "message": "gone"}
    gone = Answer(
        b"<Response><Errors><Error><Code>InvalidVpcID.NotFound</Code></Error></Errors></Response>"
        if "xml" in first.content_type
        else str(absent).replace("'", '"').encode(),
        status=400,
    )
    for second in (*map(Answer, BODIES.values()), Answer(LOGIN, status=403), gone, None, first):
        server.answers[:] = [first, second]
        with pytest.raises(UnreadError) as unread:
            read(call, account.again())
        assert unread.value.diagnostic.subject == call.action
        assert "Sign in" not in unread.value.diagnostic.message


def test_routes_that_are_not_all_answered_are_unread(account: Run, server: PreparedAnswers) -> None:
    """EC2 says that there are more, and gives no token."""
    data = {"Routes": [an_item(SEARCH_TRANSIT_GATEWAY_ROUTES, "10.0.0.0/8")], "AdditionalRoutesAvailable": True}
    server.answers[:] = [an_answer(SEARCH_TRANSIT_GATEWAY_ROUTES, data)]
    with pytest.raises(UnreadError):
        read(SEARCH_TRANSIT_GATEWAY_ROUTES, account)


@pytest.mark.parametrize(
    ("call", "code", "message"),
    [
        (DESCRIBE_VPCS, "InvalidVpcID.NotFound", ""),
        (DESCRIBE_VPCS, "InvalidVpcID.Malformed", ""),
        (GET_ROLE, "NoSuchEntity", ""),
        (DESCRIBE_STACKS, "ValidationError", "Stack with id podspace-prod does not exist"),
    ],
)
def test_what_does_not_exist_is_nothing(
    call: Call, code: str, message: str, account: Run, server: PreparedAnswers
) -> None:
    server.answers[:] = [xml_error(code, message)]
    assert read(call, account) == []


@pytest.mark.parametrize(
    ("call", "code"),
    [(DESCRIBE_CLUSTER, "ResourceNotFoundException"), (GET_SERVICE_QUOTA, "NoSuchResourceException")],
)
def test_what_does_not_exist_is_nothing_for_services_with_json(
    call: Call, code: str, account: Run, server: PreparedAnswers
) -> None:
    server.answers[:] = [Answer(f'{{"__type": "{code}", "code": "{code}"}}'.encode(), status=404)]
    assert read(call, account) == []


@pytest.mark.parametrize(
    ("call", "answer", "says", "attempts"),
    [
        (DESCRIBE_STACKS, xml_error("ValidationError", "1 validation error"), "ValidationError: 1 validation error", 1),
        (DESCRIBE_SUBNETS, xml_error("ValidationError", "it does not exist"), "ValidationError", 1),
        (DESCRIBE_STACKS, xml_error("AlreadyExists", "or does not exist"), "AlreadyExists", 1),
        (DESCRIBE_SUBNETS, xml_error("InternalFailure", "try later"), "InternalFailure: try later", 1),
        *((DESCRIBE_SUBNETS, xml_error(code), f"not allowed ({code})", 1) for code in sorted(DENIED)),
        *(
            (DESCRIBE_STACKS, xml_error(code), f"throttled {ATTEMPTS} times ({code})", ATTEMPTS)
            for code in sorted(THROTTLED)
        ),
    ],
)
def test_other_errors_are_unread_with_their_reason(
    call: Call, answer: Answer, says: str, attempts: int, server: PreparedAnswers
) -> None:
    server.answers[:] = [answer]
    with pytest.raises(UnreadError) as unread:
        read(call, Account())
    assert says in unread.value.diagnostic.message
    assert len(server.asked) == attempts


def test_the_codes_of_refusals_are_those_of_aws() -> None:
    """EC2, IAM and EKS have codes of their own."""
    assert {"AccessDenied", "AccessDeniedException", "UnauthorizedException", "UnauthorizedOperation"} == DENIED
    assert {"RequestLimitExceeded", "Throttling", "ThrottlingException", "TooManyRequestsException"} == THROTTLED


@pytest.mark.parametrize("code", ["ExpiredToken", "RequestExpired", "AuthFailure", "InvalidClientTokenId"])
def test_credentials_that_are_not_valid_end_the_run(code: str, account: Run, server: PreparedAnswers) -> None:
    server.answers[:] = [xml_error(code)]
    with pytest.raises(LiveError) as failure:
        read(GET_CALLER_IDENTITY, account)
    assert not isinstance(failure.value, UnreadError)
    assert failure.value.diagnostic.fix


def test_the_first_call_may_fail_like_any_other(account: Run, server: PreparedAnswers) -> None:
    """Such as if a VPC has no endpoint of STS: what else is asked is read."""
    server.answers[:] = [None]
    with pytest.raises(UnreadError):
        read(GET_CALLER_IDENTITY, account)
    server.answers[:] = [a_page(DESCRIBE_VPCS, "vpc-1")]
    assert read(DESCRIBE_VPCS, account) == ["vpc-1"]
    server.answers[:] = [None]
    with pytest.raises(UnreadError):
        read(DESCRIBE_SUBNETS, account)


def test_a_run_ends_if_no_call_is_answered(server: PreparedAnswers) -> None:
    account = Account()
    server.answers[:] = [None]
    with pytest.raises(UnreadError):
        read(GET_CALLER_IDENTITY, account)
    with pytest.raises(LiveError) as failure:
        read(DESCRIBE_VPCS, account)
    assert not isinstance(failure.value, UnreadError)
    assert len(server.asked) == 2 * ATTEMPTS


@pytest.mark.parametrize("answer", [xml_error("AccessDenied"), Answer(LOGIN)], ids=["denied", "of a proxy"])
def test_a_call_that_is_refused_is_answered(answer: Answer, account: Run, server: PreparedAnswers) -> None:
    server.answers[:] = [answer]
    with pytest.raises(UnreadError):
        read(GET_CALLER_IDENTITY, account)
    server.answers[:] = [None]
    with pytest.raises(UnreadError):
        read(DESCRIBE_VPCS, account)


def test_an_endpoint_that_is_no_url_ends_the_run(server: PreparedAnswers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "nowhere")
    with pytest.raises(LiveError) as failure:
        read(DESCRIBE_VPCS, Account())
    assert not isinstance(failure.value, UnreadError)
    assert server.asked == []


def test_an_answer_is_requested_once(account: Run, server: PreparedAnswers) -> None:
    """By the same parameters, in any order."""
    server.answers[:] = [an_answer(DESCRIBE_VPC_ATTRIBUTE, {"VpcId": "vpc-1"})]
    account.read(DESCRIBE_VPC_ATTRIBUTE, Anything, VpcId="vpc-1", Attribute="enableDnsSupport")
    account.read(DESCRIBE_VPC_ATTRIBUTE, Anything, Attribute="enableDnsSupport", VpcId="vpc-1")
    assert len(server.asked) == 1
    account.read(DESCRIBE_VPC_ATTRIBUTE, Anything, VpcId="vpc-1", Attribute="enableDnsHostnames")
    assert len(server.asked) == 2


def test_an_answer_as_a_whole_and_a_list_of_names_are_read(account: Run, server: PreparedAnswers) -> None:
    class Identity(BaseModel):
        account: str = Field(alias="Account")

    server.answers[:] = [an_answer(GET_CALLER_IDENTITY, {"Account": "111122223333"})]
    assert [each.account for each in account.read(GET_CALLER_IDENTITY, Identity)] == ["111122223333"]
    server.answers[:] = [an_answer(LIST_NODEGROUPS, {"nodegroups": ["blue", "green"]})]
    assert LiveCluster(account, "prod").node_groups == ("blue", "green")
    server.answers[:] = [an_answer(DESCRIBE_CLUSTER, {"cluster": {"name": "prod", "resourcesVpcConfig": {}}})]
    assert (found := LiveCluster(account, "prod").cluster)
    assert found.name == "prod"


def test_an_answer_without_a_field_that_is_used_is_unread(account: Run, server: PreparedAnswers) -> None:
    class Named(BaseModel):
        name: str

    server.answers[:] = [a_page(DESCRIBE_VPCS, "vpc-1")]
    with pytest.raises(UnreadError, match="name") as unread:
        account.read(DESCRIBE_VPCS, Named)
    assert unread.value.diagnostic.subject == DESCRIBE_VPCS.action
