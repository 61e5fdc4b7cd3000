"""What each transition of the connection machine does. No loop, no host."""

from __future__ import annotations

from typing import Any

import pytest
from played_machine import Connection

from pyconvo.backoff import RetryPolicy
from pyconvo.errors import TransportUnavailableError
from pyconvo.twilsock.actions import (
    CancelTimer,
    CloseSocket,
    ConnectionErrorInfo,
    Emit,
    OpenSocket,
    Send,
    Settle,
    StartTimer,
)
from pyconvo.twilsock.packet import decode
from pyconvo.twilsock.states import State


class TestInit:
    def test_normal_start(self) -> None:
        registrations = [{"product": "ip_messaging", "type": "ers", "message_types": ["a"]}]
        connection = Connection(registrations=registrations, client_metadata={"type": "conversations", "ver": "no"})
        connection.machine.connect()
        assert connection.take() == [
            Emit("state_changed", ("connecting",)),
            CancelTimer("closed"),
            CloseSocket(),
            OpenSocket(),
        ]
        connection.machine.socket_opened()
        connection.take()
        (init,) = connection.packets
        assert list(init.header) == [
            "id", "method", "token", "continuation_token", "metadata", "registrations", "tweaks", "capabilities",
            "payload_size",
        ]  # fmt: skip
        assert init.header["continuation_token"] is None
        assert init.header["tweaks"] is None
        assert init.header["registrations"] == registrations
        assert init.header["capabilities"] == ["client_update", "offline_storage", "telemetry.v1"]
        assert init.header["metadata"]["ver"] == "1.0.2"
        assert init.header["metadata"]["type"] == "conversations"
        connection.reply(header={"continuation_token": "ct", "capabilities": ["client_update"]})
        names = [one if isinstance(one, str) else one[0] for one in connection.events()]
        assert names == ["state_changed", "connected", "initialized"]

    def test_continuation_tokens(self) -> None:
        connection = Connection(continuation_token="from options").established()
        sent: list[Any] = []
        for answer in ({"continuation_token": "ct 2"}, {}, {"continuation_token": None}, {}):
            connection.machine.socket_closed()
            connection.machine.timer("retry")
            connection.machine.socket_opened()
            connection.take()
            sent.append(connection.packets[-1].header.get("continuation_token", "absent"))
            connection.reply(header=answer)
        assert sent == ["ct 1", "ct 2", "absent", None]

    def test_401_is_the_end(self) -> None:
        connection = Connection()
        connection.machine.connect()
        connection.machine.socket_opened()
        connection.events()
        connection.reply(401, errorCode=20104, description="Access Token expired")
        assert connection.events() == [
            ("state_changed", "denied"),
            "disconnected",
            "token_expired",
            ("connection_error", ConnectionErrorInfo(True, "Connection error: Access Token expired", 401, 20104)),
        ]
        assert connection.sent() == ["init", "close"]
        with pytest.raises(TransportUnavailableError, match="Unable to connect: Access Token expired"):
            connection.machine.request("GET", "https://x/y", grant=None)

    @pytest.mark.parametrize(("code", "closes"), [(429, True), (500, False), (503, True), (403, True)])
    def test_other_refusals(self, code: int, closes: bool) -> None:
        connection = Connection()
        connection.machine.connect()
        connection.machine.socket_opened()
        connection.events()
        connection.reply(code)
        terminal = code == 403
        info = ConnectionErrorInfo(terminal, "Connection error: Transport failure: TEXT", code, None)
        start: list[Any] = [("state_changed", "denied")] if terminal else []
        assert connection.events() == [*start, "disconnected", ("connection_error", info)]
        assert connection.sent() == (["init", "close"] if closes else ["init"])
        connection.machine.timer("closed")
        assert connection.state is (State.REJECTED if terminal else State.RETRYING)

    def test_429_sets_a_floor(self) -> None:
        connection = Connection()
        connection.machine.connect()
        connection.machine.socket_opened()
        connection.reply(429, {"backoff_policy": {"reconnect_min_ms": 7000}})
        connection.machine.timer("closed")
        assert StartTimer("retry", 7.0) in connection.take()

    def test_silence_is_tried_again(self) -> None:
        connection = Connection()
        connection.machine.connect()
        connection.machine.socket_opened()
        connection.events()
        (init,) = connection.packets
        connection.machine.timer(f"reply:{init.id}")
        text = f"Unknown error during connection initialisation: Twilsock: request timeout: {init.id}\n{{}}"
        assert connection.events() == [("connection_error", ConnectionErrorInfo(False, text)), "disconnected"]
        assert connection.state is State.ERROR
        connection.machine.timer("closed")
        assert StartTimer("retry", 1.0) in connection.take()

    def test_a_socket_lost_meanwhile(self) -> None:
        connection = Connection()
        connection.machine.connect()
        connection.machine.socket_opened()
        connection.events()
        connection.machine.socket_closed()
        ((name, info),) = connection.events()
        assert (name, info.terminal) == ("connection_error", False)
        assert connection.state is State.RETRYING


class TestCloses:
    @pytest.mark.parametrize("code", [308, 307, 400, 999])
    def test_come_back_later(self, code: int) -> None:
        connection = Connection().established()
        connection.close(code, {"backoff_policy": {"reconnect_min_ms": 200}})
        actions = connection.take()
        assert [one for one in actions if not isinstance(one, Send)] == [
            Emit("state_changed", ("disconnecting",)),
            StartTimer("wait", 3.0),
            CloseSocket(),
        ]
        assert connection.sent() == ["reply"]
        connection.machine.timer("wait")
        assert connection.take() == [CloseSocket(), StartTimer("closed", 0)]
        connection.machine.timer("closed")
        delay = 0.2 if code == 308 else 1.0
        assert connection.take() == [
            CancelTimer("wait"),
            Emit("state_changed", ("connecting",)),
            StartTimer("retry", delay),
        ]

    def test_410(self) -> None:
        connection = Connection().established()
        connection.close(410)
        assert connection.events() == [("state_changed", "disconnecting"), "token_expired"]
        connection.machine.timer("wait")
        connection.machine.timer("closed")
        assert connection.events() == [("state_changed", "disconnected"), "disconnected"]

    def test_401(self) -> None:
        connection = Connection().established()
        connection.close(401)
        assert connection.events() == [("state_changed", "disconnecting")]
        assert connection.state is State.WAIT_SOCKET_CLOSED

    def test_406_is_for_ever(self) -> None:
        connection = Connection().established()
        connection.close(406, description="no such method", errorCode=51214)
        info = ConnectionErrorInfo(True, "Connection error: no such method", 406, 51214)
        assert connection.events() == [("connection_error", info), ("state_changed", "disconnected"), "disconnected"]
        assert connection.sent() == ["reply", "close"]
        connection.machine.connect()
        key = connection.machine.update_token("token 2")
        (settled,) = connection.take()
        assert isinstance(settled, Settle)
        assert settled.key == key
        assert connection.state is State.UNSUPPORTED
        with pytest.raises(TransportUnavailableError, match="no such method"):
            connection.machine.request("GET", "https://x/y", grant=None)
        connection.machine.disconnect()
        assert connection.take() == [Settle("disconnect")]

    def test_417_says_nothing(self) -> None:
        connection = Connection().established()
        connection.close(417)
        assert connection.events() == [("state_changed", "disconnected"), "disconnected"]


class TestReceived:
    def test_everything_but_a_reply_is_acknowledged_first(self) -> None:
        connection = Connection().established()
        for method in ("notification", "ping", "client_update", "moonshine"):
            connection.receive({"method": method, "id": f"TM{method}", "message_type": "t"}, {"a": 1})
        first = connection.take()[0]
        assert isinstance(first, Send)
        assert decode(first.data).header == {
            "id": "TMnotification",
            "method": "reply",
            "payload_type": "application/json",
            "status": {"code": 200, "status": "OK"},
            "payload_size": 0,
        }
        assert [one.id for one in connection.packets] == ["TMnotification", "TMping", "TMclient_update", "TMmoonshine"]

    def test_events(self) -> None:
        connection = Connection().established()
        connection.receive({"method": "notification", "id": "1", "message_type": "t"}, {"a": 1})
        connection.receive({"method": "notification", "id": "2", "message_type": "u"})
        connection.receive({"method": "client_update", "id": "3", "client_update_type": "token_about_to_expire"})
        connection.receive({"method": "client_update", "id": "4", "client_update_type": "tea"})
        assert connection.events() == [("message", "t", {"a": 1}), ("message", "u", None), "token_about_to_expire"]

    def test_a_close_without_a_code_is_only_acknowledged(self) -> None:
        connection = Connection().established()
        connection.receive({"method": "close", "id": "1"})
        assert connection.state is State.CONNECTED
        assert connection.sent() == ["reply"]


class TestEndOfAttempts:
    def test_the_limit_ends_in_disconnected(self) -> None:
        policy = RetryPolicy(max_attempts=2)
        connection = Connection(retry_policy=policy)
        connection.machine.connect()
        connection.events()
        for _ in range(2):
            connection.machine.socket_closed()
            connection.machine.timer("retry")
        connection.events()
        connection.machine.socket_closed()
        message = "Connection error: Maximum attempt count limit reached"
        assert connection.events() == [
            ("state_changed", "disconnected"),
            "disconnected",
            ("connection_error", ConnectionErrorInfo(True, message)),
        ]
        connection.machine.connect()
        assert connection.state is State.CONNECTING

    def test_a_bad_url_ends_in_disconnected(self) -> None:
        connection = Connection()
        connection.machine.connect()
        connection.machine.request("GET", "https://x/y", grant=None)
        connection.events()
        connection.machine.socket_impossible("not a URL")
        actions = connection.take()
        assert [one for one in actions if isinstance(one, Emit)] == [
            Emit("connection_error", (ConnectionErrorInfo(True, "Socket error: not a URL"),)),
            Emit("state_changed", ("disconnected",)),
            Emit("disconnected"),
        ]
        (failed, _) = [one for one in actions if isinstance(one, Settle)]
        assert str(failed.error) == "Unable to connect: Socket error: not a URL"
