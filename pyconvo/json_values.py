"""JSON as the service and JavaScript mean it: attributes, equality, dates, numbers.

Pure functions on plain values. Not responsible for what any of the values is used for.
"""

from __future__ import annotations

import json
import logging
import math
import re
from datetime import UTC, datetime
from typing import Any, TypeAlias
from urllib.parse import quote

from pyconvo.errors import ArgumentError
from pyconvo.json_writer import well_formed, writer

logger = logging.getLogger("pyconvo.model")

#: ``None``, a bool, a number, text, a list or tuple of such values, or a mapping from text to such values.
JSONValue: TypeAlias = Any


#: An index of an array as JavaScript writes it; the last one that there is.
_INDEX = re.compile("0|[1-9][0-9]{0,9}").fullmatch
_LAST_INDEX = 2**32 - 2


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


_write = writer(ensure_ascii=False)
#: Made once: making one costs as much as reading a small value.
_strict = json.JSONDecoder(parse_constant=_no_constant).decode


def to_json(value: JSONValue) -> str:
    """Compact JSON text, as JavaScript writes it. Raises :class:`ArgumentError` for a value that has none."""
    try:
        return well_formed(_write(_finite(value)))
    except (TypeError, ValueError, RecursionError) as error:
        raise ArgumentError(f"The value cannot be written as JSON: {error}") from None


def _finite(value: JSONValue) -> JSONValue:
    """JavaScript writes numbers that JSON does not have as ``null``."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    return value


def parse_json(text: str) -> JSONValue:
    """Strict JSON. Raises :class:`ValueError`."""
    return _strict(text)


def in_js_order(value: JSONValue) -> JSONValue:
    """The same with the members of every object as JavaScript has them: indexes of arrays first, by number."""
    if isinstance(value, list):
        return [in_js_order(item) for item in value]
    if not isinstance(value, dict):
        return value
    indexes = sorted((name for name in value if _INDEX(name) and int(name) <= _LAST_INDEX), key=int)
    return {name: in_js_order(value[name]) for name in dict.fromkeys([*indexes, *value])}


def parse_attributes(raw: Any, kind: str, sid: str) -> JSONValue:
    """Attributes that must be JSON text: nothing, or anything broken, is ``{}``. Whose they are is said in the log."""
    if not raw or raw == "{}":
        return {}
    try:
        if isinstance(raw, str):
            return parse_json(raw)
    except ValueError:
        pass
    logger.warning("the service sent malformed attributes of %s %s", kind, sid)
    return {}


def json_equal(a: JSONValue, b: JSONValue) -> bool:
    """Deep equality of JSON values: ``1`` equals ``1.0`` but not ``True``; two dates are always equal.

    The last follows the official SDK, where a date has nothing to compare; which changes are announced depends on
    it.
    """
    if a is b:
        return True
    if isinstance(a, dict) and isinstance(b, dict):
        return len(a) == len(b) and all(key in b and json_equal(value, b[key]) for key, value in a.items())
    if isinstance(a, (list, tuple)) and isinstance(b, (list, tuple)):
        return len(a) == len(b) and all(json_equal(x, y) for x, y in zip(a, b, strict=True))
    if isinstance(a, datetime) and isinstance(b, datetime):
        return True
    return same(a, b)


def same(a: Any, b: Any) -> bool:
    """JavaScript's ``===`` for primitive values."""
    if isinstance(a, bool) or isinstance(b, bool):
        return a is b
    if isinstance(a, (int, float)) and isinstance(b, (int, float)):
        return a == b
    return type(a) is type(b) and bool(a == b)


def parse_date(value: Any) -> datetime | None:
    """An ISO 8601 text, or milliseconds since 1970, as an aware UTC time. ``None`` for anything else."""
    try:
        if isinstance(value, str):
            parsed = datetime.fromisoformat(value)
            if parsed.tzinfo is UTC:
                return parsed
            return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return datetime.fromtimestamp(value / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        pass
    return None


#: Not all that Python takes for one: no ``nan``, no ``1_000``, no other digits.
_NUMBER = re.compile(r"\s*[+-]?(Infinity|[0-9]+\.?[0-9]*([eE][+-]?[0-9]+)?|\.[0-9]+([eE][+-]?[0-9]+)?)\s*").fullmatch


def to_number(value: Any) -> int | float | None:
    """A number, or text that JavaScript takes for a decimal one (infinity is one); ``None`` otherwise."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, (int, float)):
        return None if isinstance(value, float) and math.isnan(value) else value
    if isinstance(value, str) and _NUMBER(value):
        number = float(value)
        return int(number) if number.is_integer() else number
    return None


def is_index(value: Any) -> bool:
    """Whether this is a whole number, as message indexes are."""
    return isinstance(value, int) and not isinstance(value, bool)


def whole_characters(text: str) -> str:
    """Text as JavaScript gives it to the platform: pairs of surrogates joined, a half of one replaced by U+FFFD."""
    if text.isascii():
        return text
    return text.encode("utf-16-be", "surrogatepass").decode("utf-16-be", "replace")


_PLAIN = re.compile(r"[A-Za-z0-9!'()*\-._~]*").fullmatch


def encode_component(text: str) -> str:
    """Percent-encode as JavaScript's ``encodeURIComponent``."""
    # Nearly all names are plain, and a start asks for thousands.
    return text if _PLAIN(text) else quote(text, safe="!'()*-._~", errors="surrogatepass")
