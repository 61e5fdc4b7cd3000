"""The HTTP door: who may ask, from which page, static files, and slow or broken peers."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from core_wire import Wire
from starlette.types import Message, Receive, Scope, Send
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin

from pyconvo.emulator import EmulatorConfig
from pyconvo.emulator.gate import Gate
from pyconvo.emulator.service import Service
from pyconvo.testing import Emulator


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    folder = tmp_path_factory.mktemp("site")
    for name in ("index.html", "a.js", "a.mjs", "a.wasm", "a.json", "a.css", "a.js.map", "a.zip", "b.txt"):
        (folder / name).write_text("x")
    (folder / "deep").mkdir()
    (folder / "deep" / "index.html").write_text("deep")
    (folder.parent / "secret.txt").write_text("not for you")
    with Emulator(mounts=(("/", str(folder)), ("/dist", str(folder)))) as running:
        yield running


def get(emulator: Emulator, path: str, method: str = "GET", **headers: str) -> httpx.Response:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.request(method, emulator.url + path, headers=names, trust_env=False)


def test_the_bare_address_says_what_this_is(emulator_server: Emulator) -> None:
    with Emulator() as bare:
        text = get(bare, "/").text
    assert "development" in text
    assert "wsconnect" in text


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:80", ""])
@pytest.mark.parametrize("path", ["/token?identity=alice", "/emulator/state", "/"])
def test_only_loopback_host_names_are_answered(files: Emulator, host: str, path: str) -> None:
    assert get(files, path, host=host).status_code == 403


@pytest.mark.parametrize("host", ["localhost", "localhost:1234", "127.0.0.1", "[::1]", "[::1]:8080"])
def test_every_loopback_name_is(files: Emulator, host: str) -> None:
    assert get(files, "/token?identity=alice", host=host).status_code == 200


def test_other_host_names_can_be_allowed() -> None:
    with Emulator(open_hosts=("dev.test",)) as emulator:
        assert get(emulator, "/emulator/state", host="dev.test:80").status_code == 200
        assert get(emulator, "/emulator/reset", "POST", origin="http://dev.test:80").status_code == 200
        assert get(emulator, "/emulator/state", host="other.test").status_code == 403
        # Or the page could not read the answer.
        page = "https://dev.test:3000"
        assert get(emulator, "/emulator/state", origin=page).headers["access-control-allow-origin"] == page


def test_pages_of_no_origin_can_be_allowed(emulator: Emulator) -> None:
    assert get(emulator, "/token?identity=alice", origin="null").status_code == 403
    with Emulator(open_hosts=("null",)) as opened:
        answer = get(opened, "/token?identity=alice", origin="null")
        assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (200, "null")


@pytest.mark.parametrize("origin", ["http://localhost:3000", "https://127.0.0.1", "http://[::1]:5173"])
def test_pages_of_this_machine_may_use_it(emulator: Emulator, origin: str) -> None:
    answer = get(emulator, "/token?identity=alice&ttl=60", origin=origin)
    assert answer.headers["access-control-allow-origin"] == origin
    assert answer.json() | {"token": ""} == {"token": "", "identity": "alice", "ttl": 60}
    preflight = get(
        emulator,
        "/emulator/reset",
        "OPTIONS",
        origin=origin,
        access_control_request_method="POST",
        access_control_request_headers="content-type",
    )
    assert preflight.status_code == 200
    assert preflight.headers["access-control-allow-origin"] == origin
    # Errors too, or the page could not read them.
    assert get(emulator, "/token", origin=origin).headers["access-control-allow-origin"] == origin


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost.evil.example", "file://"])
def test_pages_of_other_machines_may_not(emulator: Emulator, origin: str) -> None:
    emulator.seed({"users": [{"identity": "alice"}]})
    answer = get(emulator, "/emulator/reset", "POST", origin=origin, content_type="text/plain")
    assert answer.status_code == 403
    assert "access-control-allow-origin" not in answer.headers
    assert len(emulator.state()["users"]) == 1


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost.evil.example"])
async def test_nor_open_sockets(emulator: Emulator, origin: str) -> None:
    """A browser asks nobody before a page opens a socket: anybody's page could log in as anybody."""
    with pytest.raises(InvalidStatus) as refused:
        await connect(emulator.ws_url, proxy=None, origin=Origin(origin))
    assert refused.value.response.status_code == 403
    async with connect(emulator.ws_url, proxy=None, origin=Origin("http://localhost:3000")) as opened:
        assert (await Wire(opened).init(emulator.token("alice"))).header["status"]["code"] == 200


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.js", "text/javascript; charset=utf-8"),
        ("a.mjs", "text/javascript; charset=utf-8"),
        ("a.wasm", "application/wasm"),
        ("a.json", "application/json"),
        ("a.js.map", "application/json"),
        ("a.css", "text/css; charset=utf-8"),
        ("a.zip", "application/zip"),
        ("", "text/html; charset=utf-8"),
        ("deep/", "text/html; charset=utf-8"),
    ],
)
def test_static_files_have_their_types(files: Emulator, name: str, kind: str) -> None:
    for prefix in ("/", "/dist/"):
        answer = get(files, prefix + name, origin="https://cdn.example")
        assert answer.status_code == 200
        assert answer.headers["content-type"] == kind
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "cross-origin-opener-policy" not in answer.headers


@pytest.mark.parametrize("path", ["/missing", "/dist/missing.js", "/../secret.txt", "/%2e%2e/secret.txt"])
def test_what_is_not_there_is_not_found(files: Emulator, path: str) -> None:
    answer = get(files, path)
    assert answer.status_code == 404
    assert "not for you" not in answer.text


def test_the_client_api_over_http_needs_a_token(emulator: Emulator) -> None:
    refused = get(emulator, "/Client/v2/Configuration")
    assert (refused.status_code, refused.json()["code"]) == (401, 20101)
    answer = get(emulator, "/Client/v2/Configuration", x_twilio_token=emulator.token("alice"))
    assert answer.json()["identity"] == "alice"
    assert get(emulator, "/v3/Maps/alice.channels", x_twilio_token=emulator.token("alice")).status_code == 200


async def test_a_direct_request_reaches_connected_clients(emulator: Emulator) -> None:
    emulator.seed({"conversations": [{"uniqueName": "room", "participants": [{"identity": "alice"}]}]})
    sid = emulator.state()["conversations"][0]["sid"]
    async with Wire.login(emulator, "alice") as wire:
        opened = (await wire.request("GET", f"/v3/Lists/{sid}.messages")).payload
        await wire.subscribe((opened["sid"], opened["last_event_id"]))
        await wire.event("subscription_established")
        emulator.call("POST", f"/emulator/conversations/{sid}/messages", {"bodies": ["one", "two"]})
        assert [(await wire.event("list_item_added")).payload["event"]["item_data"]["text"] for _ in "ab"] == [
            "one",
            "two",
        ]


async def test_a_slow_upload_stops_nobody(emulator: Emulator) -> None:
    host, port = emulator.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as slow:
        slow.sendall(
            b"POST /emulator/seed HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            b'Content-Length: 1000\r\n\r\n{"users": ['
        )
        async with Wire.login(emulator, "alice") as wire:
            assert (await wire.request("GET", "/Client/v2/Configuration")).header["http_status"]["code"] == 200
        assert get(emulator, "/emulator/state").status_code == 200


def test_a_single_file_is_served_at_its_address_and_nothing_beside_it(tmp_path: Path) -> None:
    (tmp_path / "front.html").write_text("front")
    (tmp_path / "beside.html").write_text("beside")
    with Emulator(mounts=(("/", str(tmp_path / "front.html")),)) as running:
        answer = get(running, "/")
        assert (answer.text, answer.headers["content-type"]) == ("front", "text/html; charset=utf-8")
        assert get(running, "/beside.html").status_code == 404


async def test_an_answer_may_listen_for_its_callers_going_while_it_is_sent() -> None:
    """As streamed answers do: they would never end if what they hear were the request again and again."""
    service = Service(EmulatorConfig(port=0))
    heard: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        heard.append((await receive())["type"])
        listening = asyncio.create_task(receive())
        await asyncio.sleep(0)
        assert not listening.done()
        gone.set()
        heard.append((await listening)["type"])
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    gone = asyncio.Event()
    incoming = iter([{"type": "http.request", "body": b"{}", "more_body": False}])

    async def receive() -> Message:
        for message in incoming:
            return message
        await gone.wait()
        return {"type": "http.disconnect"}

    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": "/emulator/state", "headers": [(b"host", b"127.0.0.1")]}
    await asyncio.wait_for(Gate(app, service)(scope | {"query_string": b""}, receive, send), 10)
    assert heard == ["http.request", "http.disconnect"]
    assert sent[0]["status"] == 204
