"""``pyconvo.json_writer``: the same text as the standard library's encoder, and the same refusals."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyconvo.json_writer import writer

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.integers() | st.booleans() | st.none(), inner),
    max_leaves=20,
)
BOTH = pytest.mark.parametrize("ensure_ascii", [True, False])


def by_the_library(value: Any, ensure_ascii: bool) -> str:
    return json.JSONEncoder(ensure_ascii=ensure_ascii, separators=(",", ":"), allow_nan=False).encode(value)


@BOTH
@given(value=VALUES)
def test_it_writes_what_the_library_writes(ensure_ascii: bool, value: Any) -> None:
    assert writer(ensure_ascii=ensure_ascii)(value) == by_the_library(value, ensure_ascii)


@BOTH
def test_lone_surrogates_and_subclasses_are_written_as_the_library_writes_them(ensure_ascii: bool) -> None:
    class Text(str): ...

    class Number(int):
        def __repr__(self) -> str:
            return "seven"

    class Table(dict[str, Any]): ...

    value = Table({"lone": "\ud800", "text": Text('"\u2028é'), "number": Number(7), "pair": (1, [])})
    assert writer(ensure_ascii=ensure_ascii)(value) == by_the_library(value, ensure_ascii)


def circle() -> list[Any]:
    made: list[Any] = [1]
    made.append({"again": made})
    return made


@BOTH
@pytest.mark.parametrize(
    ("value", "refusal"),
    [(float("nan"), ValueError), ([float("inf")], ValueError), (circle(), ValueError), ({1, 2}, TypeError)],
    ids=["nan", "infinity", "circle", "set"],
)
def test_what_has_no_json_is_refused_as_by_the_library(
    ensure_ascii: bool, value: Any, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal) as theirs:
        by_the_library(value, ensure_ascii)
    with pytest.raises(refusal) as ours:
        writer(ensure_ascii=ensure_ascii)(value)
    assert str(ours.value) == str(theirs.value)


def test_after_a_refusal_the_same_objects_can_be_written() -> None:
    write = writer(ensure_ascii=False)
    inner: dict[str, Any] = {"broken": object()}
    outer = [inner]
    with pytest.raises(TypeError):
        write(outer)
    inner["broken"] = "mended"
    assert write(outer) == '[{"broken":"mended"}]'


def test_an_interpreter_without_the_quick_encoder_writes_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json.encoder, "c_make_encoder", None)
    assert writer(ensure_ascii=True)({"é": [1, 2.5, None]}) == '{"\\u00e9":[1,2.5,null]}'
