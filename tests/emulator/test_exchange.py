"""The whole state out and in again; fixtures from files."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from core_wire import Wire
from test_core_process import COMMAND, once, running, token

from pyconvo.emulator import exchange, migrations
from pyconvo.emulator.config import SERVICE_SID
from pyconvo.testing import Emulator
from pyconvo.testing.emulator import EmulatorError

TEAM: dict[str, Any] = {
    "users": [{"identity": "alice", "friendlyName": "Älice", "attributes": {"n": [1, None, 2.5]}}],
    "conversations": [{"uniqueName": "team", "participants": ["alice", "bob"], "messages": ["one", "two"]}],
}
YAML = """
users:
  - identity: alice
    attributes: {born: 1990-01-02}
conversations:
  - uniqueName: team
    participants: [alice, bob]
    messages: [one, {author: bob, body: "two: with a colon"}]
"""


def comparable(state: dict[str, Any]) -> dict[str, Any]:
    """What an export holds, but for what differs by its nature."""
    tables = {name: table for name, table in state["tables"].items() if name != "emulator"}
    return {"tables": tables, "indexes": state["indexes"], "ids": state["ids"], "frozen": state["clock"]["frozen"]}


def gone(emulator: Emulator) -> None:
    """Wait until nobody is connected: that somebody goes is a change, too."""
    for _ in range(1000):
        if not emulator.state()["connections"]:
            return
        time.sleep(0.01)
    pytest.fail("somebody stayed connected")


async def use(emulator: Emulator) -> None:
    """A bit of everything: media with bytes, an open connection, a moved clock."""
    emulator.reset(seed=3)
    emulator.seed(TEAM)
    emulator.advance(86_400)
    emulator.freeze()
    async with Wire.login(emulator, "alice") as wire:
        sid = emulator.state()["conversations"][0]["sid"]
        path = f"/Client/v2/Services/{SERVICE_SID}/Conversations/{sid}/Messages"
        await wire.request("POST", path, {"body": "three"})

        headers = {"x-twilio-token": emulator.token("alice"), "content-type": "application/octet-stream"}
        url = f"{emulator.url}/v1/Services/{SERVICE_SID}/Media"
        async with httpx.AsyncClient(trust_env=False) as http:
            (await http.post(url, content=bytes(range(256)), headers=headers)).raise_for_status()


async def test_what_was_exported_is_back_to_the_last_byte(emulator: Emulator) -> None:
    await use(emulator)
    gone(emulator)
    state = emulator.export()
    now = emulator.now()
    described = emulator.state()
    assert any(one for one in state["tables"]["media_content"]["rows"])
    # In JSON and back, as through a file.
    state = json.loads(json.dumps(state))
    emulator.reset()
    async with Wire.login(emulator, "carol") as wire:
        emulator.take_over(state)
        assert await wire.closed()
    assert comparable(emulator.export()) == comparable(state)
    assert emulator.now() == now
    assert emulator.state()["conversations"] == described["conversations"]
    # Life goes on where it stood: the next identifier, the next index, the next event.
    made = []
    for _ in range(2):
        emulator.take_over(state)
        emulator.seed({"conversations": [{"uniqueName": "next", "participants": ["alice"]}]})
        made.append(emulator.state()["conversations"])
    assert made[0] == made[1]
    emulator.reset()


async def test_clients_resume_after_an_import(emulator: Emulator) -> None:
    await use(emulator)
    gone(emulator)
    state = emulator.export()
    async with Wire.open(emulator) as wire:
        before = (await wire.init(emulator.token("alice"))).header["offline_storage"]
        channels = (await wire.request("GET", "/v3/Maps/alice.channels")).payload
    emulator.take_over(state)
    async with Wire.open(emulator) as wire:
        # What a client has cached may be later than what is back.
        assert (await wire.init(emulator.token("alice"))).header["offline_storage"] != before
        again = (await wire.request("GET", "/v3/Maps/alice.channels")).payload
        assert (again["sid"], again["revision"], again["last_event_id"]) == (
            channels["sid"],
            channels["revision"],
            channels["last_event_id"],
        )
        await wire.subscribe((again["sid"], 0))
        assert (await wire.event("map_item_added")).payload["event"]["id"] == 1
    emulator.reset()


def test_a_clock_that_runs_goes_on_and_never_back(emulator: Emulator) -> None:
    emulator.advance(1000)
    state = emulator.export()
    emulator.reset()
    emulator.take_over(state)
    assert state["clock"]["now"] <= emulator.now() < state["clock"]["now"] + 60
    state["clock"]["now"] += 500
    emulator.take_over(state)
    assert emulator.now() >= state["clock"]["now"]
    emulator.reset()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"format": "something else"}, "its format is not"),
        ({"schema": 10_000}, "use a newer one"),
        ({"schema": "1"}, "this emulator reads"),
        ({"tables": {"users": {}}}, "cannot be read"),
        ({"tables": {"users": {"sql": "ATTACH DATABASE 'x' AS y", "columns": [], "rows": []}}}, "CREATE statement"),
        ({"tables": {"x": {"sql": "CREATE TABLE x (a)", "columns": ["a) --"], "rows": []}}}, "are words"),
        ({"tables": {"x": {"sql": "CREATE TABLE x (a); DROP TABLE x", "columns": [], "rows": []}}}, "one statement"),
        ({"tables": {"x": {"sql": "CREATE TABLE x (a)", "columns": ["a"], "rows": [[[1]]]}}}, "cannot be read"),
        ({"clock": {"now": "noon"}}, "cannot be read"),
        ({"ids": [3, [1], None]}, "cannot be read"),
    ],
)
def test_what_is_no_state_changes_nothing(emulator: Emulator, change: dict[str, Any], words: str) -> None:
    emulator.seed(TEAM)
    before = emulator.state()["conversations"]
    with pytest.raises(EmulatorError, match=words):
        emulator.take_over(emulator.export() | change)
    assert emulator.state()["conversations"] == before


def test_a_table_of_another_shape_changes_nothing(emulator: Emulator) -> None:
    emulator.seed(TEAM)
    state = emulator.export()
    state["tables"]["users"] = {"sql": "CREATE TABLE users (x)", "columns": ["x"], "rows": []}
    with pytest.raises(EmulatorError, match=r"table users must have the columns .*identity"):
        emulator.take_over(state)
    assert [user["identity"] for user in emulator.state()["users"]] == ["alice", "bob"]


def test_a_state_of_an_older_version_is_migrated(emulator: Emulator) -> None:
    with sqlite3.connect(":memory:", isolation_level=None) as db:
        db.executescript((Path(__file__).parent / "fixtures" / "schema-1.sql").read_text())
        emulator.take_over(exchange.write(db) | {"schema": 1})
    assert emulator.export()["schema"] == migrations.VERSION
    assert [message["body"] for message in emulator.state()["conversations"][0]["messages"]] == [
        "one", "two", "three", "four",
    ]  # fmt: skip


def test_a_seed_makes_the_whole_state_repeatable(emulator: Emulator) -> None:
    states = []
    emulator.freeze()
    at = emulator.now()
    for _ in range(2):
        emulator.reset(seed=11)
        emulator.call("POST", "/emulator/clock", {"set": at + 1000, "freeze": True})
        asyncio.run(login(emulator))
        gone(emulator)
        emulator.seed(TEAM)
        states.append(comparable(emulator.export()))
    assert states[0] == states[1]
    emulator.reset()


async def login(emulator: Emulator) -> None:
    async with Wire.login(emulator, "alice"):
        pass


def test_fixtures_come_from_files(tmp_path: Path) -> None:
    fixture, db = tmp_path / "team.yaml", str(tmp_path / "db")
    fixture.write_text(YAML)
    for _ in range(2):  # the second time there is data already
        with running("--seed-file", str(fixture), "--db", db) as (_process, url, _printed):
            state = read(url, "/emulator/state")
            assert [one["body"] for one in state["conversations"][0]["messages"]] == ["one", "two: with a colon"]
            assert {one["identity"] for one in state["users"]} == {"alice", "bob"}
    (tmp_path / "team.json").write_text(json.dumps(TEAM))
    with running("--seed-file", str(tmp_path / "team.json")) as (_process, url, _printed):
        assert read(url, "/emulator/state")["users"][0]["friendlyName"] == "Älice"


def test_the_state_goes_to_a_file_at_the_end(tmp_path: Path) -> None:
    fixture, out = tmp_path / "team.json", tmp_path / "state.json"
    fixture.write_text(json.dumps(TEAM))
    with running("--seed-file", str(fixture), "--export", str(out)) as (process, _url, _printed):
        process.terminate()
        process.wait(10)
    with running("--import", str(out)) as (_process, url, _printed):
        assert token(url, "alice")
        state = read(url, "/emulator/state")
        assert [one["body"] for one in state["conversations"][0]["messages"]] == ["one", "two"]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.yaml", "a: [1", "not valid YAML"),
        ("a.json", "{", "not valid JSON"),
        ("a.json", "[]", "an object with users"),
        ("a.json", '{"rooms": []}', "rooms"),
        (None, "", "cannot be read"),
    ],
)
def test_a_fixture_that_is_none_is_named(tmp_path: Path, name: str | None, content: str, words: str) -> None:
    path = tmp_path / (name or "missing.json")
    if name is not None:
        path.write_text(content)
    ended = once(*COMMAND, "--port", "0", "--seed-file", str(path))
    assert ended.returncode == 1
    assert path.name in ended.stderr
    assert words in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_fixture_may_be_posted_as_yaml(emulator: Emulator) -> None:

    headers = {"content-type": "application/yaml"}
    url = f"{emulator.url}/emulator/seed"
    answer = httpx.post(url, content=YAML, headers=headers, trust_env=False)
    assert set(answer.json()["conversations"]) == {"team"}
    refused = httpx.post(url, content="a: [1", headers=headers, trust_env=False)
    assert (refused.status_code, "not valid YAML" in refused.json()["message"]) == (400, True)


def read(url: str, path: str) -> Any:

    return httpx.get(url + path, trust_env=False).json()
