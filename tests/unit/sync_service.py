"""A Sync service of a few lines for unit tests: answers the packets that a client sends on memory sockets.

Keeps lists, maps and documents as plain data and writes down every request. It does what a test tells it and no
more; the emulator is the real thing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar
from urllib.parse import unquote

from pyconvo.hosts.base import SessionStorage
from pyconvo.hosts.memory import MemoryHost, MemorySocket
from pyconvo.sync import SyncClient, SyncOptions
from pyconvo.twilsock import packet
from pyconvo.twilsock.connection import TwilsockClient
from pyconvo.twilsock.options import TwilsockOptions

KINDS = {"Documents": "document", "Lists": "list", "Maps": "map"}
T = TypeVar("T")
DATE = "2024-05-01T10:00:00.000Z"


class Entity:
    def __init__(self, kind: str, name: str, sid: str, data: dict[str, Any] | None = None) -> None:
        self.kind, self.name, self.sid, self.data = kind, name, sid, data or {}
        self.items: dict[Any, dict[str, Any]] = {}
        self.event_id = 0
        self.events: list[dict[str, Any]] = []
        self.subscribers: set[MemorySocket] = set()

    @property
    def url(self) -> str:
        return f"https://cds.us1.twilio.com/v3/Services/IS1/{self.kind.capitalize()}s/{self.sid}"

    def describe(self) -> dict[str, Any]:
        return {
            "sid": self.sid,
            "unique_name": self.name,
            "url": self.url,
            "revision": format(self.event_id, "x"),
            "last_event_id": self.event_id,
            "date_updated": DATE,
            "data": self.data,
            "links": {"items": f"{self.url}/Items"},
        }


class Service:
    """``host`` and ``client`` (a :class:`TwilsockClient`) are ready; call ``connect()`` first."""

    def __init__(self) -> None:
        self.host = MemoryHost(on_packet=self._packet)
        self.client = TwilsockClient(self.host, "token", TwilsockOptions(uri="ws://service"))
        self.sync = SyncClient(self.host, self.client, SyncOptions())
        self.entities: dict[str, Entity] = {}
        self.requests: list[tuple[str, str, Any]] = []
        self.subscriptions: list[dict[str, Any]] = []
        #: ``(method, path) -> (status, body)`` instead of the usual answer; ``None``: no special answer.
        self.override: Callable[[str, str, dict[str, Any], Any], tuple[int, Any] | None] | None = None
        self.auto_establish = True
        #: Seconds that the service takes to answer a request.
        self.latency = 0.0
        self.answers_init = True
        #: What the service calls the user's local storage.
        self.storage_id: str | None = None
        self.batch_reply: Any = {"estimated_delivery_in_ms": 10_000, "max_batch_size": 1000}

    async def run(self, work: Coroutine[Any, Any, T], seconds: float = 0) -> T:
        """Await something while the virtual clock runs, for at most ``seconds``."""
        task = asyncio.ensure_future(work)
        await self.host.settle()
        if not task.done():
            await self.host.advance(seconds)
        if not task.done():
            task.cancel()
            raise AssertionError(f"still waiting after {seconds} s")
        return await task

    async def connect(self) -> None:
        if self.client.state != "connected":
            self.client.connect()
            await self.host.settle()
        self.host.socket.open()
        await self.host.settle()
        assert self.client.state == "connected"

    def start_over(self, storage: SessionStorage | None) -> None:
        """Another run, as on a page that is reloaded: of the earlier one nothing is left but what ``storage`` has."""
        self.host = MemoryHost(time=self.host.time, on_packet=self._packet)
        self.client = TwilsockClient(self.host, "token", TwilsockOptions(uri="ws://service"))
        self.sync = SyncClient(self.host, self.client, SyncOptions(storage=storage))
        self.requests.clear()
        self.subscriptions.clear()

    async def reconnect(self) -> None:
        self.host.socket.drop()
        await self.host.settle()
        await self.host.advance(1.1)
        self.host.socket.open()
        await self.host.settle()

    def make(
        self, kind: str, name: str, data: dict[str, Any] | None = None, items: dict[Any, Any] | None = None
    ) -> Entity:
        prefix = {"document": "ET", "list": "ES", "map": "MP"}[kind]
        entity = Entity(kind, name, f"{prefix}{len(self.entities):032}", data)
        self.entities[entity.sid] = self.entities[name] = entity
        for key, value in (items or {}).items():
            self._put(entity, key, value)
        return entity

    # -- things that happen at the service -------------------------------------------------------------------

    def put(self, entity: Entity, key: Any, data: Any, *, publish: bool = True) -> dict[str, Any]:
        """Add or change an item, and tell subscribers."""
        added = key not in entity.items
        item = self._put(entity, key, data)
        self._event(entity, f"{entity.kind}_item_{'added' if added else 'updated'}", item, publish=publish)
        return item

    def remove(self, entity: Entity, key: Any, *, publish: bool = True) -> None:
        item = entity.items.pop(key)
        entity.event_id += 1
        item = {**item, "last_event_id": entity.event_id}
        self._event(entity, f"{entity.kind}_item_removed", item, publish=publish)

    def write(self, entity: Entity, data: dict[str, Any], *, publish: bool = True) -> None:
        entity.event_id += 1
        entity.data = data
        event = {
            "id": entity.event_id,
            "document_sid": entity.sid,
            "document_revision": format(entity.event_id, "x"),
            "document_data": data,
            "date_created": DATE,
        }
        self._record(entity, "document_updated", event, publish=publish)

    def notify(self, message_type: str, payload: Any, socket: MemorySocket | None = None) -> None:
        header = {
            "method": "notification",
            "id": self.host.uuid(),
            "message_type": message_type,
            "payload_type": "application/json",
        }
        (socket or self.host.socket).receive(header, payload)

    def establish(self, entity: Entity, correlation: Any, status: str = "completed") -> None:
        event = {"object_sid": entity.sid, "replay_status": status, "last_event_id": entity.event_id}
        self.notify(
            "twilio.sync.event",
            {"event_type": "subscription_established", "correlation_id": correlation, "events": [event]},
        )

    def publish(self, entity: Entity, index: int, message_type: str | None = None) -> None:
        """Send (again) one event of the entity's history."""
        self.notify(message_type or f"com.twilio.rtd.cds.{entity.kind}", entity.events[index])

    def _put(self, entity: Entity, key: Any, data: Any) -> dict[str, Any]:
        entity.event_id += 1
        name = "index" if entity.kind == "list" else "key"
        item = {
            name: key,
            "url": f"{entity.url}/Items/{key}",
            "revision": format(entity.event_id, "x"),
            "last_event_id": entity.event_id,
            "data": data,
            "date_updated": DATE,
        }
        entity.items[key] = item
        return item

    def _event(self, entity: Entity, kind: str, item: dict[str, Any], *, publish: bool) -> None:
        name = "index" if entity.kind == "list" else "key"
        event = {
            "id": item["last_event_id"],
            f"{entity.kind}_sid": entity.sid,
            f"item_{name}": item[name],
            "item_url": item["url"],
            "item_revision": item["revision"],
            "item_data": item["data"],
            "date_created": DATE,
            f"{entity.kind}_revision": format(item["last_event_id"], "x"),
        }
        self._record(entity, kind, event, publish=publish)

    def _record(self, entity: Entity, kind: str, event: dict[str, Any], *, publish: bool) -> None:
        entity.events.append({"event_type": kind, "event_protocol_version": 4, "event": event})
        if publish and self.host.sockets and self.host.socket in entity.subscribers:
            self.publish(entity, -1)

    # -- answers ---------------------------------------------------------------------------------------------

    def _packet(self, socket: MemorySocket, received: packet.Packet) -> None:
        if received.method == "init" and self.answers_init:
            self.host.call_later(0, lambda: self._answer_init(socket, received.id))
        elif received.method == "message":
            request = received.header["http_request"]
            self.host.call_later(self.latency, lambda: self._answer(socket, received.id, request, received.payload))

    def _answer_init(self, socket: MemorySocket, id: str) -> None:
        header = {"method": "reply", "id": id, "status": {"code": 200, "status": "OK"}}
        if self.storage_id is not None:
            header["offline_storage"] = {"ip_messaging": {"storage_id": self.storage_id}}
        socket.receive(header)

    def _answer(self, socket: MemorySocket, id: str, request: dict[str, Any], body: Any) -> None:
        method, path, params = request["method"], request["path"], request["params"]
        self.requests.append((method, path, params or body))
        special = self.override(method, path, request, body) if self.override else None
        status, answer = special if special is not None else self._route(socket, method, path, params, body)
        header = {
            "method": "reply",
            "id": id,
            "status": {"code": 200, "status": "OK"},
            "http_status": {"code": status, "status": "Some status"},
            "payload_type": "application/json",
        }
        socket.receive(header, answer)
        if path == "/v4/Subscriptions" and self.auto_establish and status == 200:
            self._deliver(socket, body)

    def _deliver(self, socket: MemorySocket, body: dict[str, Any]) -> None:
        for request in body["requests"]:
            entity = self.entities[request["object_sid"]]
            if body["action"] == "cancel":
                entity.subscribers.discard(socket)
                event = {"event_type": "subscription_canceled", "correlation_id": body["correlation_id"]}
                self.notify("twilio.sync.event", {**event, "events": [{"object_sid": entity.sid}]})
                continue
            entity.subscribers.add(socket)
            for event in entity.events:
                if request["last_event_id"] is not None and event["event"]["id"] > request["last_event_id"]:
                    self.notify("twilio.sync.event", {**event, "correlation_id": body["correlation_id"]})
            self.establish(entity, body["correlation_id"])

    def _route(self, socket: MemorySocket, method: str, path: str, params: Any, body: Any) -> tuple[int, Any]:
        if path == "/v4/Subscriptions":
            self.subscriptions.append(body)
            return 200, self.batch_reply
        parts = [unquote(part) for part in path.split("/")]
        if parts[2] == "Services":
            parts = [*parts[:2], *parts[4:]]
        entity = self.entities.get(parts[3])
        if entity is None:
            return 404, {"status": 404, "code": 54300, "message": "Unique name not found"}
        if len(parts) == 4 and method == "GET":
            answer = entity.describe()
            if params.get("Include") == "items":
                answer["items"] = list(entity.items.values())
            return 200, answer
        if len(parts) == 4:
            self.write(entity, body["data"], publish=False)
            self.host.call_later(0, lambda: self.publish(entity, -1))
            return 200, {key: value for key, value in entity.describe().items() if key != "data"}
        if len(parts) == 5 and method == "GET":
            return 200, self._items(entity, params)
        return self._write_item(entity, method, parts, body)

    def _write_item(self, entity: Entity, method: str, parts: list[str], body: Any) -> tuple[int, Any]:
        key: Any = parts[5] if len(parts) > 5 else len(entity.items)
        key = int(key) if entity.kind == "list" else key
        if method == "DELETE":
            self.remove(entity, key, publish=False)
            answer: dict[str, Any] = {"last_event_id": entity.event_id, "date_updated": DATE}
            status = 200
        else:
            status = 200 if key in entity.items else 201
            item = self.put(entity, key, body["data"], publish=False)
            answer = {name: value for name, value in item.items() if name != "data"}
        # The answer comes first, then the event.
        self.host.call_later(0, lambda: self.publish(entity, -1))
        return status, answer

    def _items(self, entity: Entity, params: dict[str, str]) -> dict[str, Any]:
        convert: Any = int if entity.kind == "list" else str
        for single in ("Index", "Key"):
            if single in params:
                found = entity.items.get(convert(unquote(params[single])))
                return {"items": [found] if found else [], "meta": {}}
        keys = sorted(entity.items, reverse=params["Order"] == "desc")
        everything = list(keys)
        if "From" in params:
            start = convert(unquote(params["From"]))
            keys = [key for key in keys if (key <= start if params["Order"] == "desc" else key >= start)]
        chosen = keys[: min(100, int(params["PageSize"]))]
        before = bool(chosen) and everything[0] != chosen[0]
        after = bool(chosen) and everything[-1] != chosen[-1]
        meta = {"previous_token": "p" if before else None, "next_token": "n" if after else None}
        return {"items": [entity.items[key] for key in chosen], "meta": meta}
