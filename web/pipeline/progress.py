"""What the user sees: one line a step with its time, and troubles in words with their remedy."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Trouble(Exception):
    """A step cannot be done. The first line says what is wrong, ``remedy`` what the user can do."""

    def __init__(self, what: str, remedy: str = "", details: str = "") -> None:
        super().__init__(what)
        self.what, self.remedy, self.details = what, remedy, details

    def show(self) -> None:
        if self.details:
            print(self.details.rstrip(), file=sys.stderr)
        print(f"\n✗ {self.what}", file=sys.stderr)
        if self.remedy:
            print(f"  → {self.remedy}", file=sys.stderr)
        sys.stderr.flush()


def say(text: str) -> None:
    print(text, flush=True)


class Note:
    """What a step adds to its closing line."""

    text = ""


@contextmanager
def step(what: str) -> Iterator[Note]:
    """Announce a step, then how long it took. On a terminal the two share a line."""
    terminal = sys.stdout.isatty()
    print(f"• {what} …", end="" if terminal else "\n", flush=True)
    began = time.monotonic()
    note = Note()
    try:
        yield note
    except BaseException:
        if terminal:
            print(flush=True)
        raise
    took = f"{time.monotonic() - began:.1f} s"
    start = "\r\033[K" if terminal else ""
    print(f"{start}✓ {what}{f' ({note.text})' if note.text else ''}: {took}", flush=True)
