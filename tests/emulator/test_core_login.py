"""Logging in over a real socket: tokens and how they are refused, their lifetime on the emulator's clock."""

from __future__ import annotations

import time
from typing import Any

import jwt
import pytest
from core_wire import TYPES, Wire

from pyconvo.emulator.config import ACCOUNT_SID, API_KEY_SECRET, API_KEY_SID, SERVICE_SID
from pyconvo.testing import Emulator
from pyconvo.tokens import access_token

KEYS: dict[str, Any] = {
    "account_sid": ACCOUNT_SID,
    "api_key_sid": API_KEY_SID,
    "api_key_secret": API_KEY_SECRET,
    "service_sid": SERVICE_SID,
}


def signed(claims: dict[str, Any], algorithm: str = "HS256") -> str:
    return jwt.encode(claims, API_KEY_SECRET if algorithm == "HS256" else API_KEY_SECRET * 2, algorithm=algorithm)


def tampered(token: str) -> str:
    """The same header and signature around other claims."""
    head, _, signature = token.split(".")
    return ".".join((head, access_token("mallory", **KEYS).split(".")[1], signature))


async def test_init_is_answered_with_all_that_a_client_keeps(emulator: Emulator) -> None:
    async with Wire.open(emulator) as wire:
        reply = await wire.init(emulator.token("alice"), continuation_token=None)
        header = reply.header
        assert header["status"] == {"code": 200, "status": "OK"}
        assert header["capabilities"] == ["client_update", "offline_storage"]
        assert header["continuation_token_status"]["reissue_reason"] == "MISSING"
        assert header["offline_storage"]["ip_messaging"]["storage_id"]
        assert header["init_registrations"][0]["message_types"] == TYPES
    assert [user["identity"] for user in emulator.state()["users"]] == ["alice"]


async def test_a_continuation_token_is_taken_back(emulator: Emulator) -> None:
    async with Wire.open(emulator) as wire:
        first = await wire.init(emulator.token("alice"))
    async with Wire.open(emulator) as wire:
        again = await wire.init(emulator.token("alice"), continuation_token=first.header["continuation_token"])
        assert again.header["continuation_token_status"] == {"reissued": False}
    async with Wire.open(emulator) as wire:
        bob = await wire.init(emulator.token("bob"), continuation_token=first.header["continuation_token"])
        assert bob.header["continuation_token_status"]["reissue_reason"] == "DIFFERENT_IDENTITY"


async def test_the_storage_id_stays_until_the_data_goes(emulator: Emulator) -> None:
    async def storage(identity: str) -> str:
        async with Wire.open(emulator) as wire:
            reply = await wire.init(emulator.token(identity))
            return str(reply.header["offline_storage"]["ip_messaging"]["storage_id"])

    first = await storage("alice")
    assert await storage("alice") == first
    assert await storage("bob") != first
    emulator.reset()
    assert await storage("alice") != first


@pytest.mark.parametrize(
    ("token", "code"),
    [
        ("", 20101),
        (None, 20101),
        (17, 20101),
        ("nonsense", 20101),
        ("a.b.c", 20101),
        (access_token("alice", **KEYS)[:-10], 20101),
        (tampered(access_token("alice", **KEYS)), 20107),
        (access_token("alice", **KEYS | {"api_key_secret": "another-secret-of-thirty-two-bytes"}), 20107),
        (access_token("alice", **KEYS, now=time.time() - 7200), 20104),
        (access_token("alice", **KEYS | {"service_sid": "IS" + "1" * 32}), 20106),
        (signed({"exp": time.time() + 60, "grants": {"identity": "alice"}}), 20106),
        (signed({"exp": time.time() + 60, "grants": {"chat": {"service_sid": SERVICE_SID}}}), 20106),
        (signed({"exp": time.time() + 60}), 20106),
        (signed({"grants": {"identity": "alice", "chat": {"service_sid": SERVICE_SID}}}), 20104),
        (signed({"exp": time.time() + 60, "grants": {"identity": "alice"}}, algorithm="HS384"), 20101),
    ],
)
async def test_a_bad_token_is_refused_with_its_reason(emulator: Emulator, token: Any, code: int) -> None:
    async with Wire.open(emulator) as wire:
        status = (await wire.init(token)).header["status"]
        assert (status["code"], status["status"], status["errorCode"]) == (401, "UNAUTHORIZED", code)
        assert status["description"]
        assert await wire.closed()
    assert emulator.state()["users"] == []


async def test_an_unsigned_token_is_refused(emulator: Emulator) -> None:
    claims = {"exp": time.time() + 60, "grants": {"identity": "alice", "chat": {"service_sid": SERVICE_SID}}}
    async with Wire.open(emulator) as wire:
        assert (await wire.init(jwt.encode(claims, None, algorithm="none"))).header["status"]["code"] == 401


async def test_a_warning_three_minutes_before_the_end_then_the_end(emulator: Emulator) -> None:
    emulator.freeze()
    async with Wire.login(emulator, "alice", ttl=600) as wire:
        emulator.advance(419)
        assert await wire.silence() == []
        emulator.advance(2)
        warning = await wire.next()
        assert warning.method == "client_update"
        assert warning.header["client_update_type"] == "token_about_to_expire"
        emulator.advance(178)
        assert await wire.silence() == []
        emulator.advance(2)
        end = await wire.next()
        assert end.method == "close"
        assert end.header["status"] == {
            "code": 410,
            "status": "TOKEN_EXPIRED",
            "description": "Token expired",
            "errorCode": 51207,
        }
        assert await wire.closed()
    expired = emulator.token("alice", 60)
    emulator.advance(61)
    async with Wire.open(emulator) as wire:
        assert (await wire.init(expired)).header["status"]["errorCode"] == 20104


async def test_a_short_lived_token_is_warned_of_at_once(emulator: Emulator) -> None:
    emulator.freeze()
    async with Wire.login(emulator, "alice", ttl=60) as wire:
        assert (await wire.next()).header["client_update_type"] == "token_about_to_expire"


async def test_an_update_puts_the_end_off(emulator: Emulator) -> None:
    emulator.freeze()
    async with Wire.login(emulator, "alice", ttl=600) as wire:
        emulator.advance(500)
        assert (await wire.next()).method == "client_update"
        reply = await wire.call({"method": "update", "token": emulator.token("alice", 600)})
        assert reply.header["status"]["code"] == 200
        emulator.advance(400)
        assert await wire.silence() == []
        emulator.advance(30)
        assert (await wire.next()).method == "client_update"


async def test_an_update_needs_a_good_token_of_the_same_identity(emulator: Emulator) -> None:
    async with Wire.login(emulator, "alice") as wire:
        wrong = await wire.call({"method": "update", "token": emulator.token("bob")})
        assert (wrong.header["status"]["code"], wrong.header["status"]["errorCode"]) == (401, 51215)
        expired = await wire.call({"method": "update", "token": access_token("alice", **KEYS, now=1000)})
        assert expired.header["status"]["errorCode"] == 20104
        # The old token is still good.
        assert (await wire.request("GET", "/Client/v2/Configuration")).header["http_status"]["code"] == 200


async def test_two_tokens_of_one_moment_differ(emulator: Emulator) -> None:
    emulator.freeze()
    assert emulator.token("alice") != emulator.token("alice")


async def test_presence_follows_the_first_and_the_last_connection(emulator: Emulator) -> None:
    def online() -> Any:
        return next(user["online"] for user in emulator.state()["users"] if user["identity"] == "alice")

    async with Wire.login(emulator, "bob") as bob:
        async with Wire.login(emulator, "alice") as first:
            async with Wire.login(emulator, "alice"):
                assert online() is True
            await first.silence()
            assert online() is True
            info = (await bob.request("GET", f"/v3/Maps/{await user_map(emulator, 'alice')}")).payload
            await bob.subscribe((info["sid"], info["last_event_id"]))
            await bob.event("subscription_established")
        gone = await bob.event("map_item_updated")
        assert gone.payload["event"]["item_data"]["online"] is False
    assert online() is False


async def user_map(emulator: Emulator, identity: str) -> str:
    return next(f"{user['sid']}.info" for user in emulator.state()["users"] if user["identity"] == identity)


@pytest.mark.parametrize(
    ("status", "text"), [(401, "UNAUTHORIZED"), (403, "FORBIDDEN"), (429, "TOO_MANY_REQUESTS"), (500, None)]
)
async def test_a_login_can_be_refused_on_request(emulator: Emulator, status: int, text: str | None) -> None:
    policy = {"reconnect_min_ms": 200}
    emulator.fault(on="init", action="respond", status=status, times=2, body={"backoff_policy": policy})
    for _ in range(2):
        async with Wire.open(emulator) as wire:
            reply = await wire.init(emulator.token("alice"))
            assert reply.header["status"]["code"] == status
            assert text is None or reply.header["status"]["status"] == text
            assert reply.payload == {"backoff_policy": policy}
    async with Wire.login(emulator, "alice"):
        pass


async def test_a_second_login_on_one_socket_starts_anew(emulator: Emulator) -> None:
    async with Wire.login(emulator, "alice") as wire:
        mine = (await wire.request("GET", "/v3/Maps/alice.channels")).payload["sid"]
        await wire.subscribe((mine, 0))
        await wire.event("subscription_established")
        assert (await wire.init(emulator.token("bob"))).header["status"]["code"] == 200
        (connection,) = emulator.state()["connections"]
        assert (connection["identity"], connection["subscriptions"]) == ("bob", 0)
        refused = await wire.request("GET", "/v3/Maps/alice.channels")
        assert (refused.header["http_status"]["code"], refused.payload["code"]) == (403, 54007)


async def test_registrations_of_the_wrong_shape_are_refused(emulator: Emulator) -> None:
    for wrong in ("all", [1], {"a": 1}, [{"message_types": 5}]):
        async with Wire.open(emulator) as wire:
            reply = await wire.call({"method": "init", "token": emulator.token("alice"), "registrations": wrong})
            assert reply.header["status"]["code"] == 401
            assert "registrations" in reply.header["status"]["description"]
