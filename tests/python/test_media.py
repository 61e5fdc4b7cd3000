"""Files in messages through the Python API: sent, received, read back; what is refused; what is cancelled."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
from people import Connect, Person, Room

from pyconvo import (
    ArgumentError,
    ConversationsError,
    FormData,
    Media,
    MediaSetError,
    MediaTransportError,
    Message,
    SendMediaOptions,
    UploadProgress,
)
from pyconvo.testing import Emulator

PNG = bytes(range(256)) * 40
PICTURE = SendMediaOptions("image/png", PNG, "a b ü+&~*.png")


async def received(person: Person, count: int = 1) -> Message:
    message: Message = await person.trace.until("message_added", count)
    return message


async def download(media: Media) -> httpx.Response:
    url = await media.get_content_temporary_url()
    assert url is not None
    async with httpx.AsyncClient(trust_env=False) as client:
        return await client.get(url)


async def test_a_file_reaches_the_other_side(bob: Person, room: Room) -> None:
    index = await room.alices.send_message(PICTURE, {"album": 1})
    message = await received(bob)
    assert (message.index, message.type, message.body, message.attributes) == (index, "media", None, {"album": 1})
    (media,) = message.attached_media
    assert (media.filename, media.content_type, media.size) == ("a b ü+&~*.png", "image/png", len(PNG))
    assert (media.category, media.sid[:2], message.media) == ("media", "ME", None)
    answer = await download(media)
    assert (answer.content, answer.headers["content-type"]) == (PNG, "image/png")


@pytest.mark.parametrize(
    ("content", "kind", "name", "data"),
    [
        ({"contentType": "text/plain", "media": "Grüße \ud800"}, "text/plain", None, "Grüße \ufffd".encode()),
        ({"content_type": "application/json", "media": '{"a":1}'}, "application/json", None, b'{"a":1}'),
        (
            FormData().append("note", "x").append("f", b"\0\r\n--", 'q"\r\n.bin'),
            "application/octet-stream", 'q"\r\n.bin', b"\0\r\n--",
        ),
        (FormData().append("f", b"data", "d.csv", "text/csv"), "text/csv", "d.csv", b"data"),
        # As URLSearchParams and FormData of a page write half of a surrogate pair.
        (
            {"contentType": "text/plain", "media": b"data", "filename": "party \ud83c.txt"},
            "text/plain", "party \ufffd.txt", b"data",
        ),
        (FormData().append("\ud83c", b"data", "\ud83c.csv", "text/csv"), "text/csv", "\ufffd.csv", b"data"),
    ],
)  # fmt: skip
async def test_every_form_of_content(bob: Person, room: Room, content: Any, kind: str, name: str, data: bytes) -> None:
    await room.alices.send_message(content)
    (media,) = (await received(bob)).attached_media
    answer = await download(media)
    assert (media.content_type, media.filename, answer.content) == (kind, name, data)


async def test_the_builder_sends_several_in_order(bob: Person, room: Room) -> None:
    builder = room.alices.prepare_message().set_body("see these").set_subject("files").set_attributes([1])
    for number in range(3):
        builder.add_media(SendMediaOptions("text/plain", str(number), f"{number}.txt"))
    builder.set_email_body("text/html", SendMediaOptions("text/html", "<p>"))
    builder.set_email_body("text/plain", SendMediaOptions("text/plain", "old"))
    builder.set_email_body("text/plain", SendMediaOptions("text/plain", "new"))
    builder.set_email_history("text/plain", FormData().append("h", b"before", "h.txt", "text/plain"))
    await builder.build_and_send()
    message = await received(bob)
    assert (message.body, message.subject, message.attributes, message.type) == ("see these", "files", [1], "media")
    assert [media.filename for media in message.attached_media] == ["0.txt", "1.txt", "2.txt"]
    every = message.get_media_by_categories(["media", "body", "history"])
    assert [media.category for media in every] == ["media"] * 3 + ["body"] * 2 + ["history"]
    assert message.get_media_by_category(["history"]) == [message.get_email_history()]
    plain, html = message.get_email_body(), message.get_email_body("text/html")
    assert plain is not None
    assert html is not None
    assert (await download(plain)).content == b"new"
    assert (await download(html)).content == b"<p>"
    assert message.get_email_body("text/csv") is None
    with pytest.raises(
        ArgumentError, match='Argument 1 is expected to be a non-empty string or of type undefined, but got ""'
    ):
        message.get_email_body("")


async def test_addresses_of_several_at_once(alice: Person, bob: Person, room: Room) -> None:
    await room.alices.prepare_message().add_media(PICTURE).add_media(PICTURE).build_and_send()
    message = await received(bob)
    sids = [media.sid for media in message.attached_media]
    for urls in (
        await message.get_temporary_content_urls_for_attached_media(),
        await message.get_temporary_content_urls_for_media(message.attached_media),
        await message.get_temporary_content_urls_for_media_sids(sids),
        await bob.client.get_temporary_content_urls_for_media(message.attached_media),
        await bob.client.get_temporary_content_urls_for_media_sids(sids),
    ):
        assert list(urls) == sids
        assert all(url.startswith("http") for url in urls.values())
    again = await message.attach_temporary_urls_for(message.attached_media)
    assert [media.sid for media in again] == sids
    unknown = f"ME{'0' * 32}"
    with pytest.raises(MediaSetError, match=unknown):
        await bob.client.get_temporary_content_urls_for_media_sids([unknown])
    for wrong in ([], "ME", [5]):
        with pytest.raises(ArgumentError):
            await bob.client.get_temporary_content_urls_for_media_sids(wrong)  # type: ignore[arg-type]
    await room.alices.send_message("no media")
    text = await received(bob, 2)
    assert (text.attached_media, text.media, text.get_email_body()) == ([], None, None)
    with pytest.raises(ArgumentError, match="a non-empty array of strings, but got instance of Array"):
        await text.get_temporary_content_urls_for_attached_media()


async def test_what_the_builder_refuses(room: Room) -> None:
    builder = room.alices.prepare_message()
    for wrong in (5, "text", {"contentType": 5, "media": "x"}, {"contentType": "a/b", "media": 5}, None):
        with pytest.raises(
            ArgumentError, match="Argument 1 is expected to be an instance of FormData or valid send media"
        ):
            builder.add_media(wrong)  # type: ignore[arg-type]
    for empty in (SendMediaOptions("", "x"), SendMediaOptions("text/plain", "")):
        with pytest.raises(ConversationsError, match="non-empty contentType and media"):
            builder.add_media(empty)
    with pytest.raises(ConversationsError, match=r"^Unsupported email body content type text/csv$"):
        room.alices.prepare_message().set_email_body("text/csv", PICTURE).build()
    with pytest.raises(ConversationsError, match=r"^Unsupported email history content type text/html$"):
        room.alices.prepare_message().set_email_history("text/html", PICTURE).build()
    for _ in range(11):
        builder.add_media(PICTURE)
    with pytest.raises(ConversationsError, match=r"^Too many media attachments in the message \(11 > 10\)$"):
        builder.build()


async def test_a_failed_upload_sends_nothing(emulator: Emulator, room: Room) -> None:
    emulator.fault(on="media", action="respond", status=503, skip=1)
    builder = room.alices.prepare_message().add_media(PICTURE).add_media(PICTURE).add_media(PICTURE)
    with pytest.raises(MediaTransportError, match=r"^503: \[Service Unavailable\] \{") as failed:
        await builder.build_and_send()
    assert (failed.value.code, failed.value.status) == (503, "Service Unavailable")
    assert failed.value.body["code"] == 20503
    assert failed.value.headers["content-type"] == "application/json"
    assert await room.alices.get_messages_count() == 0


async def test_reading_is_tried_again(emulator: Emulator, bob: Person, room: Room) -> None:
    await room.alices.send_message(PICTURE)
    (media,) = (await received(bob)).attached_media
    emulator.fault(on="media", action="respond", status=503, method="GET")
    assert await media.get_content_temporary_url() is not None


async def test_cancelling_stops_uploads(emulator: Emulator, room: Room) -> None:
    emulator.fault(on="media", action="delay", delay=5, skip=1)
    unsent = room.alices.prepare_message().add_media(PICTURE).add_media(PICTURE).build()
    sending = asyncio.create_task(unsent.send())
    await asyncio.sleep(0.3)
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    emulator.clear_faults()
    assert await room.alices.get_messages_count() == 0
    assert await unsent.send() == 0


async def test_a_new_token_is_used(emulator: Emulator, connect: Connect, room: Room, alice: Person) -> None:
    alice.client._session.media.token = "worn out"  # type: ignore[union-attr]
    with pytest.raises(MediaTransportError, match="401"):
        await room.alices.send_message(PICTURE)
    await alice.client.update_token(emulator.token("alice", ttl=1000))
    assert await room.alices.send_message(PICTURE) == 0


async def test_before_the_start(connect: Connect) -> None:
    person = await connect("dora", ready=False)
    with pytest.raises(ConversationsError, match="Media Content Service is unavailable"):
        await person.client.get_temporary_content_urls_for_media_sids([f"ME{'0' * 32}"])
    await person.trace.until("initialized")


async def test_an_edit_keeps_the_media(bob: Person, room: Room) -> None:
    await room.alices.send_message(PICTURE)
    message = await received(bob)
    before = message.attached_media
    page = await room.alices.get_messages()
    await page.items[0].update_body("a caption")
    await bob.trace.until("message_updated")
    assert bob.trace.reasons("message_updated") == [("body", "last_updated_by", "date_updated")]
    assert message.attached_media == before


async def test_uploads_tell_how_far_they_are(room: Room, bob: Person) -> None:
    heard: list[UploadProgress] = []
    large = SendMediaOptions("application/octet-stream", bytes(300_000))
    builder = room.alices.prepare_message().add_media(large).add_media(PICTURE)
    builder.set_email_body("text/plain", {"contentType": "text/plain", "media": "hello"})
    await builder.on_upload_progress(heard.append).build_and_send()
    assert [(one.category, one.index, one.loaded, one.total) for one in heard] == [
        *(("media", 0, loaded, 300_000) for loaded in (65536, 131072, 196608, 262144, 300_000)),
        ("media", 1, len(PNG), len(PNG)),
        ("body", 2, 5, 5),
    ]
    assert {one.count for one in heard} == {3}
    message = await received(bob)
    assert [media.size for media in message.attached_media] == [300_000, len(PNG)]


async def test_a_failing_listener_of_progress_fails_no_upload(room: Room, caplog: pytest.LogCaptureFixture) -> None:
    def listener(_: UploadProgress) -> None:
        raise ValueError("mine")

    with pytest.raises(ArgumentError, match="function"):
        room.alices.prepare_message().on_upload_progress("x")  # type: ignore[arg-type]
    assert await room.alices.prepare_message().add_media(PICTURE).on_upload_progress(listener).build_and_send() == 0
    assert "progress failed" in caplog.text
