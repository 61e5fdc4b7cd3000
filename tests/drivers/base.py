"""The interface of a driver: one page in a fresh browser profile."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol


class DriverError(Exception):
    """What the page threw, or what the browser refused; the message is its own."""


class NotAvailable(Exception):
    """This engine cannot do that when driven from here. A test may leave the point out, saying so."""


class Driver(Protocol):
    """One page. Selectors are CSS and look into open shadow roots. Times are seconds."""

    engine: str

    def goto(self, url: str) -> None:
        """Returns after the page's ``load`` event."""

    def evaluate(self, source: str, argument: Any = None, timeout: float = 60) -> Any:
        """Call the JavaScript function ``source`` (it may be async) with ``argument``; both ways it is JSON.

        Raises :class:`DriverError` with the text of what the function threw, or after ``timeout``.
        """

    def click(self, selector: str) -> None:
        """As a user does: the element must be visible."""

    def fill(self, selector: str, text: str) -> None:
        """Empty the field and type the text."""

    def press(self, selector: str, key: str) -> None:
        """A key by its DOM name (``Enter``, ``Escape``, ``ArrowDown``, ``Tab``, ``a``) on the element."""

    def resize(self, width: int, height: int) -> None:
        """The page's size in CSS pixels (WebKitGTK: of the window)."""

    def screenshot(self, path: Path) -> None:
        """A PNG of what is visible."""

    def console(self) -> list[str]:
        """What the page has printed and thrown so far, each as ``type: text`` (WebKitGTK: since it has loaded)."""

    def set_offline(self, offline: bool) -> None:
        """Raises :class:`NotAvailable` where the engine cannot be taken off the network."""

    def close(self) -> None:
        """The page and its profile are gone. May be called twice."""
