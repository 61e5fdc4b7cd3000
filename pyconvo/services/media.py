"""The media service: uploads, records and temporary addresses, over plain HTTPS beside the socket.

Not responsible for which media belong to which message.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus

from pyconvo.backoff import Retrier, RetryLimitError
from pyconvo.errors import ConversationsError, HostError, MediaSetError, MediaTransportError
from pyconvo.hosts.base import Host, HttpRequest
from pyconvo.json_values import to_json, whole_characters
from pyconvo.media import MediaCategory, MediaContent, upload_of
from pyconvo.services.configuration import Configuration
from pyconvo.services.tasks import sleep

_UNAVAILABLE = (502, 503, 504)
_THROTTLED = 429


@dataclass(frozen=True, slots=True)
class MediaRecord:
    """What the service says about one medium; ``state`` is as messages carry it."""

    state: Mapping[str, Any]
    temporary_url: str | None

    @property
    def sid(self) -> str:
        return str(self.state["sid"])

    @classmethod
    def read(cls, body: Any) -> MediaRecord:
        links = body.get("links") if isinstance(body, Mapping) else None
        if not isinstance(links, Mapping):
            raise ConversationsError("The media service's answer is not the record of a medium")
        state = {
            "sid": body.get("sid"),
            "category": body.get("category") or "media",
            "filename": body.get("filename"),
            "contentType": body.get("content_type"),
            "size": body.get("size"),
        }
        return cls(state, links.get("content_direct_temporary"))


class MediaService:
    """For one client. ``token`` may be replaced at any time: requests that follow carry the new one."""

    def __init__(self, host: Host, configuration: Configuration, region: str, token: str) -> None:
        self._host = host
        self._configuration = configuration
        self.token = token
        links = configuration.links
        self._url = _absolute(links.media_service, region)
        # The official SDK does not look at the region here.
        self._set_url = f"{self._url}Set" if links.media_set_service is None else _absolute(links.media_set_service)

    async def upload(
        self, category: MediaCategory, content: MediaContent, on_sent: Callable[[int, int], Any] | None = None
    ) -> MediaRecord:
        """Upload one medium; cancelling the task aborts it. Tried once. Raises :class:`MediaTransportError`.

        ``on_sent`` is told how many bytes have left, of how many.
        """
        content_type, data, filename = upload_of(content)
        query = f"Category={_form_encoded(category)}"
        if filename:
            query += f"&Filename={_form_encoded(filename)}"
        url = self._url + ("&" if "?" in self._url else "?") + query
        headers = {"Content-Type": content_type} if content_type else {}
        return MediaRecord.read(await self._request("POST", url, headers, data, on_sent))

    async def get(self, sid: str) -> MediaRecord:
        """A medium with a fresh temporary address. Tried up to three times when the service is busy."""
        retrier = Retrier(self._configuration.backoff, self._host.random)
        retrier.first(self._host.now() * 1000)
        while True:
            try:
                return MediaRecord.read(await self._request("GET", f"{self._url}/{sid}", {}, None))
            except MediaTransportError as error:
                throttled = error.code == _THROTTLED and self._configuration.retry_when_throttled
                if not throttled and error.code not in _UNAVAILABLE:
                    raise
                try:
                    delay = retrier.next(self._host.now() * 1000)
                except RetryLimitError:
                    raise error from None
            await sleep(self._host, delay)

    async def get_set(self, sids: Sequence[str]) -> list[MediaRecord]:
        """Several media in one request. Raises :class:`MediaSetError` when the service does not give one of them."""
        wanted = {"command": "get", "list": [{"media_sid": sid} for sid in sids]}
        headers = {"Content-Type": "application/json"}
        body = await self._request("POST", self._set_url, headers, to_json(wanted).encode())
        records: list[MediaRecord] = []
        for entry in body if isinstance(body, list) else ():
            record = entry.get("media_record") or {}
            if entry.get("code") != 200:
                raise MediaSetError(str(record.get("sid")))
            records.append(MediaRecord.read(record))
        return records

    async def get_urls(self, sids: Sequence[str]) -> dict[str, str]:
        """Temporary addresses by sid."""
        return {record.sid: record.temporary_url or "" for record in await self.get_set(sids)}

    async def _request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None,
        on_sent: Callable[[int, int], Any] | None = None,
    ) -> Any:
        if not self._url:
            raise ConversationsError("Media Content Service is unavailable")
        request = HttpRequest(method, url, {"X-Twilio-Token": self.token, **headers}, body, on_sent)
        try:
            response = await self._host.fetch(request)
        except HostError as error:
            raise MediaTransportError(0, "", "", {}, "") from error
        content = _content(response.headers.get("content-type", ""), response.body)
        if 200 <= response.status < 300:
            return content
        raise MediaTransportError(response.status, response.reason, content, response.headers, _shown(content))


def _absolute(url: str, region: str = "us1") -> str:
    return url if not url or url.startswith("http") else f"https://mcs.{region}.twilio.com{url}"


def _form_encoded(text: str) -> str:
    """As JavaScript's ``URLSearchParams`` writes a value."""
    return quote_plus(whole_characters(text), safe="*").replace("~", "%7E")


def _content(content_type: str, body: bytes) -> Any:
    text = body.decode("utf-8", "replace")
    if not content_type.startswith("application/json") or not text:
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text


def _shown(content: Any) -> str:
    """An answer's body in one line, for an error's message."""
    if not isinstance(content, str):
        return to_json(content)
    if "\n" not in content:
        return content
    lines = [line for line in re.sub("<.*?>", "", content).split("\r\n") if line]
    words = lines[0].split(" ") if lines else []
    # A page of a proxy repeats the status in front.
    return " ".join(words[1:] if len(words) > 2 else words)
