"""The emulator as a process: its command line, a taken port, a shared file, and kill -9 in the middle of writes."""

from __future__ import annotations

import asyncio
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from core_wire import Wire
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from pyconvo.emulator.config import SERVICE_SID
from pyconvo.twilsock.packet import decode, encode

COMMAND = [sys.executable, "-m", "pyconvo.emulator"]
QUIET = {"env": {**os.environ, "PYTHONUNBUFFERED": "1"}, "text": True}


@contextmanager
def running(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], str, str]]:
    """A process, its address, and what it printed until it was ready."""
    process = subprocess.Popen(
        [*COMMAND, "--port", "0", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        **QUIET,  # type: ignore[call-overload]
    )
    printed = ""
    try:
        assert process.stdout is not None
        for line in process.stdout:
            printed += line
            if found := re.match(r"Ready: (http://\S+)/$", line):
                yield process, found[1], printed
                return
        pytest.fail(f"not ready: {printed}")
    finally:
        process.kill()
        process.wait(10)


def once(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        arguments,
        capture_output=True,
        timeout=30,
        check=False,
        **QUIET,  # type: ignore[call-overload]
    )


def token(url: str, identity: str) -> str:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(f"{url}/token?identity={identity}") as answer:
        return str(json.load(answer)["token"])


def test_it_says_what_it_is_for_and_how_to_reach_it() -> None:
    with running() as (process, url, printed):
        assert "development" in printed
        assert f"{url.replace('http', 'ws')}/v3/wsconnect" in printed
        assert "AC" + "0" * 32 in printed
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0
        assert process.stdout is not None
        assert process.stdout.read() == ""


async def test_it_ends_quietly_while_clients_are_connected() -> None:
    with running() as (process, url, _):
        async with connect(url.replace("http", "ws") + "/v3/wsconnect", proxy=None) as ws:
            wire = Wire(ws)
            await wire.init(token(url, "alice"))
            process.send_signal(signal.SIGTERM)
            assert await wire.closed()
        assert await asyncio.to_thread(process.wait, 10) in (0, -signal.SIGTERM)
        assert process.stdout is not None
        assert process.stdout.read() == ""


def test_a_taken_port_is_named_with_a_remedy() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ended = once(*COMMAND, "--port", port)
    assert ended.returncode == 1
    assert port in ended.stderr
    assert "--port" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_file_in_use_is_named_with_a_remedy(tmp_path: Path) -> None:
    path = str(tmp_path / "db")
    with running("--db", path):
        ended = once(*COMMAND, "--port", "0", "--db", path)
    assert ended.returncode == 1
    assert path in ended.stderr
    assert "in use by another emulator" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["--port", "99999"],
        ["--port", "x"],
        ["--mount", "nonsense"],
        ["--mount", "/x=/does/not/exist"],
        ["--host", "not-a-host.invalid", "--port", "0"],
        ["--db", "/does/not/exist/db", "--port", "0"],
    ],
)
def test_wrong_arguments_are_answered_in_words(arguments: list[str]) -> None:
    ended = once(*COMMAND, *arguments)
    assert ended.returncode in (1, 2)
    assert ended.stderr.strip()
    assert "Traceback" not in ended.stderr


async def test_a_token_from_the_command_line_opens_it() -> None:
    printed = once(sys.executable, "-m", "pyconvo.cli", "token", "alice", "--ttl", "60").stdout.strip()
    with running() as (_, url, _printed):
        async with connect(url.replace("http", "ws") + "/v3/wsconnect", proxy=None) as ws:
            reply = await Wire(ws).init(printed)
            assert reply.header["status"]["code"] == 200
    wrong = once(sys.executable, "-m", "pyconvo.cli", "token", "", "--ttl", "60")
    assert (wrong.returncode, "identity" in wrong.stderr) == (1, True)


async def test_killed_in_the_middle_of_writes_it_has_lost_nothing_acknowledged(tmp_path: Path) -> None:
    path = str(tmp_path / "db")
    acknowledged: list[int] = []
    for life in range(3):
        with running("--db", path) as (process, url, _):
            async with connect(url.replace("http", "ws") + "/v3/wsconnect", proxy=None) as ws:
                wire = Wire(ws)
                await wire.init(token(url, "alice"))
                if life == 0:
                    await wire.request("POST", "/v3/Lists", {"unique_name": "l"})
                kept = [item["data"]["n"] for item in await all_items(wire)]
                assert kept[: len(acknowledged)] == acknowledged
                acknowledged = kept
                await write_until_killed(wire, process, acknowledged, after=60)
    with running("--db", path) as (_, url, _printed):
        async with connect(url.replace("http", "ws") + "/v3/wsconnect", proxy=None) as ws:
            wire = Wire(ws)
            await wire.init(token(url, "alice"))
            kept = [item["data"]["n"] for item in await all_items(wire)]
    assert len(acknowledged) >= 180
    assert kept[: len(acknowledged)] == acknowledged


@pytest.mark.timeout(240)
async def test_killed_again_and_again_every_message_is_whole(tmp_path: Path) -> None:
    """Messages touch many tables at once: after each kill, all that was acknowledged is in all of them."""
    path, chance = str(tmp_path / "db"), random.Random(4)
    acknowledged = 0
    for _ in range(8):
        with running("--db", path) as (process, url, _printed):
            async with connect(url.replace("http", "ws") + "/v3/wsconnect", proxy=None) as ws:
                wire = Wire(ws)
                await wire.init(token(url, "alice"))
                acknowledged = await whole(wire, acknowledged)
                base = f"/Client/v2/Services/{SERVICE_SID}/Conversations"
                if not acknowledged:
                    made = await wire.request("POST", base, {"unique_name": "room"})
                    await wire.request("POST", f"{base}/{made.payload['sid']}/Participants", {"identity": "alice"})
                sid = (await wire.request("GET", "/v3/Maps/alice.channels/Items")).payload["items"][0]["key"]
                until = acknowledged + chance.randrange(1, 40)
                http = {"path": f"{base}/{sid}/Messages", "method": "POST"}
                for number in range(acknowledged, until + 40):
                    header = {"method": "message", "http_request": http, "payload_type": "application/json"}
                    await wire.send(header, {"body": str(number)})
                while acknowledged < until:
                    packet = await wire.next()
                    acknowledged += packet.method == "reply"
                process.kill()
    with running("--db", path) as (_process, url, _printed):
        async with connect(url.replace("http", "ws") + "/v3/wsconnect", proxy=None) as ws:
            wire = Wire(ws)
            await wire.init(token(url, "alice"))
            assert await whole(wire, acknowledged) >= acknowledged > 50


async def whole(wire: Wire, acknowledged: int) -> int:
    """How many messages there are: the same ones, in the same order, wherever they are kept."""
    channels = (await wire.request("GET", "/v3/Maps/alice.channels/Items")).payload["items"]
    if not channels:
        return 0
    sid = channels[0]["key"]
    conversation = (await wire.request("GET", f"/Client/v2/Services/{SERVICE_SID}/Conversations/{sid}")).payload
    items = await all_items(wire, f"{sid}.messages")
    bodies = [item["data"]["text"] for item in items]
    assert bodies == [str(number) for number in range(len(bodies))]
    assert len(bodies) >= acknowledged
    assert conversation["messages_count"] == len(bodies)
    document = (await wire.request("GET", f"/v3/Documents/{sid}.channel")).payload["data"]
    assert document["lastMessage"]["index"] == len(bodies) - 1
    return len(bodies)


async def all_items(wire: Wire, name: str = "l") -> list[dict[str, Any]]:
    page = (await wire.request("GET", f"/v3/Lists/{name}/Items", PageSize="100")).payload
    items = list(page["items"])
    while page["meta"]["next_token"]:
        page = (await wire.request("GET", f"/v3/Lists/{name}/Items", PageToken=page["meta"]["next_token"])).payload
        items += page["items"]
    return items


async def write_until_killed(wire: Wire, process: subprocess.Popen[str], acknowledged: list[int], after: int) -> None:
    """Send many writes at once, kill the process once ``after`` of them were acknowledged, note those that were."""
    start = len(acknowledged)
    for number in range(start, start + 4 * after):
        http = {"path": "/v3/Lists/l/Items", "method": "POST"}
        header = {"id": f"N{number}", "method": "message", "http_request": http, "payload_type": "application/json"}
        await wire.socket.send(encode(header, {"data": {"n": number}}))
    killed = False
    try:
        while True:
            packet = decode(await wire.socket.recv())  # type: ignore[arg-type]
            assert packet.header["http_status"]["code"] == 201
            assert packet.id == f"N{len(acknowledged)}"
            acknowledged.append(len(acknowledged))
            if len(acknowledged) - start == after:
                process.kill()
                killed = True
    except ConnectionClosed:
        assert killed
