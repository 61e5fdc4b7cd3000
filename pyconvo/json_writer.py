"""Writes compact JSON, most of it small and very often.

``json.JSONEncoder`` prepares anew for each value: a third of the time that a packet's header takes. What it prepares
can be kept. Half of a surrogate pair (of an emoji that was cut) is written as an escape, as by JavaScript. Not
responsible for what is written, nor for reading.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

_HALF = re.compile(r"[\ud800-\udfff]")


def writer(*, ensure_ascii: bool) -> Callable[[Any], str]:
    """What writes values as :class:`json.JSONEncoder` does, compactly.

    Raises :class:`ValueError` for a number that JSON does not have and for what contains itself, :class:`TypeError`
    for what is no JSON.
    """
    encoder = json.JSONEncoder(ensure_ascii=ensure_ascii, separators=(",", ":"), allow_nan=False)
    make = getattr(json.encoder, "c_make_encoder", None)
    if make is None:
        # Not CPython.
        return encoder.encode
    text = json.encoder.encode_basestring_ascii if ensure_ascii else json.encoder.encode_basestring
    #: What is being written right now: a value that is met again contains itself. One for all threads, which is right
    #: as long as the GIL is held throughout, and it is: nothing of Python's own is called in between.
    within: dict[int, Any] = {}
    chunks = make(within, encoder.default, text, None, ":", ",", False, False, False)

    def write(value: Any) -> str:
        try:
            return "".join(chunks(value, 0))
        except BaseException:
            within.clear()
            raise

    return write


def well_formed(text: str) -> str:
    """JSON text with pairs of surrogates joined, and halves of pairs as escapes, for they have no UTF-8."""
    if text.isascii() or _HALF.search(text) is None:
        return text
    joined = text.encode("utf-16-be", "surrogatepass").decode("utf-16-be", "surrogatepass")
    return _HALF.sub(lambda half: f"\\u{ord(half[0]):04x}", joined)
