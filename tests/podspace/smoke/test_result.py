"""Termination messages are text from anywhere: a result of a probe, or refused in one line."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podspace.smoke.result import LARGEST, ResultError, Row, result_of
from tests.podspace.smoke.smoke_objects import message


def test_a_result_has_its_rows() -> None:
    result = result_of(message([("dns", "cluster", "ok", "10.100.0.1")], done=False))
    assert result.rows == (Row("dns", "cluster", "ok", "10.100.0.1"),)
    assert not result.done


@pytest.mark.parametrize(
    "text",
    [
        "",
        "panic: no space left",
        message([("dns", "cluster", "ok", "")])[:-10],
        "[]",
        "null",
        "{}",
        '{"v":2,"done":true,"checks":[]}',
        '{"v":1,"done":"yes","checks":[]}',
        '{"v":1,"done":true,"checks":[["dns","cluster","ok"]]}',
        '{"v":1,"done":true,"checks":[["dns",1,"ok",""]]}',
        '{"v":1,"done":true,"checks":{"a":[]}}',
        '{"v":1,"done":true,"checks":[["dns","' + "x" * 301 + '","ok",""]]}',
        '{"v":1,"done":true,"checks":[' + " " * LARGEST + "]}",
        "[" * 4000,
    ],
)
def test_what_is_no_result_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(ResultError) as refusal:
        result_of(text)
    assert "\n" not in str(refusal.value)


@given(
    st.text()
    | st.recursive(
        st.none() | st.booleans() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    ).map(json.dumps)
)
def test_any_text_is_a_result_or_refused(text: str) -> None:
    try:
        result_of(text)
    except ResultError:
        return
