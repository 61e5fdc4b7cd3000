"""Chat services: each with a database, users, conversations and webhooks of its own, as Twilio's ``IS…`` have.

A token's chat grant names the one that it opens; the control plane and the REST API name theirs in the address. Which
one is meant while a request is carried out stands in ``ChatServices.current``; nothing named means the default one.
A service beside the default one has a file of its own: that of the default one's database, with its sid appended.
Not responsible for connections (the hub), nor for who may log in (``auth``).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path

from pyconvo.emulator import database
from pyconvo.emulator.clock import Clock
from pyconvo.emulator.config import ACCOUNT_SID, AUTH_TOKEN, EmulatorConfig
from pyconvo.emulator.conversations import limits
from pyconvo.emulator.conversations.context import Settings
from pyconvo.emulator.conversations.errors import Code, refusal
from pyconvo.emulator.conversations.model import Conversations
from pyconvo.emulator.conversations.schema import Table
from pyconvo.emulator.hub import Hub
from pyconvo.emulator.ids import Ids
from pyconvo.emulator.sync.store import SyncStore
from pyconvo.emulator.webhooks import Webhooks

DEFAULT_NAME = "Default Conversations Service"
#: When the default service was made: not when somebody started an emulator, which no seed could repeat.
ALWAYS = "1970-01-01T00:00:00.000Z"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS chat_services (
    sid TEXT PRIMARY KEY, friendly_name TEXT NOT NULL, date_created TEXT NOT NULL, date_updated TEXT NOT NULL)
"""
_meant: ContextVar[str | None] = ContextVar("pyconvo_emulator_chat_service", default=None)


@dataclass(frozen=True, slots=True)
class ServiceRecord:
    sid: str
    friendly_name: str
    date_created: str
    date_updated: str


RECORDS = Table("chat_services", ServiceRecord)


class ChatService:
    """``store``, ``conversations`` (the domain) and ``webhooks`` of one service."""

    def __init__(
        self,
        sid: str,
        db: sqlite3.Connection,
        config: EmulatorConfig,
        clock: Clock,
        ids: Ids,
        hub: Hub,
        default: ChatService | None,
    ) -> None:
        self.sid = sid
        self.db = db
        self.generation = database.generation(db)
        self.store = SyncStore(db, clock, ids, f"https://cds.us1.twilio.com/v3/Services/{sid}")
        self.store.on_commit = hub.publish
        self.conversations = Conversations(
            self.store,
            clock,
            ids,
            lambda identity, kind, payload: hub.notify(sid, identity, kind, payload),
            Settings(
                account_sid=ACCOUNT_SID,
                service_sid=sid,
                media_url=config.url,
                secret=config.secret,
                reachability=config.reachability,
                typing_timeout=config.typing_timeout,
                delivery_interval=config.delivery_interval,
            ),
        )
        shared = None if default is None else default.webhooks
        self.webhooks: Webhooks = Webhooks(self.conversations, AUTH_TOKEN, clock, hub.later, shared)

    def retire(self) -> None:
        """It is gone: nothing of it happens any more."""
        self.webhooks.stop()
        self.conversations.retire()


class ChatServices:
    def __init__(self, config: EmulatorConfig, clock: Clock, ids: Ids, hub: Hub) -> None:
        self._config = config
        self._clock = clock
        self._ids = ids
        self._hub = hub
        self._by_sid: dict[str, ChatService] = {}
        #: In memory, of services that ``start`` has still to take up.
        self._kept: dict[str, sqlite3.Connection] = {}
        #: Called with each service that is taken up or made.
        self.on_open: Callable[[ChatService], None] = lambda _: None
        #: Called with the sid of a service that is removed, before it is.
        self.on_remove: Callable[[str], None] = lambda _: None
        hub.on_presence = self._presence

    # -- reading

    @property
    def default(self) -> ChatService:
        """The one that there always is."""
        return self._by_sid[self._config.service_sid]

    @property
    def current(self) -> ChatService:
        """The one that is meant by the request being carried out."""
        sid = _meant.get()
        return self.default if sid is None else self.get(sid)

    @contextmanager
    def meaning(self, sid: str | None) -> Iterator[None]:
        """Inside, the service ``sid`` is meant; None: the default one."""
        token = _meant.set(sid)
        try:
            yield
        finally:
            _meant.reset(token)

    def __contains__(self, sid: object) -> bool:
        return sid in self._by_sid

    def get(self, sid: str) -> ChatService:
        """Raises ``TwilioError`` 404/20404 when there is none."""
        found = self._by_sid.get(sid)
        if found is None:
            raise refusal(Code.NOT_FOUND, f"service {sid}")
        return found

    def all(self) -> list[ChatService]:
        return list(self._by_sid.values())

    def records(self) -> list[ServiceRecord]:
        """What is known of the services, oldest first."""
        return RECORDS.many(self.default.db, "1 ORDER BY rowid")

    def record(self, sid: str) -> ServiceRecord:
        """Raises ``TwilioError`` 404/20404 when there is none."""
        found = RECORDS.get(self.default.db, sid)
        if found is None:
            raise refusal(Code.NOT_FOUND, f"service {sid}")
        return found

    # -- changing

    def start(self, db: sqlite3.Connection) -> None:
        """Takes up the services of a database, that of the default one; without any, makes the default one.

        Raises:
            DatabaseError: the file of a service is missing or cannot be used.
        """
        self._by_sid = {}
        default = self._open(self._config.service_sid, db)
        db.execute(_SCHEMA)
        if RECORDS.get(db, default.sid) is None:
            RECORDS.insert(db, ServiceRecord(default.sid, DEFAULT_NAME, ALWAYS, ALWAYS))
        for record in self.records():
            if record.sid != default.sid:
                kept = self._kept.pop(record.sid, None)
                self._open(record.sid, kept or self._stored(record))
        for one in self.all():
            self.on_open(one)

    def create(self, friendly_name: str | None) -> ServiceRecord:
        """A new service.

        Raises:
            TwilioError: 50000 without a name, 50003 for one that is too long.
        """
        longest = self.default.conversations.settings.limits.friendly_name
        name = limits.text(friendly_name, "FriendlyName", longest=longest, code=Code.FRIENDLY_NAME_TOO_LONG)
        if not name:
            raise refusal(Code.FRIENDLY_NAME_MISSING)
        now = self._clock.iso()
        made = ServiceRecord(self._ids.sid("IS"), name, now, now)
        opened = self._open(made.sid, self._fresh(made.sid))
        # Last: until it stands here, there is no such service, whatever files there are.
        RECORDS.insert(self.default.db, made)
        self.on_open(opened)
        return made

    def remove(self, sid: str) -> None:
        """Removes a service with all that is in it.

        Raises:
            TwilioError: 404/20404 when there is none, 400/20001 for the default one.
        """
        gone = self.get(sid)
        if gone is self.default:
            raise refusal(Code.BAD_REQUEST, "the emulator's default service stays: reset empties it")
        RECORDS.delete(self.default.db, "sid = ?", sid)
        self.on_remove(sid)
        self._retire(gone)

    def retire_all(self) -> None:
        """Nothing of any service happens any more, until ``start``."""
        for one in self.all():
            one.retire()

    def discard_others(self) -> None:
        """Every database but the default one's goes."""
        for one in self.all():
            if one is not self.default:
                self._retire(one)

    def adopt(self, sid: str, content: sqlite3.Connection) -> None:
        """Makes the database of a service that ``start`` will find, with this content."""
        db = self._fresh(sid)
        content.execute(f"PRAGMA application_id = {database.APPLICATION_ID}")
        content.backup(db)
        database.renew_generation(db)
        if self._config.db is None:
            self._kept[sid] = db
        else:
            db.close()

    async def close(self) -> None:
        """Sends no more webhooks, and gives the databases back, except for the default one's."""
        for one in self.all():
            await one.webhooks.close()
            if one is not self.default:
                one.db.close()

    def _open(self, sid: str, db: sqlite3.Connection) -> ChatService:
        default = self._by_sid.get(self._config.service_sid)
        made = ChatService(sid, db, self._config, self._clock, self._ids, self._hub, default)
        self._by_sid[sid] = made
        return made

    def _stored(self, record: ServiceRecord) -> sqlite3.Connection:
        path = self._path(record.sid)
        if path is not None and not Path(path).exists():
            text = f"{path} is missing: the data of the chat service {record.friendly_name!r} is in it; put it back"
            raise database.DatabaseError(text)
        return database.open_database(path)

    def _path(self, sid: str) -> str | None:
        return None if self._config.db is None else f"{self._config.db}-{sid}"

    def _fresh(self, sid: str) -> sqlite3.Connection:
        self._forget(sid)
        return database.open_database(self._path(sid))

    def _retire(self, gone: ChatService) -> None:
        gone.retire()
        del self._by_sid[gone.sid]
        gone.db.close()
        self._forget(gone.sid)

    def _forget(self, sid: str) -> None:
        """Removes the files of a service that there is no more."""
        path = self._path(sid)
        if path is not None:
            for suffix in ("", "-wal", "-shm"):
                Path(path + suffix).unlink(missing_ok=True)

    def _presence(self, sid: str, identity: str, online: bool) -> None:
        if sid in self._by_sid:
            self._by_sid[sid].conversations.presence(identity, online)
