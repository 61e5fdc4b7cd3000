"""A Conversations domain on a store in memory and a stopped clock, with everything that it publishes written down."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from pyconvo.emulator.caller import SCOPE_KEY, Caller
from pyconvo.emulator.clock import Clock
from pyconvo.emulator.conversations import Conversations, Limits, Settings, routes
from pyconvo.emulator.conversations.records import User
from pyconvo.emulator.errors import TwilioError
from pyconvo.emulator.ids import Ids
from pyconvo.emulator.sync.store import Kind, SyncEvent, SyncStore

START = 1_800_000_000.0
Published = tuple[str, str, int | str | None, dict[str, Any]]


class World:
    def __init__(
        self, *, reachability: bool = True, limits: Limits | None = None, db: sqlite3.Connection | None = None
    ) -> None:
        self.notified: list[tuple[str, str, dict[str, Any]]] = []
        self.clock = Clock(lambda: START)
        self.clock.freeze()
        self.settings = Settings(reachability=reachability, limits=limits or Limits())
        self.db = db or sqlite3.connect(":memory:", isolation_level=None)
        ids = Ids(None if db else 7)
        self.store = SyncStore(self.db, self.clock, ids)
        self._names: dict[str, str] = {}
        self._published: list[Published] = []
        self.store.on_commit = self._note
        self.model = Conversations(self.store, self.clock, ids, self._notify, self.settings)

    def restarted(self) -> World:
        """Another service on the same database."""
        return World(db=self.db)

    def users(self, *identities: str) -> list[User]:
        made = [self.model.ensure_user(identity) for identity in identities]
        self.published()
        return made

    def room(self, *identities: str, unique_name: str | None = None) -> str:
        """A conversation of these people, made by the first one; its sid. What that published is forgotten."""
        self.users(*identities)
        sid = self.model.conversations.create(None, unique_name=unique_name, created_by=identities[0]).sid
        for identity in identities:
            self.model.participants.add(None, sid, identity)
        self.published()
        return sid

    def tick(self) -> None:
        self.clock.advance(1)

    def published(self) -> list[Published]:
        """What was published since the last call: name of the object, type, key or index of the item, data."""
        self._names.update(self.db.execute("SELECT sid, unique_name FROM sync_objects").fetchall())
        events, self._published = self._published, []
        return events

    def data(self, kind: Kind, name: str) -> dict[str, Any]:
        return self.store.get(kind, name).data

    def roles(self, sid: str) -> dict[str, str]:
        (found,) = (each for each in self.model.state()["conversations"] if each["sid"] == sid)
        return {each["identity"]: each["role"] for each in found["participants"]}

    def message_of(self, sid: str, author: str) -> str:
        return next(message.sid for message in self.model.messages.of(sid) if message.author == author)

    def _note(self, events: list[SyncEvent]) -> None:
        for event in events:
            found = self.store.find(event.kind, event.sid)
            name = self._names.setdefault(event.sid, found.unique_name) if found else self._names[event.sid]
            key = event.body.get("item_key", event.body.get("item_index"))
            data = event.body.get("item_data", event.body.get("document_data", {}))
            self._published.append((name, event.type, key, json.loads(json.dumps(data))))

    def _notify(self, identity: str, message_type: str, payload: dict[str, Any]) -> None:
        self.notified.append((identity, message_type, payload))


@pytest.fixture
def world() -> World:
    return World()


class Api:
    """The client REST API as one user calls it. Paths without a leading slash are those of the service."""

    def __init__(self, world: World, identity: str) -> None:
        self._service = f"/Client/v2/Services/{world.settings.service_sid}/"
        app = Starlette(routes=routes(world.model), exception_handlers={TwilioError: _refused})
        transport = httpx.ASGITransport(_called_by(app, identity, world.model.ensure_user(identity).sid))
        self._client = httpx.AsyncClient(transport=transport, base_url="http://emulator")

    async def __call__(
        self, method: str, path: str, body: Any = None, *, mutation: str | None = None, raw: bytes | None = None
    ) -> httpx.Response:
        headers = {"X-Twilio-Mutation-Id": mutation} if mutation else {}
        content = raw if raw is not None else None if body is None else json.dumps(body).encode()
        url = path if path.startswith("/") else self._service + path
        return await self._client.request(method, url, content=content, headers=headers)


def _called_by(app: ASGIApp, identity: str, user_sid: str) -> ASGIApp:
    async def called(scope: Scope, receive: Receive, send: Send) -> None:
        scope[SCOPE_KEY] = Caller(identity, user_sid)
        await app(scope, receive, send)

    return called


async def _refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, TwilioError)
    return JSONResponse(error.body(), error.status)
