"""Notices that the notification of a conversation's newest message, or of its document's change, went missing.

A gap in the events of one Sync object shows when the next event comes, and is repaired there (``sync/gaps.py``). The
last event of all has no next one; but document and message list tell of the same message, so that the one betrays
what the other lacks. Not responsible for the repair (``SyncHandle.catch_up``).
"""

from __future__ import annotations

from typing import Any, Final

from pyconvo.hosts.base import Host, TimerHandle
from pyconvo.json_values import is_index
from pyconvo.sync import DocumentUpdated, ItemAdded, ItemRemoved, SyncDocument, SyncList

#: Seconds that the other of the two may be late, and then between two repairs.
DELAYS: Final = (1.0, 5.0)
#: How often repairs may bring nothing before the two are not compared any more: so they do not agree in this service.
ROUNDS: Final = 3
#: Seconds by which timers may be early.
_SOON: Final = 0.01


class NewestMessage:
    """Compares the two from :meth:`watch` to :meth:`stop`."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._document: SyncDocument | None = None
        self._messages: SyncList | None = None
        #: The newest message that was announced and not removed since; -1: none.
        self._announced = -1
        #: Up to here no questions are asked.
        self._accepted = -1
        self._repairs = 0
        self._rounds = 0
        #: Since when one of the two lacks something, by the host's clock.
        self._since: float | None = None
        self._timer: TimerHandle | None = None

    def watch(self, document: SyncDocument, messages: SyncList) -> None:
        """Begin. What both say now is taken as it is."""
        self.stop()
        self._document, self._messages = document, messages
        self._accepted = _last_index(document.data)
        document.on("updated", self._on_document)
        messages.on("item_added", self._on_added)
        messages.on("item_removed", self._on_removed)

    def stop(self) -> None:
        """The two are closed."""
        self._document = self._messages = None
        self._announced = self._accepted = -1
        self._repairs = self._rounds = 0
        self._since = None
        self._cancel()

    def _on_document(self, event: DocumentUpdated) -> None:
        if self._document is not None and self._document.is_dated:
            # What came before this run is not announced in it.
            self._accepted = max(self._accepted, _last_index(event.data))
        self._look()

    def _on_added(self, event: ItemAdded) -> None:
        index = int(event.item.key)
        if index > self._announced:
            self._announced = index
        self._look()

    def _on_removed(self, event: ItemRemoved) -> None:
        if event.key == self._announced:
            self._announced = -1

    def _look(self) -> None:
        """The two tell of every message one after the other, so this goes to and fro with each. The timer is left alone
        meanwhile: it finds out itself whether it has waited for long enough.
        """
        if self._behind() is None:
            self._since = None
            if self._repairs:
                # The next wait is the short one again.
                self._repairs = 0
                self._cancel()
        elif self._since is None and self._rounds < ROUNDS:
            self._since = self._host.now()
            if self._timer is None:
                self._timer = self._host.call_later(DELAYS[self._repairs], self._waited)

    def _waited(self) -> None:
        self._timer = None
        if self._since is None:
            return
        left = self._since + DELAYS[self._repairs] - self._host.now()
        if left > _SOON:
            # No longer than ever: the clock may have been set back.
            self._timer = self._host.call_later(min(left, DELAYS[self._repairs]), self._waited)
        else:
            self._since = None
            self._repair()

    def _repair(self) -> None:
        behind = self._behind()
        if behind is not None and self._document is not None:
            behind.catch_up()
            self._repairs += 1
            if self._repairs == len(DELAYS):
                self._accepted = max(self._announced, _last_index(self._document.data))
                self._rounds += 1
        self._look()

    def _behind(self) -> SyncDocument | SyncList | None:
        """Which of the two lacks something that the other one knows of."""
        document, messages = self._document, self._messages
        if document is None or messages is None:
            return None
        told = _last_index(document.data)
        if told > max(self._accepted, self._announced) and not messages.knows(told):
            return messages
        return document if self._announced > max(self._accepted, told) else None

    def _cancel(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def _last_index(data: dict[str, Any]) -> int:
    last = data.get("lastMessage")
    index: Any = last.get("index") if isinstance(last, dict) else None
    return int(index) if is_index(index) else -1
