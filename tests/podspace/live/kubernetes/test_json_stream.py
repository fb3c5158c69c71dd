"""Objects come one at a time, out of any JSON that kubectl or the API server writes."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Iterator
from io import BytesIO
from itertools import chain, islice, repeat
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podspace.live.failure import UnreadError
from podspace.live.kubernetes import json_stream
from podspace.live.kubernetes.json_stream import json_objects

ITEM = st.dictionaries(
    st.text(max_size=6),
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
)


def read(text: str | bytes) -> list[tuple[str, Any]]:
    return list(json_objects(BytesIO(text.encode() if isinstance(text, str) else text), name="pods.json"))


def until_it_fails(objects: Iterator[tuple[str, Any]]) -> tuple[list[tuple[str, Any]], str]:
    """What comes before the error, and what that says."""
    before = []
    try:
        for each in objects:
            before.append(each)
    except UnreadError as error:
        return before, str(error)
    raise AssertionError


def a_pod(name: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}}


@pytest.mark.parametrize("indent", [None, 4])
def test_a_list_of_kubectl_is_its_items(indent: int | None) -> None:
    """Which say their kinds."""
    items = [a_pod("a"), {"kind": "Node"}]
    text = json.dumps({"apiVersion": "v1", "items": items, "kind": "List", "metadata": {}}, indent=indent)
    assert read(text) == [("Pod", items[0]), ("Node", items[1])]


def test_items_of_the_servers_own_list_have_the_kind_of_the_list() -> None:
    """They do not say it themselves."""
    assert read(json.dumps({"kind": "PodList", "items": [{"metadata": {}}]})) == [("Pod", {"metadata": {}})]


def test_a_single_object_is_read() -> None:
    """As `kubectl get nodeclass pods -o json` prints it."""
    assert read(json.dumps(a_pod("a"))) == [("Pod", a_pod("a"))]


def test_several_documents_are_read_one_after_the_other() -> None:
    """Of any form, as of several commands into one pipe."""
    text = (
        json.dumps({"items": [a_pod("a")], "kind": "List"}) + "\n" + json.dumps(a_pod("b")) + json.dumps([a_pod("c")])
    )
    assert [data["metadata"]["name"] for _, data in read(text)] == ["a", "b", "c"]


@pytest.mark.parametrize("text", ["", " \n", '{"kind": "List", "items": []}', "[]"])
def test_nothing_is_no_object(text: str) -> None:
    """And no fault either."""
    assert read(text) == []


def test_a_mark_of_byte_order_is_read_over() -> None:
    """Some shells write one."""
    assert read(b"\xef\xbb\xbf" + json.dumps(a_pod("a")).encode()) == [("Pod", a_pod("a"))]


@given(
    items=st.lists(ITEM, max_size=6), number=st.floats(allow_nan=False, allow_infinity=False), piece=st.integers(1, 40)
)
def test_the_size_of_the_pieces_makes_no_difference(items: list[dict[str, Any]], number: float, piece: int) -> None:
    """Wherever a piece ends, in a number, a word or a character of several bytes."""
    text = json.dumps({"number": number, "items": items, "kind": "List"}, ensure_ascii=False)
    single = json.dumps({"kind": "Pod", "number": number})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_stream, "_PIECE", piece)
        assert [data for _, data in read(text + single)] == [*items, {"kind": "Pod", "number": number}]


@given(items=st.lists(ITEM, min_size=1, max_size=4), data=st.data())
def test_what_breaks_off_gives_what_came_before(items: list[dict[str, Any]], data: st.DataObject) -> None:
    """And says so, wherever it was cut."""
    text = json.dumps({"items": items, "kind": "List"}).encode()
    cut = data.draw(st.integers(1, len(text) - 1))
    before, message = until_it_fails(json_objects(BytesIO(text[:cut]), name="-"))
    assert "breaks off after" in message
    assert [item for _, item in before] == items[: len(before)]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            '{"items": [{"a": 1}, {b: 2}]}',
            "is broken (Expecting property name enclosed in double quotes) after 1 object",
        ),
        ('{"items": [{"a": 1} {"b": 2}]}', "has '{' in place of ',' after 1 object"),
        ('{"items" [1]}', "has '[' in place of ':'"),
        ("{1: 2}", "has a key that is no text"),
        ('"text"', "has a value that is no object"),
        ('{"kind": "Pod"} x', "has a value that is no object after 1 object"),
        ("[" * 100_000, "is nested too deeply after 0 objects"),
        ('{"a":' * 100_000, "is nested too deeply after 0 objects"),
        (b'{"kind": "\xff"}', "is not in UTF-8"),
    ],
)
def test_what_is_no_json_is_refused(text: str | bytes, says: str) -> None:
    """With what is wrong, and how far it was read."""
    with pytest.raises(UnreadError) as refusal:
        read(text)
    assert refusal.value.diagnostic.subject == "pods.json"
    assert says in refusal.value.diagnostic.message


def test_a_value_without_end_is_given_up() -> None:
    """Before it fills the memory."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_stream, "_LARGEST", 1000)
        patch.setattr(json_stream, "_PIECE", 100)
        with pytest.raises(UnreadError, match="is broken"):
            read('{"items": ["' + "x" * 5000)


class _Long(BytesIO):
    """A list of so many pods, made as it is read."""

    def __init__(self, count: int) -> None:
        super().__init__()
        pod = json.dumps({**a_pod("x"), "spec": {"text": "y" * 2000}}).encode()
        self._parts = chain([b'{"kind": "PodList", "items": [', pod], repeat(b"," + pod, count - 1), [b"]}"])

    def read(self, size: int | None = -1) -> bytes:
        return b"".join(islice(self._parts, 1 + (size or 0) // 2000))


def test_memory_does_not_grow_with_the_number_of_objects() -> None:
    """A piece and an object are held, no more."""
    peaks = []
    for count in (2_000, 10_000):
        tracemalloc.start()
        assert sum(1 for _ in json_objects(_Long(count), name="-")) == count
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] * 1.2
