"""Every call of ``emulator.faults`` plans what the emulator accepts, and can be taken back."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from pyconvo.testing import Emulator
from pyconvo.testing.faults import Faults

#: What a call needs beside what it knows itself.
NEEDED: dict[str, Any] = {"seconds": 0.5, "status": 503, "packets": 3, "how": "empty", "offset": 10}
#: These plan nothing: they happen now, or have tests of their own.
OTHERS = {"plan", "list", "clear", "expire_tokens", "warn_of_expiry", "send_malformed"}
CALLS = [name for name, _ in inspect.getmembers(Faults, inspect.isfunction) if not name.startswith("_")]


@pytest.mark.parametrize("name", [name for name in CALLS if name not in OTHERS])
def test_it_is_planned_and_taken_back(emulator: Emulator, name: str) -> None:
    call = getattr(emulator.faults, name)
    assert inspect.getdoc(call), f"{name} does not say what it does"
    parameters = inspect.signature(call).parameters.values()
    given = {one.name: NEEDED[one.name] for one in parameters if one.default is one.empty and one.name in NEEDED}
    planned = call(**given)
    listed = emulator.call("GET", "/emulator/faults")["faults"]
    assert [one["id"] for one in listed] == [planned.id]
    assert planned.struck == 0
    planned.remove()
    assert emulator.call("GET", "/emulator/faults")["faults"] == []


def test_all_others_are_known() -> None:
    assert set(CALLS) >= OTHERS
