"""What tests of webhooks have in common: a room, what is in it, and how a request ended."""

from __future__ import annotations

from pyconvo.emulator.config import SERVICE_SID
from pyconvo.testing import Emulator
from pyconvo.twilsock.packet import Packet

BASE = f"/Client/v2/Services/{SERVICE_SID}/Conversations"


def room(emulator: Emulator, *people: str) -> str:
    """A conversation of alice's."""
    sids = emulator.seed({"conversations": [{"uniqueName": "room", "participants": ["alice", *people]}]})
    return str(sids["conversations"]["room"])


def status(reply: Packet) -> int:
    return int(reply.header["http_status"]["code"])


def say(emulator: Emulator, sid: str, body: str) -> None:
    emulator.call("POST", f"/emulator/conversations/{sid}/messages", {"author": "alice", "bodies": [body]})


def bodies(emulator: Emulator) -> list[str]:
    return [message["body"] for message in emulator.state()["conversations"][0]["messages"]]
