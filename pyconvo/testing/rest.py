"""Twilio's own Python library, led to the emulator: programs for servers run on it as they are.

Needs the package ``twilio``, which is not a dependency of pyconvo. Requests of the library for any other product are
refused here: a test must never reach the cloud by accident.
"""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from pyconvo.emulator.config import ACCOUNT_SID, AUTH_TOKEN

if TYPE_CHECKING:
    from pyconvo.testing.emulator import Emulator

#: Also with an edge or a region: ``conversations.ashburn.us1.twilio.com``.
_CONVERSATIONS = re.compile(r"https://conversations(\.[a-z0-9-]+){0,2}\.twilio\.com")


def twilio_client(
    emulator: Emulator | str,
    username: str = ACCOUNT_SID,
    password: str = AUTH_TOKEN,
    *,
    asynchronous: bool = False,
) -> Client:
    """A ``twilio.rest.Client`` whose ``conversations`` are the emulator's.

    ``emulator``: the object, or an address such as ``http://127.0.0.1:8080``. With an API key, ``username`` is its sid
    and ``password`` its secret. ``asynchronous``: for the library's ``…_async`` methods; made while a loop runs, and
    to be ended with ``await client.http_client.close()``.
    """
    url = emulator if isinstance(emulator, str) else emulator.url
    http = AsyncEmulatorHttpClient(url) if asynchronous else EmulatorHttpClient(url)
    return Client(username, password, account_sid=ACCOUNT_SID, http_client=http)


class EmulatorHttpClient(TwilioHttpClient):  # type: ignore[misc]
    """For ``twilio.rest.Client(…, http_client=EmulatorHttpClient("http://127.0.0.1:8080"))``."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url.rstrip("/")
        # A proxy of the environment has no way to this machine's own ports.
        self.session.trust_env = False

    def request(self, method: str, url: str, *args: Any, **more: Any) -> Response:
        return super().request(method, _led(url, self._url), *args, **more)


class AsyncEmulatorHttpClient(AsyncTwilioHttpClient):  # type: ignore[misc]
    """The same for the library's asynchronous methods."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url.rstrip("/")

    async def request(self, method: str, url: str, *args: Any, **more: Any) -> Response:
        auth = more.pop("auth", None)
        if auth is not None:
            # As the library would, without the form that newer versions of aiohttp warn of.
            encoded = base64.b64encode(":".join(auth).encode()).decode()
            more["headers"] = {**(more.get("headers") or {}), "Authorization": f"Basic {encoded}"}
        return await super().request(method, _led(url, self._url), *args, **more)


def _led(url: str, to: str) -> str:
    """The address at the emulator. Raises ``ValueError`` for one of another product."""
    if urlsplit(url).netloc == urlsplit(to).netloc:
        return url
    led = _CONVERSATIONS.sub(lambda _: to, url, count=1)
    if led == url:
        raise ValueError(f"the emulator has Conversations only: {url.partition('?')[0]} is not carried out")
    return led
