"""The service as one object: clock, hub, chat services, faults, log. What the doors open onto.

Not responsible for sockets and HTTP.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import re
import sqlite3
from collections.abc import Coroutine
from typing import Any, Protocol

from pyconvo.emulator import auth, database, exchange, fixtures
from pyconvo.emulator.account import Account
from pyconvo.emulator.chat_service import ChatServices
from pyconvo.emulator.clock import LAST, Clock
from pyconvo.emulator.config import ACCOUNT_SID, API_KEY_SID, EmulatorConfig
from pyconvo.emulator.conversations.model import Conversations
from pyconvo.emulator.errors import TwilioError
from pyconvo.emulator.faults import Faults
from pyconvo.emulator.hub import Hub
from pyconvo.emulator.ids import Ids
from pyconvo.emulator.log import PacketLog
from pyconvo.emulator.peers import Peers
from pyconvo.emulator.rates import Rates
from pyconvo.emulator.replay import Player, Recorder, Recording
from pyconvo.emulator.sync.store import SyncStore
from pyconvo.emulator.webhooks import Webhooks
from pyconvo.tokens import access_token


class Socket(Protocol):
    """A live socket, logged in or not."""

    identity: str | None

    def drop(self) -> None: ...

    def expire(self) -> None: ...

    def warn(self) -> None: ...

    def malform(self, how: str) -> None: ...


class Service:
    def __init__(self, config: EmulatorConfig) -> None:
        self.config = config
        self.clock = Clock()
        self.ids = Ids(config.seed)
        #: Apart from the seeded ones: how many packets are sent must not change the sids of what is created.
        self.packet_ids = Ids()
        self.log = PacketLog(self.clock, config.log_size)
        self.rates = Rates(self.clock)
        self.faults = Faults(config.seed)
        self.hub = Hub()
        #: The lines to whoever has connected.
        self.peers = Peers()
        #: Every open socket by its connection's id, whether logged in or not.
        self.sockets: dict[str, Socket] = {}
        self.db: sqlite3.Connection = database.open_database(config.db)
        self.chats = ChatServices(config, self.clock, self.ids, self.hub)
        self.chats.on_remove = self._drop_those_of
        self.account = Account(self.chats)
        self._connections = 0
        #: Of tokens that were made to expire before their time.
        self._expired: set[bytes] = set()
        #: By generation and identity: how often the continuation token was made to expire.
        self._continued: dict[str, int] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        #: Plays a recording to whoever connects, instead of serving them.
        self.player: Player | None = None
        self.recorder: Recorder | None = None
        #: While a recording is made, clients have no earlier caches: it must hold all that they know.
        self._salt = "" if config.record is None else f"/{Ids().hex()}"
        if config.record is not None:
            self.recorder = self.log.sink = Recorder(config.record, self.clock, config.url)
        if config.replay is not None:
            self.replay(Recording.load(config.replay))
        self._start()
        try:
            self._plant()
        except TwilioError as error:
            raise fixtures.FixtureError(f"{config.import_file or config.seed_file}: {error.message}") from error

    def _plant(self) -> None:
        """What the service is to start with."""
        config = self.config
        if config.import_file is not None:
            self.take_over(fixtures.read(config.import_file))
        elif config.seed_file is not None:
            fixture = fixtures.read(config.seed_file)
            if not self.conversations.users.all() and not self.conversations.conversations.all():
                self.conversations.seed(fixture)

    def _start(self) -> None:
        self.chats.start(self.db)

    # -- of the chat service that is meant

    @property
    def store(self) -> SyncStore:
        return self.chats.current.store

    @property
    def conversations(self) -> Conversations:
        return self.chats.current.conversations

    @property
    def webhooks(self) -> Webhooks:
        return self.chats.current.webhooks

    def _drop_those_of(self, service_sid: str) -> None:
        for one in list(self.hub.connections.values()):
            if one.service_sid == service_sid:
                self.hub.remove(one)
                one.drop()

    # -- as a whole

    def reset(self, seed: int | None = None) -> None:
        """Forget everything: data, faults, log, clock, connections. ``seed`` makes identifiers repeatable."""
        self._forget(self.config.seed if seed is None else seed)
        self.chats.discard_others()
        database.empty(self.db)
        self._start()

    def _forget(self, seed: int | None) -> None:
        """Everything that is not in the database."""
        self.stop_replay()
        for socket in list(self.sockets.values()):
            socket.drop()
        self.hub.clear()
        self.chats.retire_all()
        for one in self.chats.all():
            self.background(one.webhooks.close())
        self.rates.clear()
        self.faults.clear(seed)
        self._expired.clear()
        self._continued.clear()
        self.clock.reset()
        self.ids.seed(seed)
        self.log.clear()

    def replay(self, recording: Recording, *, attended: bool = True, longest_pause: float = 1.0) -> None:
        """From now on play the recording to whoever connects; connections are dropped."""
        self.stop_replay()
        for socket in list(self.sockets.values()):
            socket.drop()
        self.player = Player(recording, self.log, self.config.url, attended=attended, longest_pause=longest_pause)

    def stop_replay(self) -> None:
        """Serve again."""
        if self.player is not None:
            self.player.stop()
            self.player = None

    def export(self) -> dict[str, Any]:
        """The whole state as one JSON document."""
        clock = self.clock
        shown = {"now": clock.now(), "iso": clock.iso(), "offset": clock.offset, "frozen": clock.frozen}
        others = {one.sid: exchange.write(one.db) for one in self.chats.all() if one is not self.chats.default}
        return exchange.write(self.db) | {"clock": shown, "ids": self.ids.state(), "services": others}

    def take_over(self, document: Any) -> None:
        """Become what :meth:`export` wrote; connections are dropped, faults and records forgotten.

        Raises :class:`TwilioError` (400), and then nothing has changed.
        """
        imported = exchange.read(document)
        others: dict[str, sqlite3.Connection] = {}
        try:
            for sid, content in (document.get("services") or {}).items():
                if not re.fullmatch(r"IS[0-9a-f]{32}", sid):
                    raise ValueError(f"{sid!r} is no sid of a service")
                others[sid] = exchange.read(content)
            for one in (imported, *others.values()):
                exchange.compare(one, self.db)
            shown = document.get("clock") or {}
            now, offset = float(shown.get("now", 0)), float(shown.get("offset", 0))
            if not (0 <= now <= LAST and abs(offset) <= LAST):
                raise ValueError("the clock")
            Ids().restore(document.get("ids"))
        except (TwilioError, TypeError, ValueError, AttributeError) as error:
            for one in (imported, *others.values()):
                one.close()
            if isinstance(error, TwilioError):
                raise
            raise TwilioError(400, 20001, f"the state cannot be read: {error!r}") from error
        self._forget(self.config.seed)
        self.chats.discard_others()
        self.clock.restore(now, offset, frozen=bool(shown.get("frozen")))
        self.ids.restore(document.get("ids"))
        imported.execute(f"PRAGMA application_id = {database.APPLICATION_ID}")
        imported.backup(self.db)
        imported.close()
        for sid, db in others.items():
            self.chats.adopt(sid, db)
            db.close()
        # Clients may have kept a later state of this data than the one that is back now.
        database.renew_generation(self.db)
        self._start()

    async def close(self) -> None:
        """Send no more webhooks, write the state where it should go, and give the database back."""
        self.chats.retire_all()
        self.stop_replay()
        if self.recorder is not None:
            self.recorder.close()
        try:
            if self.config.export_file is not None:
                fixtures.write(self.config.export_file, self.export())
        finally:
            await self.chats.close()
            self.db.close()

    def token(self, identity: str, ttl: float) -> str:
        """An access token for ``identity``; ``ttl`` in seconds of the emulator's clock."""
        return access_token(
            identity,
            account_sid=ACCOUNT_SID,
            api_key_sid=API_KEY_SID,
            api_key_secret=self.config.secret,
            service_sid=self.chats.current.sid,
            ttl=ttl,
            now=self.clock.now(),
        )

    # -- what a login needs

    def verify(self, token: Any) -> auth.Access:
        """Raises :class:`TwilioError` (401) for a token that does not open this service."""
        if isinstance(token, str) and self._expired and _digest(token) in self._expired:
            raise TwilioError(401, auth.EXPIRED, "Access Token expired or expiration date invalid")
        return auth.verify(token, secret=self.config.secret, services=self.chats, clock=self.clock)

    def expire(self, token: str) -> None:
        """Refuse a token from now on, as if its time were over."""
        self._expired.add(_digest(token))

    def ensure_user(self, access: auth.Access) -> str:
        """The sid of the user that a token names, made when it is new."""
        return self.chats.get(access.service_sid).conversations.ensure_user(access.identity).sid

    def storage_id(self, access: auth.Access) -> str:
        """Names the client's cache of this data: other data, other name."""
        generation = self.chats.get(access.service_sid).generation
        text = f"{access.service_sid}/{access.identity}/{generation}{self._salt}"
        return hashlib.sha256(text.encode()).hexdigest()[:32]

    def continuation(self, given: Any, access: auth.Access, *, outdated: bool = False) -> dict[str, Any]:
        """The continuation token and its status, as the answer to init carries them. ``outdated``: it has expired."""
        who = f"{self.chats.get(access.service_sid).generation}:{access.identity}"
        if outdated:
            self._continued[who] = self._continued.get(who, 0) + 1
        fresh = base64.urlsafe_b64encode(f"{who}:{self._continued.get(who, 0)}".encode()).decode()
        if given == fresh:
            return {"continuation_token": fresh, "continuation_token_status": {"reissued": False}}
        reason, text = ("MISSING", "Continuation token is not provided")
        if given is not None and outdated:
            reason, text = "EXPIRED", "Continuation token has expired"
        elif given is not None:
            reason, text = ("DIFFERENT_IDENTITY", "Continuation token is for another session")
        status = {"reissued": True, "reissue_reason": reason, "reissue_message": text}
        return {"continuation_token": fresh, "continuation_token_status": status}

    def next_connection(self) -> int:
        self._connections += 1
        return self._connections

    def background(self, work: Coroutine[Any, Any, None]) -> None:
        """Let something go on beside the requests."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
