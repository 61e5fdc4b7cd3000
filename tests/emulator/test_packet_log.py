"""The record of packets: bounded, honest about what it has lost, without secrets; and recordings as files."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from core_wire import Wire
from test_core_process import COMMAND, once, running, token
from websockets.asyncio.client import connect

from pyconvo.emulator import log
from pyconvo.emulator.clock import Clock
from pyconvo.emulator.log import PacketLog
from pyconvo.testing import Emulator
from pyconvo.twilsock.packet import encode


def test_it_is_bounded_in_number_and_in_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = PacketLog(Clock(), limit=10)
    packet = encode({"method": "init", "id": "1", "token": "secret"}, {"a": "b" * 100})
    for _ in range(25):
        kept.add("c>s", "connection-1", "alice", packet)
    assert [entry["n"] for entry in kept.read()] == list(range(16, 26))
    assert (kept.count, kept.dropped(0), kept.dropped(14), kept.dropped(15), kept.dropped(99)) == (25, 15, 1, 0, 0)
    assert kept.read()[0]["header"]["token"] == "<token>"
    monkeypatch.setattr(log, "LARGEST", 3 * len(packet))
    kept.add("c>s", "connection-1", "alice", packet)
    assert [entry["n"] for entry in kept.read()] == [24, 25, 26]
    kept.clear()
    assert (kept.read(), kept.dropped(0)) == ([], 26)


async def test_a_cursor_tells_what_it_has_missed() -> None:
    with Emulator(log_size=6) as emulator:
        async with Wire.login(emulator, "alice") as wire:
            for _ in range(10):
                await wire.request("GET", "/Client/v2/Configuration")
        found = emulator.call("GET", "/emulator/log?after=3")
        assert len(found["log"]) <= 6
        assert found["dropped"] == found["log"][0]["n"] - 4
        assert found["last"] >= found["log"][-1]["n"]


async def test_what_is_malformed_is_recorded_as_such(emulator: Emulator) -> None:
    async with Wire.login(emulator, "alice") as wire:
        await wire.socket.send(b"TWILSOCK V3.0 nonsense")
        assert await wire.closed()
    malformed = [entry for entry in emulator.log() if entry.get("malformed")]
    assert [entry["dir"] for entry in malformed] == ["c>s"]


async def test_a_recording_made_by_one_process_is_played_by_another(tmp_path: Path) -> None:
    path = str(tmp_path / "session.jsonl")
    with running("--record", path) as (process, url, _printed):
        async with connect(url.replace("http", "ws") + "/v3/wsconnect", proxy=None) as ws:
            wire = Wire(ws)
            await wire.init(token(url, "alice"))
            recorded = (await wire.request("GET", "/v3/Maps/alice.channels")).payload
        process.kill()
    text = await asyncio.to_thread(Path(path).read_text)
    assert "eyJ" not in text
    assert json.loads(text.splitlines()[0])["url"] == url
    with running("--replay", path) as (_process, url, _printed):
        async with connect(url.replace("http", "ws") + "/v3/wsconnect", proxy=None) as ws:
            wire = Wire(ws)
            reply = await wire.init(token(url, "alice"))
            assert reply.header["status"]["code"] == 200
            assert (await wire.request("GET", "/v3/Maps/alice.channels")).payload == recorded
            assert (await wire.request("GET", "/v3/Maps/other")).header["http_status"]["code"] == 501


def test_a_file_that_is_no_recording_is_named(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("my notes\n")
    ended = once(*COMMAND, "--port", "0", "--replay", str(path))
    assert ended.returncode == 1
    assert "notes.txt: line 1 is not JSON" in ended.stderr
    assert "Traceback" not in ended.stderr
