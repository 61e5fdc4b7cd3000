"""What documents, lists and maps have in common: one shared core, a handle for everybody who opened it.

Not responsible for what their data is, nor for when subscriptions are sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Protocol, Self

from pyconvo.errors import ConversationsError, SyncError
from pyconvo.events import ReplayEventEmitter
from pyconvo.sync.events import EntityRemoved
from pyconvo.sync.items import parse_date
from pyconvo.sync.network import SyncNetwork


class Registry(Protocol):
    """Who keeps the shared cores and their subscriptions."""

    def subscribe(self, core: EntityCore) -> None: ...

    def unsubscribe(self, core: EntityCore) -> None: ...

    def refresh(self, core: EntityCore) -> None:
        """Events may have been missed."""

    def forget(self, core: EntityCore) -> None:
        """The entity was removed or nobody holds it: the next open starts afresh."""

    def changed(self, core: EntityCore) -> None:
        """Its description is another one now."""


@dataclass(slots=True)
class Services:
    network: SyncNetwork
    registry: Registry


class EntityCore:
    """One Sync object of the service, as this client knows it."""

    kind: ClassVar[str]

    def __init__(self, services: Services, description: Mapping[str, Any]) -> None:
        self.services = services
        self.sid: str = description["sid"]
        self.unique_name: str | None = description.get("unique_name")
        self.url: str = description.get("url") or ""
        self.revision: str | None = description.get("revision")
        self.last_event_id: int | None = description.get("last_event_id")
        self.date_updated: datetime | None = parse_date(description.get("date_updated"))
        self.is_removed = False
        self.subscription_state = "none"
        self.kept_as: str | None = None
        #: As it was kept by an earlier run: what has happened since is yet to be heard.
        self.is_dated = False
        self._handles: list[SyncHandle] = []

    @property
    def type(self) -> str:
        """``document``, ``list`` or ``map``."""
        return self.kind

    def describe(self) -> dict[str, Any]:
        """What makes an equal one, in the service's terms (:mod:`pyconvo.sync.storage`)."""
        return {
            "sid": self.sid,
            "unique_name": self.unique_name,
            "url": self.url,
            "revision": self.revision,
            "last_event_id": self.last_event_id,
            "date_updated": self.date_updated and self.date_updated.isoformat(),
        }

    # -- handles ---------------------------------------------------------------------------------------------

    def attach(self, handle: SyncHandle) -> None:
        self._handles.append(handle)
        if len(self._handles) == 1:
            self.services.registry.subscribe(self)

    def detach(self, handle: SyncHandle) -> None:
        if handle in self._handles:
            self._handles.remove(handle)
            if not self._handles:
                self.services.registry.unsubscribe(self)
                self.services.registry.forget(self)

    @property
    def handle_count(self) -> int:
        return len(self._handles)

    def broadcast(self, event: str, payload: Any) -> None:
        for handle in tuple(self._handles):
            handle.emit(event, payload)

    # -- what subscriptions say ------------------------------------------------------------------------------

    def apply(self, event_type: str, event: Mapping[str, Any], *, ordered: bool) -> None:
        """An event of this entity came. ``ordered``: nothing before it is outstanding."""
        raise NotImplementedError

    def advance(self, event_id: int | None) -> None:
        """Everything up to ``event_id`` has been applied."""

    def set_subscription_state(self, state: str) -> None:
        self.subscription_state = state
        if state == "established":
            self.is_dated = False
        # It changes thrice when an object is opened, and hardly anybody wants to know.
        for handle in tuple(self._handles):
            if "subscription_state_changed" in handle._entries:
                handle.emit("subscription_state_changed", state)

    def fail(self, error: SyncError) -> None:
        """The service refuses to send events of this entity."""
        if error.status == 404:
            self.removed(is_local=False)
        else:
            self.broadcast("failure", error)

    def removed(self, *, is_local: bool) -> None:
        if self.is_removed:
            return
        self.is_removed = True
        self.services.registry.unsubscribe(self)
        self.services.registry.forget(self)
        self.broadcast("removed", EntityRemoved(is_local, self.previous_data()))

    def previous_data(self) -> dict[str, Any] | None:
        return None

    def gone(self, error: SyncError) -> SyncError:
        """A write was answered with ``error``; 404 means that the entity is no more."""
        if error.status == 404:
            self.removed(is_local=False)
        return error

    async def delete(self) -> None:
        """Remove the entity itself, for everybody."""
        await self.services.network.delete(self.url)
        self.removed(is_local=True)

    def updated_at(self, date: datetime | None) -> None:
        if date is not None and (self.date_updated is None or date > self.date_updated):
            self.date_updated = date
            self.services.registry.changed(self)


class SyncHandle(ReplayEventEmitter):
    """One opener's hold on a Sync object. Close it when done; the last one closed ends the subscription.

    Events of every handle: ``removed(EntityRemoved)``, ``failure(SyncError)``,
    ``subscription_state_changed(state)`` with ``none``, ``request_in_flight``, ``response_in_flight`` or
    ``established``.
    """

    def __init__(self, core: EntityCore) -> None:
        super().__init__()
        self._entity = core
        self._closed = False
        core.attach(self)

    @property
    def sid(self) -> str:
        return self._entity.sid

    @property
    def unique_name(self) -> str | None:
        return self._entity.unique_name

    @property
    def url(self) -> str:
        return self._entity.url

    @property
    def revision(self) -> str | None:
        return self._entity.revision

    @property
    def last_event_id(self) -> int | None:
        return self._entity.last_event_id

    @property
    def date_updated(self) -> datetime | None:
        """When the object last changed (UTC)."""
        return self._entity.date_updated

    @property
    def subscription_state(self) -> str:
        return self._entity.subscription_state

    @property
    def is_dated(self) -> bool:
        """Whether it was opened as an earlier run has kept it, and is not yet brought up to date by its events."""
        return self._entity.is_dated

    def close(self) -> None:
        """Give the object up. Harmless when repeated; nothing else may be called afterwards."""
        if not self._closed:
            self._closed = True
            self._entity.detach(self)
            self.remove_all_listeners()

    def catch_up(self) -> None:
        """Ask the service for events that may have been missed. What is known already is not told again."""
        if not self._closed:
            self._entity.services.registry.refresh(self._entity)

    async def remove_entity(self) -> None:
        """Remove the object itself, for everybody."""
        self._ensure_open()
        await self._entity.delete()

    def _ensure_open(self) -> None:
        if self._closed:
            raise ConversationsError("Invalid operation on closed object")

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        self.close()
