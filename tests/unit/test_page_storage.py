"""The page's session storage on the bridge: along with a client, and back."""

from __future__ import annotations

import json
from typing import Any

import bridge_model as model

from pyconvo.bridge.core import Bridge
from pyconvo.bridge.page_storage import PageStorage
from pyconvo.hosts.memory import MemoryHost
from pyconvo.options import ClientOptions

ENTRIES = {"id::map::x": "{}", "id::list::y": "[]"}


def options_of(operation: dict[str, Any]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """What a client is made with, and where its operations for the page go."""
    made: list[dict[str, Any]] = []
    posted: list[dict[str, Any]] = []

    def make(token: str, options: dict[str, Any] | None, *, host: Any) -> model.Client:
        made.append(options or {})
        return model.Client(token, options)

    host = MemoryHost()
    bridge = Bridge(lambda text: posted.extend(json.loads(text)), host, make)
    bridge.receive(json.dumps([{"op": "new", "handle": -1, "user": -2, **operation}]))
    if (storage := made[0].get("sessionStorage")) is not None:
        storage.set("id::map::x", '{"a": 1}')
        storage.remove("id::list::y")
    bridge._outbox.flush()
    return made[0], [one for one in posted if one["op"] == "store"]


def test_entries_come_along_and_changes_go_back() -> None:
    options, posted = options_of({"args": ["t", {"region": "au1"}], "stored": ENTRIES})
    storage = options["sessionStorage"]
    assert isinstance(storage, PageStorage)
    assert posted == [
        {"op": "store", "key": "id::map::x", "value": '{"a": 1}'},
        {"op": "store", "key": "id::list::y", "value": None},
    ]
    # Removed; given out once; none.
    assert [storage.get(key) for key in ("id::list::y", "id::map::x", "id::map::x", "z")] == [None, "{}", None, None]
    assert ClientOptions.read(options).storage(MemoryHost()) is storage


def test_a_page_that_keeps_nothing() -> None:
    # An option of this name can only come from the page's author, and means nothing there.
    options, posted = options_of({"args": ["t", {"sessionStorage": {"get": 1}}]})
    assert options == {}
    assert posted == []


def test_each_client_has_its_own() -> None:
    one, other = ({"args": ["t", {}], "stored": {"id::map::x": text}} for text in ("1", "2"))
    texts = [options_of(operation)[0]["sessionStorage"].get("id::map::x") for operation in (one, other)]
    assert texts == ["1", "2"]
