"""What is no packet, or no sensible one: answered in words, and nobody else notices."""

from __future__ import annotations

import pytest
from core_wire import Wire
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from pyconvo.testing import Emulator
from pyconvo.twilsock.packet import decode, encode

UNPARSABLE: dict[str, bytes] = {
    "empty": b"",
    "no packet": b"hello",
    "http": b"GET / HTTP/1.1\r\n\r\n",
    "other version": b"TWILSOCK V9.0 2\r\n{}\r\n",
    "size is no number": b"TWILSOCK V3.0 x\r\n{}\r\n",
    "size is too large": b"TWILSOCK V3.0 9999\r\n{}\r\n",
    "size is absurd": b"TWILSOCK V3.0 9999999999999999999\r\n{}\r\n",
    "truncated JSON": b'TWILSOCK V3.0 7\r\n{"id":"\r\n',
    "header is a list": b"TWILSOCK V3.0 2\r\n[]\r\n",
    "header is not text": b"TWILSOCK V3.0 2\r\n\xff\xfe\r\n",
    "deeply nested": b"TWILSOCK V3.0 200000\r\n" + b"[" * 200_000 + b"\r\n",
    "payload is cut off": encode({"id": "TM1", "method": "message"}, {"body": "long"})[:-4],
    "negative payload size": b'TWILSOCK V3.0 19\r\n{"payload_size":-1}\r\n',
    "no id": encode({"method": "init"}),
    "id is a number": encode({"method": "init", "id": 5}),
    "no text": b'TWILSOCK V3.0 36\r\n{"method":"ab\\ud800cd","id":"\\ud800"}\r\n',
}


@pytest.mark.parametrize("data", UNPARSABLE.values(), ids=list(UNPARSABLE))
async def test_an_unparsable_packet_is_answered_with_406_and_the_reason(emulator: Emulator, data: bytes) -> None:
    async with Wire.login(emulator, "bob") as bystander, Wire.login(emulator, "alice") as wire:
        await wire.socket.send(data)
        packet = await wire.next()
        assert packet.method == "close"
        status = packet.header["status"]
        assert (status["code"], status["status"], status["errorCode"]) == (406, "NOT_ACCEPTABLE_MESSAGE", 51214)
        assert status["description"]
        assert await wire.closed()
        assert (await bystander.request("GET", "/Client/v2/Configuration")).header["http_status"]["code"] == 200


async def test_a_text_frame_is_refused(emulator: Emulator) -> None:
    async with Wire.open(emulator) as wire:
        await wire.socket.send("TWILSOCK V3.0 2\r\n{}\r\n")
        status = (await wire.next()).header["status"]
        assert status["code"] == 406
        assert "binary" in status["description"]


async def test_an_unknown_method_gets_a_reply_and_the_connection_goes_on(emulator: Emulator) -> None:
    async with Wire.login(emulator, "alice") as wire:
        reply = await wire.call({"method": "dance"})
        assert reply.header["status"]["code"] == 400
        assert "dance" in reply.header["status"]["description"]
        assert (await wire.call({"method": "put_notification_ctx"})).header["status"]["code"] == 200
        assert (await wire.call({"method": "delete_notification_ctx"})).header["status"]["code"] == 200


async def test_nothing_comes_before_init(emulator: Emulator) -> None:
    async with Wire.open(emulator) as wire:
        await wire.send({"method": "message", "http_request": {"path": "/Client/v2/Configuration", "method": "GET"}})
        status = (await wire.next()).header["status"]
        assert status["code"] == 401
        assert "init" in status["description"]


@pytest.mark.parametrize("http", [None, 5, {}, {"path": 7}, {"host": "x"}])
async def test_a_message_without_a_request_is_refused(emulator: Emulator, http: object) -> None:
    async with Wire.login(emulator, "alice") as wire:
        reply = await wire.call({"method": "message", "http_request": http})
        assert reply.header["status"]["code"] == 400
        assert "http_request" in reply.header["status"]["description"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("GET", "no-slash", 404),
        ("PATCH", "/Client/v2/Configuration", 405),
        ("GET", "/v3/Maps/%FF%FE", 404),
        ("GET", "/v3/Maps/..%2F..%2Fetc", 404),
        ("POST", "/v4/Subscriptions", 400),
    ],
)
async def test_an_address_that_is_none_is_refused_as_twilio_does(
    emulator: Emulator, method: str, path: str, status: int
) -> None:
    async with Wire.login(emulator, "alice") as wire:
        reply = await wire.request(method, path)
        assert reply.header["status"]["code"] == 200
        assert reply.header["http_status"]["code"] == status
        assert reply.payload["status"] == status
        assert reply.payload["more_info"].startswith("https://www.twilio.com/docs/errors/")


async def test_a_body_that_is_no_json_is_refused(emulator: Emulator) -> None:
    async with Wire.login(emulator, "alice") as wire:
        for body in ("{", "[]", "5", '{"data":{"x":NaN}}', '{"data":"\\ud800"}', "[" * 100_000):
            reply = await wire.request("POST", "/v3/Documents", body)
            assert reply.header["http_status"]["code"] == 400, body[:20]
        lone = await wire.request("POST", "/v3/Documents", '{"data":{"x":"\\ud800"}}')
        assert lone.header["http_status"]["code"] == 400


async def test_strange_headers_and_params_do_no_harm(emulator: Emulator) -> None:
    async with Wire.login(emulator, "alice") as wire:
        http = {"path": "/Client/v2/Configuration", "method": "GET", "params": [1], "headers": "none", "host": None}
        reply = await wire.call({"method": "message", "http_request": http})
        assert reply.header["http_status"]["code"] == 200
        http |= {"headers": {"X": None, "Content-Length": "99", "Ü": "ü"}, "params": {"a": {"b": 1}, "c": None}}
        reply = await wire.call({"method": "message", "http_request": http})
        assert reply.header["http_status"]["code"] == 200


async def test_trailing_bytes_and_replies_are_ignored(emulator: Emulator) -> None:
    async with Wire.login(emulator, "alice") as wire:
        data = encode({"method": "put_notification_ctx", "id": "TMx"}, {"a": 1}) + b"\r\n"
        await wire.socket.send(encode({"method": "reply", "id": "unknown"}))
        await wire.socket.send(encode({"method": "telemetry.v1", "id": "TMy", "events": []}))
        await wire.socket.send(data)
        assert (await wire.next()).id == "TMx"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    data=st.binary(max_size=200)
    | st.dictionaries(
        st.sampled_from(["id", "method", "token", "http_request", "registrations", "continuation_token"]),
        st.sampled_from(["init", "message", "update", "close", "reply", "x"])
        | st.none()
        | st.integers()
        | st.dictionaries(st.sampled_from(["path", "method", "params", "headers", "host"]), st.text(max_size=5)),
    ).map(encode)
)
def test_whatever_is_sent_the_answer_is_a_packet(emulator_server: Emulator, data: bytes) -> None:
    with connect(emulator_server.ws_url, proxy=None) as socket:
        socket.send(encode({"id": "TM0", "method": "init", "token": emulator_server.token("fuzz")}))
        decode(socket.recv(5))  # type: ignore[arg-type]
        socket.send(data)
        socket.send(encode({"id": "TMlast", "method": "put_notification_ctx"}))
        try:
            while True:
                packet = decode(socket.recv(5))  # type: ignore[arg-type]
                assert packet.method in ("reply", "close")
                if packet.id == "TMlast" or packet.method == "close":
                    break
        except ConnectionClosed:
            pass


async def test_pings_are_sent_and_silence_ends_a_connection() -> None:
    with Emulator(ping_interval=0.05) as emulator:
        async with Wire.login(emulator, "alice") as answering, Wire.login(emulator, "bob") as silent:
            for _ in range(6):
                ping = await answering.next()
                assert ping.method == "ping"
                await answering.send({"method": "reply", "id": ping.id, "status": {"code": 200, "status": "OK"}})
            assert await silent.closed()
            assert [packet.method for packet in silent.received[1:]] == ["ping"] * 3
            assert [one["identity"] for one in emulator.state()["connections"]] == ["alice"]
