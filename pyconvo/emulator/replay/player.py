"""Plays a recording to whoever connects: the n-th socket of an identity gets that identity's n-th recorded one.

Tokens are not checked: the recorded answer to the login is given, whatever it was. Only sockets are played; media are
not in a recording. Not responsible for what is said (``script``).
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import secrets
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from pyconvo.emulator.log import PacketLog
from pyconvo.emulator.replay.recording import Recording, Session, identity_of
from pyconvo.emulator.replay.script import Packet, Script
from pyconvo.twilsock.packet import PacketError, decode, encode

#: Real seconds after which something is said although the client has not subscribed to what it is about.
PATIENCE = 3.0
_TRY_LATER = 1013


class _Playing:
    """A session that is being played, or waits for its socket."""

    def __init__(self, session: Session, attended: bool) -> None:
        self.identity = session.identity
        self.ended_by = session.ended_by
        self.script = Script(session.entries, attended=attended)
        self.state = "waiting"
        self.news = asyncio.Event()

    def describe(self) -> dict[str, Any]:
        said, of = self.script.progress
        return {
            "identity": self.identity,
            "state": self.state,
            "said": said,
            "of": of,
            "waitsFor": self.script.waits_for if self.state == "playing" else None,
            "differences": self.script.differences,
        }


class Player:
    def __init__(
        self, recording: Recording, log: PacketLog, url: str, *, attended: bool = True, longest_pause: float = 1.0
    ) -> None:
        """``longest_pause``: in real seconds; longer recorded ones are shortened to it."""
        self._sessions = [_Playing(session, attended) for session in recording.sessions]
        self._log = log
        self._moved = (json.dumps(recording.url)[1:-1].encode(), json.dumps(url)[1:-1].encode())
        self._longest = longest_pause
        self._count = 0
        self._nonce = secrets.token_hex(8)
        self._tasks: set[asyncio.Task[Any]] = set()

    def describe(self) -> dict[str, Any]:
        return {"sessions": [one.describe() for one in self._sessions]}

    def skip(self) -> None:
        """Let every session go on that waits for somebody to do something."""
        for one in self._sessions:
            one.script.skip()
            one.news.set()

    def stop(self) -> None:
        """Cut every socket."""
        for task in list(self._tasks):
            task.cancel()

    async def play(self, socket: WebSocket) -> None:
        """Serve one socket until it ends."""
        await socket.accept()
        self._count += 1
        name = f"replay-{self._count}"
        playing: _Playing | None = None
        tasks: list[asyncio.Task[None]] = []
        own = asyncio.current_task()
        assert own is not None
        self._tasks.add(own)
        try:
            while (data := await _next(socket)) is not None:
                try:
                    packet = decode(data)
                except PacketError:
                    continue
                if playing is None:
                    playing = self._session(identity_of(data))
                    if playing is None:
                        await socket.close(_TRY_LATER, "the recording has no further session of this identity")
                        return
                    playing.state = "playing"
                    tasks.append(asyncio.create_task(self._say(socket, name, playing)))
                self._log.add("c>s", name, playing.identity, data)
                for answer in playing.script.heard(packet.header, packet.payload):
                    await self._send(socket, name, playing, answer)
                playing.news.set()
        except (WebSocketDisconnect, RuntimeError, asyncio.CancelledError):
            pass
        finally:
            self._tasks.discard(own)
            for task in tasks:
                task.cancel()
            if playing is not None:
                playing.state = "over"
            with contextlib.suppress(RuntimeError, WebSocketDisconnect):
                await socket.close(1001)

    def _session(self, identity: str | None) -> _Playing | None:
        waiting = [one for one in self._sessions if one.state == "waiting"]
        own = (one for one in waiting if one.identity in (None, identity))
        return next(own, None)

    async def _say(self, socket: WebSocket, name: str, playing: _Playing) -> None:
        """What the server says by itself; and its end, if it ended the recorded socket."""
        script = playing.script
        while not script.over:
            found = script.next()
            if found is None:
                playing.news.clear()
                try:
                    async with asyncio.timeout(PATIENCE):
                        await playing.news.wait()
                except TimeoutError:
                    found = script.next(impatient=True)
            if found is not None:
                pause, packet = found
                await asyncio.sleep(min(pause, self._longest))
                await self._send(socket, name, playing, packet)
        if playing.ended_by == "server":
            await asyncio.sleep(min(0.25, self._longest))
            with contextlib.suppress(RuntimeError, WebSocketDisconnect):
                await socket.close(1001)

    def _own_storage(self, header: dict[str, Any]) -> dict[str, Any]:
        """What a client has kept of other days must not stand in for what was recorded."""
        storage = header.get("offline_storage")
        if not isinstance(storage, dict):
            return header
        names = {
            product: {"storage_id": hashlib.sha256(f"{self._nonce}{named.get('storage_id')}".encode()).hexdigest()[:32]}
            for product, named in storage.items()
            if isinstance(named, dict)
        }
        return {**header, "offline_storage": names}

    async def _send(self, socket: WebSocket, name: str, playing: _Playing, packet: Packet) -> None:
        header, payload = self._own_storage(packet[0]), packet[1]
        data = encode(header, payload, trailer=b"\r\n")
        if self._moved[0] and self._moved[0] in data:
            data = encode(header, json.loads(json.dumps(payload).encode().replace(*self._moved)), trailer=b"\r\n")
        self._log.add("s>c", name, playing.identity, data)
        with contextlib.suppress(RuntimeError, WebSocketDisconnect):
            await socket.send_bytes(data)


async def _next(socket: WebSocket) -> bytes | None:
    """The next binary message; None at the end."""
    while True:
        message = await socket.receive()
        if message["type"] != "websocket.receive":
            return None
        if message.get("bytes") is not None:
            return bytes(message["bytes"])
