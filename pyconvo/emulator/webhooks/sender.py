"""Sends webhooks: signed, in time, and again where the URL's overrides say so.

Not responsible for what is sent and in which order (``engine``).
"""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from collections.abc import Callable
from urllib.parse import urlencode

import httpx

from pyconvo.emulator.clock import Clock
from pyconvo.emulator.webhooks.deliveries import Attempt, Delivery
from pyconvo.emulator.webhooks.overrides import LONGEST, Overrides, read_overrides
from pyconvo.emulator.webhooks.signature import HEADER, sign

logger = logging.getLogger("pyconvo.emulator.webhooks")

#: More at a time would only wait for each other on one machine.
AT_ONCE = 64
LONGEST_NOTE = 4000


class Sender:
    def __init__(self, auth_token: str, clock: Callable[[], Clock]) -> None:
        self._auth_token = auth_token
        self._clock = clock
        self._client: httpx.AsyncClient | None = None
        self._places = asyncio.Semaphore(AT_ONCE)

    async def send(self, delivery: Delivery) -> Attempt:
        """The last attempt, successful or not; all of them stand in ``delivery``."""
        overrides = read_overrides(delivery.url or "")
        longest = LONGEST if delivery.phase == "pre" else overrides.total
        key = str(uuid.uuid4())
        async with self._places:
            end = time.monotonic() + longest
            for number in range(1 + overrides.retries):
                attempt, connected = await self._attempt(delivery, overrides, key, number, end - time.monotonic())
                delivery.attempts.append(attempt)
                again = overrides.again(status=attempt.status, connected=connected)
                if not again or time.monotonic() >= end:
                    break
        return delivery.attempts[-1]

    async def close(self) -> None:
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    async def _attempt(
        self, delivery: Delivery, overrides: Overrides, key: str, number: int, remaining: float
    ) -> tuple[Attempt, bool]:
        """One request, and whether it got as far as a connection."""
        started = time.monotonic()
        made = Attempt(at=self._clock().iso(), seconds=0.0)
        connected = True
        try:
            async with asyncio.timeout(min(remaining, overrides.read)):
                answer = await self._open().send(self._request(delivery, overrides, key, number), follow_redirects=True)
            made.status, made.body = answer.status_code, answer.text[:LONGEST_NOTE]
        except (TimeoutError, httpx.ReadTimeout):
            made.error = f"no answer within {min(remaining, overrides.read):.3g} seconds"
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            made.error, connected = f"not connected: {error or 'no answer in time'}", False
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            made.error = f"{type(error).__name__}: {error}"
        except Exception as error:
            # Whatever it is: who waits for this webhook must not wait for ever.
            logger.exception("webhook %d failed", delivery.number)
            made.error = f"{type(error).__name__}: {error}"
        made.seconds = round(time.monotonic() - started, 3)
        return made, connected

    def _request(self, delivery: Delivery, overrides: Overrides, key: str, number: int) -> httpx.Request:
        form = delivery.parameters | {"RetryCount": str(number)}
        delivery.parameters = form
        headers = {
            "I-Twilio-Idempotency-Token": key,
            "User-Agent": "TwilioProxy/1.1",
            "Accept": "*/*",
        }
        timeout = httpx.Timeout(overrides.read, connect=overrides.connect)
        if delivery.method == "GET":
            url = overrides.url + ("&" if "?" in overrides.url else "?") + urlencode(form)
            headers[HEADER] = sign(self._auth_token, _as_sent(url), {})
            return self._open().build_request("GET", url, headers=headers, timeout=timeout)
        headers[HEADER] = sign(self._auth_token, _as_sent(overrides.url), form)
        headers["Content-Type"] = "application/x-www-form-urlencoded; charset=utf-8"
        content = urlencode(form).encode()
        return self._open().build_request("POST", overrides.url, content=content, headers=headers, timeout=timeout)

    def _open(self) -> httpx.AsyncClient:
        if self._client is None:
            # A proxy of the environment has no way to this machine's own ports.
            limits = httpx.Limits(max_connections=None, max_keepalive_connections=AT_ONCE)
            self._client = httpx.AsyncClient(trust_env=False, limits=limits)
        return self._client


def _as_sent(url: str) -> str:
    """The address as its receiver sees it: with a path, and escaped."""
    made = httpx.URL(url)
    return f"{made.scheme}://{made.netloc.decode()}{made.raw_path.decode()}"
