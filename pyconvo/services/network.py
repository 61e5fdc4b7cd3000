"""Reads that may be a moment old: one answer per URL is kept for a short time.

Not responsible for changes, nor for telling anybody that an answer is out of date: nothing does.
"""

from __future__ import annotations

from typing import Any

from pyconvo.backoff import Retrier, RetryLimitError
from pyconvo.errors import ConversationsError, FetchError, TwilsockError, UpstreamError
from pyconvo.hosts.base import Host
from pyconvo.services.configuration import Configuration
from pyconvo.services.tasks import sleep
from pyconvo.twilsock.connection import TwilsockClient
from pyconvo.twilsock.upstream import CONNECTION_LOST

_UNAVAILABLE = (502, 503, 504)
_THROTTLED = 429

#: Stale answers are swept out when this many are kept.
_SWEEP_AT = 100


class CachedNetwork:
    """GET requests with a cache, for one client."""

    def __init__(self, host: Host, twilsock: TwilsockClient, configuration: Configuration) -> None:
        self._host = host
        self._twilsock = twilsock
        self._configuration = configuration
        # The configured number is in seconds; the official SDK multiplies it by 100, and counts depend on that.
        self._lifetime = configuration.http_cache_interval * 100
        self._answers: dict[str, tuple[float, dict[str, Any]]] = {}

    async def get(self, url: str) -> dict[str, Any]:
        """The body of the answer, perhaps a cached one. Tried up to three times when the service is busy.

        Raises the transport's error, or :class:`pyconvo.errors.FetchError` when no attempt is left.
        """
        cached = self._answers.get(url)
        if cached is not None and not self._stale(cached[0]):
            return cached[1]
        body = await self._fetch(url)
        if self._lifetime:
            if len(self._answers) >= _SWEEP_AT:
                self._answers = {key: kept for key, kept in self._answers.items() if not self._stale(kept[0])}
            self._answers[url] = (self._now(), body)
        return body

    async def _fetch(self, url: str) -> dict[str, Any]:
        retrier = Retrier(self._configuration.backoff, self._host.random)
        retrier.first(self._now())
        while True:
            try:
                response = await self._twilsock.request("GET", url, headers={}, grant=self._configuration.product_id)
                if not isinstance(response.body, dict):
                    raise ConversationsError(f"The service's answer for {url} is not an object")
                return response.body
            except TwilsockError as error:
                if not self._may_retry(error):
                    raise
                try:
                    delay = retrier.next(self._now())
                except RetryLimitError as limit:
                    raise FetchError(str(limit)) from error
            await sleep(self._host, delay)

    def _may_retry(self, error: TwilsockError) -> bool:
        if isinstance(error, UpstreamError):
            throttled = error.status == _THROTTLED and self._configuration.retry_when_throttled
            return throttled or error.status in _UNAVAILABLE
        return str(error) == CONNECTION_LOST

    def _stale(self, stored: float) -> bool:
        return self._now() - stored > self._lifetime

    def _now(self) -> float:
        return self._host.now() * 1000
