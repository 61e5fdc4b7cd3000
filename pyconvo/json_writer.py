"""Writes compact JSON, most of it small and very often.

``json.JSONEncoder`` prepares anew for each value: a third of the time that a packet's header takes. What it prepares
can be kept. Not responsible for what is written, nor for reading.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any


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
