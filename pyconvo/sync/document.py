"""A document: one JSON object."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from pyconvo.errors import SyncError
from pyconvo.sync.entity import EntityCore, Services, SyncHandle
from pyconvo.sync.events import DocumentUpdated
from pyconvo.sync.items import parse_date
from pyconvo.sync.merging import MergingQueue

Mutator = Callable[[dict[str, Any]], "dict[str, Any] | None"]


class DocumentCore(EntityCore):
    kind: ClassVar[str] = "document"

    def __init__(self, services: Services, description: Mapping[str, Any]) -> None:
        super().__init__(services, description)
        self.data: dict[str, Any] = description.get("data") or {}
        self.queue = MergingQueue()

    def describe(self) -> dict[str, Any]:
        return {**super().describe(), "data": self.data}

    def previous_data(self) -> dict[str, Any] | None:
        return self.data

    def apply(self, event_type: str, event: Mapping[str, Any], *, ordered: bool) -> None:
        if event_type == "document_removed":
            self.removed(is_local=False)
        elif event_type == "document_updated":
            self._take(
                {
                    "last_event_id": event.get("id"),
                    "revision": event.get("document_revision"),
                    "date_updated": event.get("date_created"),
                    "data": event.get("document_data"),
                },
                is_local=False,
            )

    def _take(self, newer: Mapping[str, Any], *, is_local: bool) -> None:
        """Become what ``newer`` describes, unless this or something later is known."""
        event_id = newer.get("last_event_id")
        if event_id is None or (self.last_event_id is not None and event_id <= self.last_event_id):
            return
        previous, self.data = self.data, newer.get("data") or {}
        self.last_event_id, self.revision = event_id, newer.get("revision")
        self.date_updated = parse_date(newer.get("date_updated")) or self.date_updated
        self.services.registry.changed(self)
        self.broadcast("updated", DocumentUpdated(self.data, previous, is_local))

    async def write(self, data: dict[str, Any], ttl: int | None, if_match: str | None = None) -> dict[str, Any]:
        if self.is_removed:
            raise SyncError("The Document has been removed", 404, 54100)
        body: dict[str, Any] = {"data": data}
        if ttl is not None:
            body["ttl"] = ttl
        try:
            response = await self.services.network.post(self.url, body, if_match)
        except SyncError as error:
            raise self.gone(error) from error
        self._take({**response.body, "data": data}, is_local=True)
        return self.data

    async def write_mutated(self, mutator: Mutator, ttl: int | None) -> dict[str, Any]:
        while True:
            data = mutator(copy.deepcopy(self.data))
            if data is None:
                return self.data
            try:
                return await self.write(data, ttl, self.revision)
            except SyncError as error:
                if error.status != 412:
                    raise
            await self._refresh()

    async def _refresh(self) -> None:
        try:
            response = await self.services.network.get(self.url)
        except SyncError as error:
            raise self.gone(error) from error
        self._take(response.body, is_local=False)


class SyncDocument(SyncHandle):
    """A hold on a document. Event: ``updated(DocumentUpdated)``, and those of every handle."""

    def __init__(self, core: DocumentCore) -> None:
        super().__init__(core)
        self._core = core

    @property
    def data(self) -> dict[str, Any]:
        """The data as last received; do not change it in place."""
        return self._core.data

    async def set(self, data: dict[str, Any], *, ttl: int | None = None) -> dict[str, Any]:
        """Replace the data, whatever it is by now. ``ttl``: seconds to live, 0 for ever."""
        self._ensure_open()
        core, value = self._core, copy.deepcopy(data)
        result: dict[str, Any] = await core.queue.squash_and_add(ttl, lambda ttl: core.write(value, ttl))
        return result

    async def mutate(self, mutator: Mutator, *, ttl: int | None = None) -> dict[str, Any]:
        """Replace the data by what ``mutator`` makes of a copy of it; called again if somebody else wrote meanwhile.

        A mutator that returns nothing cancels. Returns the data afterwards.
        """
        self._ensure_open()
        core = self._core
        result: dict[str, Any] = await core.queue.add(ttl, lambda ttl: core.write_mutated(mutator, ttl))
        return result

    async def update(self, changes: dict[str, Any], *, ttl: int | None = None) -> dict[str, Any]:
        """Replace single members of the data."""
        return await self.mutate(lambda data: {**data, **copy.deepcopy(changes)}, ttl=ttl)
