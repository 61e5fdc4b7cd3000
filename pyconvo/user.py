"""``User``: a person of the service, kept up to date while subscribed.

Which users are subscribed, and for how long, is ``services/users.py``'s business.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from pyconvo.entity import Entity
from pyconvo.errors import ConversationsError
from pyconvo.event_names import UserEvents
from pyconvo.json_values import JSONValue, encode_component, json_equal, parse_attributes, same, to_json
from pyconvo.payloads import UserUpdated
from pyconvo.services.configuration import Configuration
from pyconvo.services.session import Core
from pyconvo.sync import ItemAdded, ItemUpdated, SyncMap
from pyconvo.validation import JSON, STRING, checked

logger = logging.getLogger("pyconvo.model")


class User(Entity, UserEvents):
    """A user of the service. Official: ``User``.

    Errors of methods as for :class:`pyconvo.Conversation`.
    """

    def __init__(
        self,
        core: Core,
        identity: str = "",
        map_name: str = "",
        ready: Callable[[], Awaitable[object]] | None = None,
    ) -> None:
        """``ready``, for the own user: waits for the client's start, and raises when there is none."""
        super().__init__(core.lifetime)
        self._ready = ready
        self._core = core
        self._identity = identity
        self._map_name = map_name
        self._friendly_name: str | None = None
        self._attributes: JSONValue = {}
        self._online: bool | None = None
        self._notifiable: bool | None = None
        self._subscription = "initializing"
        self._map: SyncMap | None = None
        self._fetching: asyncio.Task[None] | None = None
        self._configured: asyncio.Future[Configuration] = asyncio.get_running_loop().create_future()

    @property
    def identity(self) -> str:
        """The name under which the user logs in; ``""`` for the own user before the client knows it."""
        return self._identity

    @property
    def friendly_name(self) -> str | None:
        """The name to show; ``None`` without one, or before the user is read."""
        return self._friendly_name

    @property
    def attributes(self) -> JSONValue:
        """Any data of the application; ``{}`` when there is none."""
        return self._attributes

    @property
    def is_online(self) -> bool | None:
        """Whether the user is connected now; ``None`` when the service does not tell."""
        return self._online

    @property
    def is_notifiable(self) -> bool | None:
        """Whether push notifications would reach the user; ``None`` when the service does not tell."""
        return self._notifiable

    @property
    def is_subscribed(self) -> bool:
        """Whether this object follows changes."""
        return self._subscription == "subscribed"

    @checked(JSON)
    async def update_attributes(self, attributes: JSONValue) -> User:
        """Replace the attributes. They change here when the service says so, perhaps after this returns."""
        await self._modify({"attributes": to_json(attributes)})
        return self

    @checked(STRING)
    async def update_friendly_name(self, friendly_name: str) -> User:
        """Replace the friendly name."""
        await self._modify({"friendly_name": friendly_name})
        return self

    async def unsubscribe(self) -> None:
        """Stop following changes. The client's own user is subscribed again at once."""
        await self._known()
        if self._fetching is None:
            return
        await asyncio.shield(self._fetching)
        if self._map is not None:
            self._map.close()
            self._map = None
        self._fetching = None
        self._subscription = "unsubscribed"
        self._mark_dirty()
        self.emit("user_unsubscribed", self)

    # -- for the client --------------------------------------------------------------------------------------

    def _configure(self, configuration: Configuration) -> None:
        """The service's links are known: from now on the user can be read and changed."""
        if not self._configured.done():
            self._configured.set_result(configuration)

    def _become(self, configuration: Configuration) -> None:
        """The own user is known."""
        self._identity = configuration.identity
        self._map_name = configuration.my_user_info
        self._configure(configuration)
        self._changed(["friendly_name", "attributes", "reachability_online", "reachability_notifiable"])

    async def _ensure_fetched(self) -> None:
        """Read the user and follow changes, unless that is done already or there is nothing to read."""
        await asyncio.shield(self._configured)
        if not self._map_name:
            return
        if self._fetching is None:
            self._fetching = self._core.tasks.start(self._fetch(), f"reading the user {self._identity!r}")
        await asyncio.shield(self._fetching)

    async def _fetch(self) -> None:
        try:
            users_map = await self._core.sync.map(self._map_name, include_items=True)
            self._map = users_map
            users_map.on("item_updated", self._on_item)
            users_map.on("item_added", self._on_item)
            if users_map.is_dated:
                # Its items were not kept: in one request instead of one for each.
                await users_map.get_items()
            reads = [self._read(users_map, "friendlyName"), self._read(users_map, "attributes")]
            if (await self._configured).reachability_enabled:
                reads.append(self._read_reachability(users_map))
            await asyncio.gather(*reads)
        except BaseException as error:
            self._fetching = None
            if self._map is not None and isinstance(error, ConversationsError):
                # The next attempt opens it again.
                self._map.close()
                self._map = None
            raise
        self._subscription = "subscribed"
        self._mark_dirty()
        self.emit("user_subscribed", self)

    async def _read(self, users_map: SyncMap, key: str) -> None:
        item = await users_map.get(key)
        self._update(key, item.data)

    async def _read_reachability(self, users_map: SyncMap) -> None:
        try:
            await self._read(users_map, "reachability")
        except ConversationsError as error:
            logger.warning("the reachability of %r cannot be read: %s", self._identity, error)

    def _on_item(self, event: ItemAdded | ItemUpdated) -> None:
        self._update(str(event.item.key), event.item.data)

    def _update(self, key: str, data: dict[str, Any]) -> None:
        reasons: list[str] = []
        match key:
            case "friendlyName":
                name = data.get("value")
                if not same(self._friendly_name, name):
                    self._friendly_name = name
                    reasons.append("friendly_name")
            case "attributes":
                attributes = parse_attributes(data.get("value"), "user", str(self._identity))
                if not json_equal(self._attributes, attributes):
                    self._attributes = attributes
                    reasons.append("attributes")
            case "reachability":
                online, notifiable = data.get("online"), data.get("notifiable")
                if self._online is not online:
                    self._online = online
                    reasons.append("reachability_online")
                if self._notifiable is not notifiable:
                    self._notifiable = notifiable
                    reasons.append("reachability_notifiable")
        if reasons:
            self._changed(reasons)

    def _changed(self, reasons: list[str]) -> None:
        self._mark_dirty()
        self.emit("updated", UserUpdated(self, tuple(reasons)))

    async def _known(self) -> Configuration:
        if self._ready is not None and not self._configured.done():
            await self._ready()
        return await asyncio.shield(self._configured)

    async def _modify(self, body: dict[str, Any]) -> None:
        configuration = await self._known()
        if self._subscription == "unsubscribed":
            raise ConversationsError("Can't modify unsubscribed object")
        await self._core.commands.post(f"{configuration.links.users}/{encode_component(self._identity)}", body)
