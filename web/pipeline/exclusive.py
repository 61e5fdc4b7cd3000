"""One set-up or build at a time: a second ``build.py`` in this folder waits for the first."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pipeline.paths import CACHE
from pipeline.progress import say


@contextmanager
def exclusive() -> Iterator[None]:
    """Held until the end of the block; released by the system if the program dies."""
    try:
        import fcntl
    except ImportError:  # Windows: whoever runs two at a time there takes care.
        yield
        return
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("• waiting: another build.py is at work in this folder …")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
