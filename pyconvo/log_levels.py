"""The levels of the log, by the official names. Python's ``logging`` does the rest, below the logger ``pyconvo``.

Nothing that is logged holds a token, an address that works without one, or what people write. Not responsible for where
it goes: a library says nothing unless its user asks for it.
"""

from __future__ import annotations

import logging
from typing import Final

from pyconvo.errors import ArgumentError

#: More than Python's ``DEBUG`` tells.
TRACE: Final = 5

#: From the most talkative one.
LEVELS: Final = {
    "trace": TRACE,
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warn": logging.WARNING,
    "error": logging.ERROR,
    "silent": logging.CRITICAL + 10,
}

#: Told whatever the level is, as in the official SDK.
deprecations: Final = logging.getLogger("pyconvo.deprecated")
deprecations.setLevel(logging.WARNING)


def apply(level: str) -> None:
    """Set the level of ``pyconvo.*``. Raises :class:`ArgumentError` for one that does not exist."""
    number = LEVELS.get(level.lower()) if isinstance(level, str) else None
    if number is None:
        raise ArgumentError(f"log.setLevel() called with invalid level: {level}")
    logging.getLogger("pyconvo").setLevel(number)


def name_of(number: int) -> str:
    """The official name of a record's level."""
    return next(
        (name for name, least in reversed(LEVELS.items()) if name != "silent" and number >= least),
        "trace",
    )
