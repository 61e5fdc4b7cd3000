"""Pages of an application whose user is logged in to the emulator: see :class:`Pages`.

For applications under test that need not know of the emulator. Not responsible for browsers (Playwright gives one).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pyconvo.testing.emulator import Emulator

#: Runs before any script of the page. The official SDK opens its socket in the page itself, by this constructor.
_BEFORE = """((settings) => {
  window.pyconvoTesting = settings;
  const service = /^wss:\\/\\/[^/]*\\.twilio\\.com(:443)?\\/v3\\/wsconnect/;
  window.WebSocket = class WebSocket extends window.WebSocket {
    constructor(url, protocols) {
      super(service.test(String(url)) ? settings.wsUrl : url, protocols);
    }
  };
})(%s);
"""


def _plain(token: str, identity: str) -> Any:
    return {"token": token, "identity": identity}


class Pages:
    """``pages("alice", url, token_url="**/api/token")``: the application in a profile of its own, as alice.

    ``browser``: a ``Browser`` of ``playwright.sync_api``.
    """

    def __init__(self, emulator: Emulator, browser: Any) -> None:
        self._emulator = emulator
        self._browser = browser
        self._contexts: list[Any] = []

    def __call__(
        self,
        identity: str,
        url: str,
        *,
        token_url: str | None = None,
        token_answer: Callable[[str, str], Any] = _plain,
        ttl: float = 3600,
        **context: Any,
    ) -> Any:
        """Open ``url``; the ``Page`` of Playwright, after its ``load`` event.

        Requests to ``token_url`` (a pattern of Playwright's ``route``) are answered with a fresh token each, of
        ``ttl`` seconds; ``token_answer`` makes of token and identity what the application expects: a text, or what
        becomes JSON (``{"token", "identity"}`` without it). Sockets that the official SDK opens to Twilio lead to the
        emulator. An application may also read ``window.pyconvoTesting``: ``identity``, ``token``, ``url`` (the
        option ``emulator`` of our client), ``wsUrl``. ``context``: options of ``browser.new_context``.
        """
        profile = self._browser.new_context(**context)
        self._contexts.append(profile)
        settings = {
            "identity": identity,
            "token": self._emulator.token(identity, ttl),
            "url": self._emulator.url,
            "wsUrl": self._emulator.ws_url,
        }
        profile.add_init_script(_BEFORE % json.dumps(settings))
        if token_url is not None:

            def answer(route: Any) -> None:
                made = token_answer(self._emulator.token(identity, ttl), identity)
                kind = "text/plain" if isinstance(made, str) else "application/json"
                body = made if isinstance(made, str) else json.dumps(made)
                route.fulfill(body=body, content_type=kind, headers={"Access-Control-Allow-Origin": "*"})

            profile.route(token_url, answer)
        page = profile.new_page()
        page.goto(url)
        return page

    def close(self) -> None:
        """Close every page; the browser stays."""
        while self._contexts:
            self._contexts.pop().close()
