"""Requests that must not be cached: changes (sent once) and fetches (tried six times).

Not responsible for what the answers mean. Cached reads are ``network.py``'s.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from pyconvo.backoff import Retrier, RetryLimitError, RetryPolicy
from pyconvo.errors import ConversationsError, FetchError, UpstreamError
from pyconvo.hosts.base import Host
from pyconvo.services.tasks import sleep
from pyconvo.twilsock.connection import TwilsockClient

_JSON = {"Content-Type": "application/json; charset=utf-8"}
_FETCH_POLICY = RetryPolicy(min=50, max=1600, max_attempts=6)


class Commands:
    """Requests in the name of one product, to absolute URLs or to paths under ``base_url``."""

    def __init__(self, host: Host, twilsock: TwilsockClient, base_url: str, product_id: str) -> None:
        self._host = host
        self._twilsock = twilsock
        self._base_url = base_url.strip("/")
        self._product_id = product_id

    async def post(self, url: str, body: dict[str, Any]) -> Any:
        """Change something. One attempt; raises the transport's error. Returns the answer's body."""
        return await self._mutate("POST", url, body)

    async def delete(self, url: str) -> Any:
        """Remove something. One attempt; raises the transport's error."""
        return await self._mutate("DELETE", url, {})

    async def fetch(self, url: str, *, final: Callable[[ConversationsError], bool] = lambda _: False) -> Any:
        """Read, whatever goes wrong up to five times. Raises :class:`pyconvo.errors.FetchError` after that.

        An error that is ``final``, because it is an answer, is raised itself and at once.
        """
        retrier = Retrier(_FETCH_POLICY, self._host.random)
        retrier.first(self._host.now() * 1000)
        while True:
            try:
                response = await self._twilsock.request(
                    "GET", self._absolute(url), headers=_JSON, grant=self._product_id
                )
                return response.body
            except ConversationsError as error:
                if final(error):
                    raise
                try:
                    delay = retrier.next(self._host.now() * 1000)
                except RetryLimitError:
                    raise FetchError(f'Fetch resource from "{url}" failed.') from error
            await sleep(self._host, delay)

    async def _mutate(self, method: Literal["POST", "DELETE"], url: str, body: dict[str, Any]) -> Any:
        headers = {**_JSON, "X-Twilio-Mutation-Id": self._host.uuid()}
        response = await self._twilsock.request(
            method, self._absolute(url), headers=headers, body=body, grant=self._product_id
        )
        if response.status == 202:
            return await self._fetch_result(response.body)
        return response.body

    async def _fetch_result(self, body: Any) -> Any:
        """The service knows this change already, and says where its result is."""
        url = body.get("resource_url") if isinstance(body, dict) else None
        if not isinstance(url, str):
            raise UpstreamError(202, "The service accepted the request without saying where its result is", body)
        return await self.fetch(url)

    def _absolute(self, url: str) -> str:
        trimmed = url.strip("/")
        return trimmed if url.startswith(("http://", "https://")) else f"{self._base_url}/{trimmed}"
