"""The media service: uploads raw and as forms, records, sets, content under temporary addresses, media in messages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from domain_world import World

from pyconvo.emulator.conversations import Limits
from pyconvo.emulator.errors import TwilioError
from pyconvo.testing import Emulator

PAGE = "http://localhost:3000"
SERVICE = "/v1/Services/IS" + "0" * 32
MEDIA, MEDIA_SET = f"{SERVICE}/Media", f"{SERVICE}/MediaSet"


def ask(emulator: Emulator, method: str, path: str, who: str | None = "alice", **more: Any) -> httpx.Response:
    headers = {"Origin": PAGE, **({"X-Twilio-Token": emulator.token(who)} if who else {}), **more.pop("headers", {})}
    url = path if path.startswith("http") else emulator.url + path
    return httpx.request(method, url, headers=headers, trust_env=False, **more)


def upload(emulator: Emulator, data: bytes = b"hello", who: str = "alice", query: str = "") -> dict[str, Any]:
    answer = ask(
        emulator, "POST", f"{MEDIA}?Category=media{query}", who, content=data, headers={"Content-Type": "text/plain"}
    )
    assert answer.status_code == 201, answer.text
    record: dict[str, Any] = answer.json()
    return record


def test_a_raw_upload_and_its_content(emulator: Emulator) -> None:
    made = upload(emulator, bytes(range(256)), query="&Filename=f+%C3%BC%2B%26.txt")
    expected = {"category": "media", "content_type": "text/plain", "filename": "f ü+&.txt", "size": 256}
    assert {name: made[name] for name in expected} == expected
    assert (made["author"], made["channel_sid"], made["is_multipart_upstream"]) == ("alice", None, False)
    record = ask(emulator, "GET", f"{MEDIA}/{made['sid']}").json()
    assert record | {"links": 0} == made | {"links": 0}
    # Without a token, from any local page, and harmless as a page of its own.
    answer = ask(emulator, "GET", record["links"]["content_direct_temporary"], None)
    assert (answer.content, answer.headers["content-type"]) == (bytes(range(256)), "text/plain")
    assert answer.headers["access-control-allow-origin"] == PAGE
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["content-disposition"] == "inline; filename*=UTF-8''f%20%C3%BC%2B%26.txt"


def test_a_form_gives_its_first_file(emulator: Emulator) -> None:
    parts = {"note": (None, "not this"), "file": ('a "b" ü.bin', b"\r\n--x\x00\xff\r\n", "image/png")}
    made = ask(emulator, "POST", f"{MEDIA}?Category=body", files=parts).json()
    assert (made["filename"], made["content_type"], made["category"]) == ('a "b" ü.bin', "image/png", "body")
    assert ask(emulator, "GET", made["links"]["content_direct_temporary"], None).content == b"\r\n--x\x00\xff\r\n"
    plain = ask(emulator, "POST", MEDIA, files={"text": (None, "words")}).json()
    assert (plain["filename"], plain["content_type"], plain["size"]) == (None, "application/octet-stream", 5)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data", b""),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data\r\n\r\nendless"),
        ("multipart/form-data; boundary=x", b"--x\r\nno end of header\r\n--x--"),
        ("multipart/form-data; boundary=x", b"--x--"),
    ],
)
def test_broken_forms_are_refused(emulator: Emulator, kind: str, body: bytes) -> None:
    answer = ask(emulator, "POST", MEDIA, content=body, headers={"Content-Type": kind})
    assert (answer.status_code, answer.json()["code"]) == (400, 20001)


def test_pages_may_ask_before_they_upload(emulator: Emulator) -> None:
    headers = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type,x-twilio-token"}
    answer = ask(emulator, "OPTIONS", f"{MEDIA}?Category=media", None, headers=headers)
    assert answer.status_code == 200
    assert "x-twilio-token" in answer.headers["access-control-allow-headers"].lower()
    assert answer.headers["access-control-allow-origin"] == PAGE


def test_only_with_a_valid_token(emulator: Emulator) -> None:
    for path, method in ((MEDIA, "POST"), (f"{MEDIA}/ME{'0' * 32}", "GET"), (MEDIA_SET, "POST")):
        answer = ask(emulator, method, path, None, headers={"X-Twilio-Token": "nonsense"})
        assert (answer.status_code, answer.json()["code"]) == (401, 20101)
        assert answer.headers["access-control-allow-origin"] == PAGE


def test_a_set_of_records(emulator: Emulator) -> None:
    one, two = upload(emulator), upload(emulator, b"two")
    unknown = f"ME{'0' * 32}"
    wanted = {"command": "get", "list": [{"media_sid": sid} for sid in (two["sid"], one["sid"], unknown)]}
    answer = ask(emulator, "POST", MEDIA_SET, json=wanted).json()
    assert [entry["code"] for entry in answer] == [200, 200, 404]
    assert [entry["media_record"]["sid"] for entry in answer] == [two["sid"], one["sid"], unknown]
    assert ask(emulator, "POST", MEDIA_SET, json={"command": "delete", "list": []}).status_code == 400


def test_only_the_author_sees_an_upload(emulator: Emulator) -> None:
    made = upload(emulator)
    answer = ask(emulator, "GET", f"{MEDIA}/{made['sid']}", "bob")
    assert (answer.status_code, answer.json()["code"]) == (404, 20404)


def test_temporary_addresses_end(emulator: Emulator) -> None:
    emulator.freeze()
    url = upload(emulator)["links"]["content_direct_temporary"]
    forged = url.replace("signature=", "signature=0")
    assert ask(emulator, "GET", forged, None).status_code == 403
    assert ask(emulator, "GET", url.partition("?")[0], None).status_code == 403
    emulator.advance(299)
    assert ask(emulator, "GET", url, None).status_code == 200
    emulator.advance(3)
    assert ask(emulator, "GET", url, None).status_code == 403
    emulator.reset()


def test_uploads_fail_when_asked_to(emulator: Emulator) -> None:
    emulator.fault(on="media", action="respond", status=503, method="POST")
    assert ask(emulator, "POST", MEDIA, content=b"x").status_code == 503
    assert ask(emulator, "POST", MEDIA, content=b"x").status_code == 201


def test_media_outlive_a_restart(tmp_path: Path) -> None:
    path = str(tmp_path / "data.sqlite")
    with Emulator(db=path) as emulator:
        sid = upload(emulator, b"kept")["sid"]
    with Emulator(db=path) as emulator:
        url = ask(emulator, "GET", f"{MEDIA}/{sid}").json()["links"]["content_direct_temporary"]
        assert ask(emulator, "GET", url, None).content == b"kept"


# -- media in messages ----------------------------------------------------------------------------------------------


def stored(world: World, author: str = "alice", category: str = "media", size: int = 4) -> str:
    return world.model.media.upload(author, category, "text/plain", "a.txt", b"x" * size).sid


def test_a_message_carries_media() -> None:
    world = World()
    room = world.room("alice", "bob")
    sids = [stored(world), stored(world, category="body")]
    message = world.model.messages.send("alice", room, media_sids=sids)
    (item,) = [event for event in world.published() if event[0].endswith(".messages")]
    assert item[3]["type"] == "media"
    assert item[3]["text"] is None
    assert item[3]["medias"] == [
        {"sid": sid, "category": category, "contentType": "text/plain", "filename": "a.txt", "size": 4}
        for sid, category in zip(sids, ("media", "body"), strict=True)
    ]
    described = world.model.resources.message(message)["media"]
    assert described[0] == {"sid": sids[0], "size": 4, "content_type": "text/plain", "filename": "a.txt"}
    # Now everybody in the conversation sees them, and nobody else.
    found = world.model.media.read("bob", sids[0])
    assert world.model.media.place(found) == (room, message.sid)
    world.users("carl")
    with pytest.raises(TwilioError):
        world.model.media.read("carl", sids[0])


def test_email_parts_alone_make_no_media_message() -> None:
    world = World()
    room = world.room("alice")
    world.model.messages.send("alice", room, body="hi", media_sids=[stored(world, category="body")])
    (item,) = [event for event in world.published() if event[0].endswith(".messages")]
    assert item[3]["type"] == "text"


def attached(world: World, room: str) -> list[str]:
    sids = [stored(world)]
    world.model.messages.send("alice", room, media_sids=sids)
    return sids


@pytest.mark.parametrize(
    ("sids", "status", "code"),
    [
        (attached, 400, 50510),
        (lambda world, room: [stored(world)] * 2, 400, 50510),
        (lambda world, room: [stored(world, "bob")], 404, 50507),
        (lambda world, room: [stored(world) for _ in range(3)], 400, 20001),
        (lambda world, room: [stored(world, size=6), stored(world, size=6)], 400, 20001),
    ],
    ids=["taken", "twice", "of somebody else", "too many", "too large together"],
)
def test_media_that_a_message_cannot_carry(sids: Callable[[World, str], list[str]], status: int, code: int) -> None:
    world = World(limits=Limits(media_count=2, media_size=10, media_total_size=10))
    room = world.room("alice", "bob")
    wanted = sids(world, room)
    count = len(world.model.messages.of(room))
    with pytest.raises(TwilioError) as refused:
        world.model.messages.send("alice", room, media_sids=wanted)
    assert (refused.value.status, refused.value.code) == (status, code)
    assert len(world.model.messages.of(room)) == count


def test_an_upload_that_is_too_large() -> None:
    world = World(limits=Limits(media_size=10))
    with pytest.raises(TwilioError) as refused:
        stored(world, size=11)
    assert refused.value.status == 413
    with pytest.raises(TwilioError):
        stored(world, category="other")


def test_media_go_with_their_message() -> None:
    world = World()
    room = world.room("alice")
    for _ in range(2):
        attached(world, room)
    world.model.messages.remove("alice", room, world.model.messages.of(room)[0].sid)
    assert world.db.execute("SELECT count(*) FROM media_content").fetchone() == (1,)
    world.model.conversations.delete(None, room)
    assert world.db.execute("SELECT count(*) FROM media").fetchone() == (0,)
    assert world.db.execute("SELECT count(*) FROM media_content").fetchone() == (0,)
