"""Which users are kept up to date: the own one always, others up to a number, oldest out first."""

from __future__ import annotations

from collections import deque

from pyconvo.events import ReplayEventEmitter
from pyconvo.json_values import encode_component
from pyconvo.payloads import UserUpdated
from pyconvo.services.configuration import Configuration
from pyconvo.services.network import CachedNetwork
from pyconvo.services.session import Core
from pyconvo.user import User


class Users(ReplayEventEmitter):
    """Events: ``user_updated(UserUpdated)``, ``user_subscribed(User)``, ``user_unsubscribed(User)``."""

    def __init__(self, core: Core, network: CachedNetwork, configuration: Configuration, myself: User) -> None:
        super().__init__()
        self._core = core
        self._network = network
        self._configuration = configuration
        self.myself = myself
        self._subscribed: dict[str, User] = {}
        #: In order of subscription. Reading a user again does not move it.
        self._queue: deque[str] = deque()
        myself.on("updated", self._forward_update)
        myself.on("user_subscribed", lambda user: self.emit("user_subscribed", user))
        myself.on("user_unsubscribed", self._myself_unsubscribed)

    async def get(self, identity: str, map_name: str | None = None) -> User:
        """The subscribed user, or a new one that is subscribed now. ``map_name`` saves a request."""
        await self.myself._ensure_fetched()
        if identity == self.myself.identity:
            return self.myself
        known = self._subscribed.get(identity)
        if known is not None:
            return known
        if map_name is None:
            map_name = await self._look_up(identity)
        user = User(self._core, identity, map_name)
        user._configure(self._configuration)
        user.on("updated", self._forward_update)
        user.on("user_subscribed", self._on_subscribed)
        user.on("user_unsubscribed", self._on_unsubscribed)
        await user._ensure_fetched()
        return user

    async def subscribed(self) -> list[User]:
        """The own user, then the others in order of subscription."""
        await self.myself._ensure_fetched()
        return [self.myself, *self._subscribed.values()]

    async def _look_up(self, identity: str) -> str:
        body = await self._network.get(f"{self._configuration.links.users}/{encode_component(identity)}")
        objects = body.get("sync_objects")
        name = objects.get("user_info_map") if isinstance(objects, dict) else None
        return name if isinstance(name, str) else ""

    def _forward_update(self, event: UserUpdated) -> None:
        self.emit("user_updated", event)

    def _myself_unsubscribed(self, user: User) -> None:
        self.emit("user_unsubscribed", user)
        self._core.tasks.start(user._ensure_fetched(), "reading the own user again")

    def _on_subscribed(self, user: User) -> None:
        if user.identity in self._subscribed:
            return
        # With a number of 0 there is one all the same: nobody has to go for the first.
        if self._queue and len(self._queue) >= self._configuration.users_to_subscribe:
            oldest = self._subscribed.get(self._queue.popleft())
            if oldest is not None:
                self._core.tasks.start(oldest.unsubscribe(), "unsubscribing the oldest user")
        self._queue.append(user.identity)
        self._subscribed[user.identity] = user
        self.emit("user_subscribed", user)

    def _on_unsubscribed(self, user: User) -> None:
        if self._subscribed.get(user.identity) is user:
            del self._subscribed[user.identity]
            if user.identity in self._queue:
                self._queue.remove(user.identity)
        self.emit("user_unsubscribed", user)
