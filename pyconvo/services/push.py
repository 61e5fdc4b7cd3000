"""Registers devices for push with the service: what is wanted, what the service knows, and the requests between.

Nothing is sent while both are the same: a device whose token has not changed is not registered again. Not
responsible for what is pushed, nor for reading it (``pyconvo/push.py``).
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from pyconvo.backoff import Retrier, RetryLimitError, RetryPolicy
from pyconvo.errors import ConversationsError, TransportUnavailableError, TwilsockError, UpstreamError
from pyconvo.push import PUSH_TYPES
from pyconvo.services.configuration import PRODUCT_ID
from pyconvo.services.session import Core
from pyconvo.services.tasks import sleep
from pyconvo.twilsock.actions import UpstreamResponse

_HEADERS = {"Content-Type": "application/json"}
_UNTIL_DONE = RetryPolicy(min=2000, max=120_000, randomness=0.2)
_THREE_TIMES = replace(_UNTIL_DONE, max_attempts=3)
#: Answers of the 4xx kind after which another attempt may succeed.
_PASSING = (408, 429)
_LONGEST_PLATFORM = 128
_QUERY = f"?productId={PRODUCT_ID}"


@dataclass(slots=True)
class _State:
    """``types`` keeps its order."""

    token: str = ""
    device: str = ""
    types: tuple[str, ...] = ()

    def same(self, other: _State) -> bool:
        return (self.token, self.device) == (other.token, other.device) and set(self.types) == set(other.types)


@dataclass(slots=True)
class _Channel:
    name: str
    version: str
    wanted: _State = field(default_factory=lambda: _State(types=PUSH_TYPES))
    known: _State = field(default_factory=_State)
    #: The service's name of the registration.
    registration: str | None = None
    busy: bool = False


class PushRegistrations:
    """Of one client. ``url``: of the registration service."""

    def __init__(self, core: Core, url: str, token: str) -> None:
        self._host = core.host
        self._twilsock = core.twilsock
        self._url = url
        self._channels = {"apn": _Channel("apn", "4"), "fcm": _Channel("fcm", "3")}
        self.use_token(token)

    def use_token(self, token: str) -> None:
        """Another access token: with the next change, devices are registered anew under it."""
        for channel in self._channels.values():
            channel.wanted.token = token

    async def register(self, name: str, device: str) -> None:
        """Make the device known to the service; the one before it is removed.

        Raises :class:`ConversationsError` while another change is being made, and the transport's error when the
        service refuses; what may pass is tried until it does.
        """
        channel = self._channels[name]
        channel.wanted.types = PUSH_TYPES
        channel.wanted.device = device
        await self._commit()

    async def unregister(self, name: str) -> None:
        """Remove the registration that this client has made. Nothing happens when there is none."""
        self._channels[name].wanted.types = ()
        await self._commit()

    async def remove(self, name: str, device: str) -> None:
        """Remove every registration of that device, whoever made it. Tried three times."""
        body = {"binding_type": name, "address": device}
        await self._attempt(_THREE_TIMES, "DELETE", f"{self._url}{_QUERY}", body)
        channel = self._channels[name]
        channel.registration = None
        channel.known.device = ""

    # -- internal --------------------------------------------------------------------------------------------

    async def _commit(self) -> None:
        """Bring the service up to date on all channels at once, as they are to be now."""
        begun: list[Coroutine[Any, Any, None]] = []
        refused: list[BaseException] = []
        for channel in self._channels.values():
            if not channel.wanted.device:
                continue
            if channel.busy:
                refused.append(ConversationsError("One registration attempt is already in progress"))
            elif not channel.wanted.same(channel.known):
                channel.busy = True
                begun.append(self._commit_one(channel, replace(channel.wanted)))
        results = await asyncio.gather(*begun, return_exceptions=True)
        for error in (*refused, *results):
            if isinstance(error, BaseException):
                raise error

    async def _commit_one(self, channel: _Channel, wanted: _State) -> None:
        try:
            moved = bool(channel.known.device) and channel.known.device != wanted.device
            if moved or not wanted.types:
                await self._remove_own(channel)
            if wanted.types:
                await self._post(channel, wanted)
            channel.known = wanted
        finally:
            channel.busy = False

    async def _post(self, channel: _Channel, wanted: _State) -> None:
        body = {
            "endpoint_platform": self._host.platform()[:_LONGEST_PLATFORM],
            "channel_type": channel.name,
            "version": channel.version,
            "message_types": list(wanted.types),
            "data": {"registration_id": wanted.device},
        }
        response = await self._attempt(_UNTIL_DONE, "POST", f"{self._url}{_QUERY}", body)
        told = response.body.get("id") if isinstance(response.body, dict) else None
        channel.registration = None if told is None else str(told)

    async def _remove_own(self, channel: _Channel) -> None:
        if channel.registration is None:
            return
        await self._attempt(_THREE_TIMES, "DELETE", f"{self._url}/{channel.registration}{_QUERY}", {})
        channel.registration = None
        channel.known.device = ""

    async def _attempt(
        self, policy: RetryPolicy, method: Literal["POST", "DELETE"], url: str, body: dict[str, Any]
    ) -> UpstreamResponse:
        """The request, again after each failure that may pass, as often as ``policy`` says."""
        retrier = Retrier(policy, self._host.random)
        retrier.first(self._host.now() * 1000)
        while True:
            try:
                return await self._twilsock.request(method, url, headers=_HEADERS, body=body, grant=PRODUCT_ID)
            except TwilsockError as error:
                if _final(error):
                    raise
                try:
                    delay = retrier.next(self._host.now() * 1000)
                except RetryLimitError:
                    raise error from None
            await sleep(self._host, delay)


def _final(error: TwilsockError) -> bool:
    """Whether trying again cannot help."""
    if isinstance(error, TransportUnavailableError):
        return True
    return isinstance(error, UpstreamError) and 400 <= error.status < 500 and error.status not in _PASSING
