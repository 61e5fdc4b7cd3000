"""Sync's HTTP requests: headers, which failures are tried again, and what a failure is called."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

from pyconvo.backoff import Retrier, RetryLimitError, RetryPolicy
from pyconvo.errors import (
    SyncError,
    SyncNetworkError,
    TransportUnavailableError,
    TwilsockError,
    UpstreamError,
)
from pyconvo.hosts.base import Host
from pyconvo.twilsock.actions import UpstreamResponse
from pyconvo.twilsock.connection import TwilsockClient
from pyconvo.twilsock.upstream import CONNECTION_LOST

RETRY_POLICY = RetryPolicy(min=4000, max=60_000, max_time=90_000, randomness=0.2)

_UNAVAILABLE = (502, 503, 504)
_THROTTLED = 429


def map_error(error: TwilsockError) -> Exception:
    """The error that users of Sync see for a failed request."""
    if isinstance(error, TransportUnavailableError):
        return error
    if not isinstance(error, UpstreamError) or not error.status:
        return SyncError(str(error))
    body = error.body if isinstance(error.body, dict) else {}
    default = {429: "Throttled by server", 404: "Not found from server"}.get(error.status, "Error from server")
    text, code = str(body.get("message") or default), body.get("code") or 0
    if error.status == 409:
        return SyncNetworkError(text, error.status, code, error.body)
    return SyncError(text, error.status, code)


class SyncNetwork:
    """Requests in the name of one product. Every method returns the answer; an HTTP error is raised."""

    def __init__(self, host: Host, transport: TwilsockClient, product_id: str) -> None:
        self._host = host
        self._transport = transport
        self._product_id = product_id
        known = host.metadata()

        def detail(name: str) -> Any:
            value = known.get(name)
            return None if value == "unknown" else value

        info = {
            "sdk": "js",
            "sdkVer": "4.0.1",
            "os": detail("os"),
            "osVer": detail("osv"),
            "pl": detail("env"),
            "plVer": detail("envv"),
        }
        self._client_info = json.dumps(info, separators=(",", ":"))

    async def get(self, url: str) -> UpstreamResponse:
        """Read. Tried again when throttled, when the service is unavailable, and when the connection is lost."""
        return await self.begin_get(url).result()

    def begin_get(self, url: str, *, too_early: bool = False) -> Asked:
        """As :meth:`get`, sent before this returns; the answer is that of its ``result()``.

        ``too_early``: perhaps it is, so a refusal says nothing: ``result()`` asks once more then.
        """
        return self._begin("GET", url, retry_on=(_THROTTLED, *_UNAVAILABLE), too_early=too_early)

    async def post(self, url: str, body: Any, if_match: str | None = None) -> UpstreamResponse:
        return await self._begin("POST", url, body, if_match).result()

    async def put(self, url: str, body: Any, if_match: str | None = None) -> UpstreamResponse:
        return await self._begin("PUT", url, body, if_match).result()

    async def delete(self, url: str) -> UpstreamResponse:
        return await self._begin("DELETE", url).result()

    def _begin(
        self,
        method: str,
        url: str,
        body: Any = None,
        if_match: str | None = None,
        retry_on: tuple[int, ...] = _UNAVAILABLE,
        *,
        too_early: bool = False,
    ) -> Asked:
        headers = {
            "Content-Type": "application/json",
            "Twilio-Sync-Client-Info": self._client_info,
            "Twilio-Request-Id": f"RQ{self._host.uuid().replace('-', '')}",
        }
        if if_match is not None:
            headers["If-Match"] = if_match

        def send() -> asyncio.Future[UpstreamResponse]:
            return self._transport.begin(method, url, headers=headers, body=body, grant=self._product_id)

        return Asked(self._host, send, retry_on, again_when_lost=method == "GET", too_early=too_early)


class Asked:
    """A request that was sent. Without :meth:`result` it is not tried again."""

    def __init__(
        self,
        host: Host,
        send: Callable[[], asyncio.Future[UpstreamResponse]],
        retry_on: tuple[int, ...],
        *,
        again_when_lost: bool,
        too_early: bool,
    ) -> None:
        self._host = host
        self._send = send
        self._retry_on = retry_on
        self._again_when_lost = again_when_lost
        self._too_early = too_early
        self._began = self._now()
        self._answer = send()

    async def result(self) -> UpstreamResponse:
        """The answer; an HTTP error is raised."""
        retrier: Retrier | None = None
        while True:
            try:
                return await self._answer
            except TwilsockError as error:
                # A read that was lost with its connection is sent on the next one, without waiting here: the
                # transport itself holds it back until there is one.
                lost = self._again_when_lost and str(error) == CONNECTION_LOST
                refused = isinstance(error, UpstreamError) and error.status in self._retry_on
                if not lost and not refused:
                    if not self._too_early:
                        raise map_error(error) from error
                    self._too_early = False
                    self._answer = self._send()
                    continue
                if retrier is None:
                    retrier = Retrier(RETRY_POLICY, self._host.random)
                    retrier.first(self._began)
                try:
                    delay = retrier.next(self._now(), 0 if lost else None)
                except RetryLimitError as limit:
                    raise SyncError(str(limit)) from error
                await self._sleep(delay / 1000)
            self._answer = self._send()

    @property
    def answer(self) -> asyncio.Future[UpstreamResponse]:
        """The answer to the latest attempt."""
        return self._answer

    def cancel(self) -> None:
        """The answer is not wanted any more."""
        self._answer.cancel()

    def _now(self) -> float:
        return self._host.now() * 1000

    async def _sleep(self, seconds: float) -> None:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def wake() -> None:
            if not future.done():
                future.set_result(None)

        timer = self._host.call_later(seconds, wake)
        try:
            await future
        finally:
            timer.cancel()
