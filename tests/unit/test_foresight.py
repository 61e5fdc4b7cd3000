"""What a token tells of its user's list, before the service does."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyconvo.services.foresight import expected_list


def token(claims: Any) -> str:
    return f"e30.{base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip('=')}.sign"


@pytest.mark.parametrize("identity", ["alice", "a/b?c", "🦊 fox", "ab", "abc", "~~~???"])
def test_by_the_identity(identity: str) -> None:
    assert expected_list(token({"grants": {"identity": identity}})) == f"{identity}.channels"


@pytest.mark.parametrize("claims", [None, 1, [], {}, {"grants": None}, {"grants": {}}, {"grants": {"identity": 7}},
                                    {"grants": {"identity": ""}}, {"grants": {"identity": "\ud800"}}])  # fmt: skip
def test_claims_that_do_not_tell_it(claims: Any) -> None:
    assert expected_list(token(claims)) == ""


@given(st.text() | st.text(alphabet="AZaz09-_.=+/", max_size=40))
def test_any_text(text: str) -> None:
    assert isinstance(expected_list(text), str)
    assert isinstance(expected_list(f"e30.{text}.sign"), str)
