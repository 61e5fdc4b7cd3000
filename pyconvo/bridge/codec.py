"""Values to JSON and back.

JSON values stand for themselves. Everything else is an object with the key ``$``:

    ``{"$": "date", "v": milliseconds}``   ``{"$": "ref", "v": handle}``   ``{"$": "undef"}``
    ``{"$": "bytes", "v": base64}``   binary content, towards the core alone
    ``{"$": "value", "c": class, "v": state}``   a value class of the surface (no identity)
    ``{"$": "obj", "v": {…}}``   an object of the user's that itself has a key ``$``

Frozen dataclasses (event payloads) become plain objects with camelCase keys; what the service left out of a described
value is ``undef``. Not responsible for which objects have handles: ``session`` says so.
"""

from __future__ import annotations

import base64
import dataclasses
import json
import math
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from enum import Enum
from functools import cache
from types import NoneType
from typing import Any

from pyconvo.bridge.surface import ClassSpec, spec_of
from pyconvo.described import Described, unsaid
from pyconvo.entity import Entity
from pyconvo.errors import ConversationsError
from pyconvo.json_writer import writer
from pyconvo.names import camel
from pyconvo.validation import UNDEFINED, Undefined

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)

_EMPTY: dict[type, str] = {dict: "{}", list: "[]", tuple: "[]"}

Reference = Callable[[object, ClassSpec], int]

# Compact, and in ASCII, so that lone surrogates survive every way to the page.
_to_json = writer(ensure_ascii=True)


def to_json(value: Any) -> str:
    """JSON text of what :func:`encode` has made."""
    return _to_json(value)


def _date_text(value: datetime) -> str:
    aware = value if value.tzinfo is not None else value.replace(tzinfo=UTC)
    return f'{{"$":"date","v":{(aware - _EPOCH) // _MILLISECOND}}}'


#: The JSON text of values that cannot change and mention nothing: most properties are of these types, exactly.
PLAIN_TEXT: dict[type, Callable[[Any], str]] = {
    NoneType: lambda _: "null",
    bool: lambda value: "true" if value else "false",
    str: json.encoder.encode_basestring_ascii,
    int: int.__repr__,
    datetime: _date_text,
}


def encode(value: Any, reference: Reference) -> Any:
    """``value`` as something ``json.dumps`` takes. ``reference`` gives the handle of an object of the surface.

    Raises :class:`TypeError` for what cannot cross.
    """
    if value is None or isinstance(value, (bool, str)):
        return value.value if isinstance(value, Enum) else value
    if isinstance(value, (int, float)):
        return value if math.isfinite(value) else None
    if isinstance(value, datetime):
        aware = value if value.tzinfo is not None else value.replace(tzinfo=UTC)
        return {"$": "date", "v": (aware - _EPOCH) // _MILLISECOND}
    if isinstance(value, Mapping):
        plain = {str(key): encode(item, reference) for key, item in value.items()}
        return {"$": "obj", "v": plain} if "$" in plain else plain
    if isinstance(value, (list, tuple, set, frozenset)):
        return [encode(item, reference) for item in value]
    if isinstance(value, Undefined):
        return {"$": "undef"}
    if isinstance(value, BaseException):
        return {"$": "error", "v": encode_error(value, reference)}
    if (spec := spec_of(value.__class__)) is not None and not spec.local:
        if spec.value:
            return {"$": "value", "c": spec.name, "v": state_of(value, spec, reference)}
        return {"$": "ref", "v": reference(value, spec)}
    if (names := _fields_of(value.__class__)) is not None:
        missing = unsaid(value)
        return {
            key: encode(UNDEFINED if name in missing else _shown(name, current), reference)
            for key, name in names
            if (current := getattr(value, name)) is not UNDEFINED
        }
    raise TypeError(f"a value of type {type(value).__name__} cannot be sent to the page")


@cache
def _fields_of(kind: type) -> list[tuple[str, str]] | None:
    """JavaScript's and Python's names of a dataclass's fields."""
    if not dataclasses.is_dataclass(kind):
        return None
    return [(camel(one.name), one.name) for one in dataclasses.fields(kind)]


def state_of(value: Any, spec: ClassSpec, reference: Reference) -> dict[str, Any]:
    """Every public property, by its JavaScript name. One that raises (not known yet) is left out."""
    state: dict[str, Any] = {}
    missing = unsaid(value)
    for name, attribute in spec.properties.items():
        try:
            current = getattr(value, attribute)
        except ConversationsError:
            continue
        state[name] = encode(UNDEFINED if attribute in missing else current, reference)
    return state


def mentions(encoded: Any) -> Iterator[int]:
    """The handles in a value that :func:`encode` has made, one for each mention."""
    if isinstance(encoded, list):
        for item in encoded:
            yield from mentions(item)
    elif isinstance(encoded, dict):
        match encoded.get("$"):
            case "ref":
                yield encoded["v"]
            case "obj":
                yield from mentions(list(encoded["v"].values()))
            case _:
                yield from mentions(list(encoded.values()))


def encode_text(value: Any, reference: Reference) -> tuple[str, list[int]]:
    """``value`` as JSON text, and the handles it mentions. The same as :func:`encode`, quick for what is frequent."""
    handles: list[int] = []
    return _text(value, reference, handles), handles


def _text(value: Any, reference: Reference, handles: list[int]) -> str:
    """Adds to ``handles``."""
    kind: Any = value.__class__
    if (write := PLAIN_TEXT.get(kind)) is not None:
        return write(value)
    if not value and kind in _EMPTY:
        return _EMPTY[kind]
    if isinstance(value, Entity) and (spec := spec_of(kind)) is not None and not spec.local:
        handle = reference(value, spec)
        handles.append(handle)
        return f'{{"$":"ref","v":{handle}}}'
    if (names := _payload_fields(kind)) is not None:
        fields = [
            f'"{key}":{_reasons(current) if name == "update_reasons" else _text(current, reference, handles)}'
            for key, name in names
            if (current := getattr(value, name)) is not UNDEFINED
        ]
        return f"{{{','.join(fields)}}}"
    if kind is list or kind is tuple:
        return f"[{','.join([_text(item, reference, handles) for item in value])}]"
    encoded = encode(value, reference)
    handles += mentions(encoded)
    return to_json(encoded)


@cache
def _payload_fields(kind: type) -> list[tuple[str, str]] | None:
    """As :func:`_fields_of`, of classes that are nothing else to :func:`encode`: payloads of events, mostly."""
    other = spec_of(kind) is not None or issubclass(kind, (Mapping, BaseException, Described))
    return None if other else _fields_of(kind)


@cache
def _reasons(names: tuple[str, ...]) -> str:
    return to_json(_shown("update_reasons", names))


def _shown(name: str, value: Any) -> Any:
    return [camel(reason) for reason in value] if name == "update_reasons" else value


def encode_error(error: BaseException, reference: Reference) -> dict[str, Any]:
    """``name``, ``message`` and the ``fields`` that its class says the page sees.

    An error whose class sets ``js_plain`` reaches the page as a plain object of those fields, as the official SDK
    does in places; ``js_text``: as its bare message.
    """
    encoded: dict[str, Any] = {"name": getattr(error, "js_name", "Error"), "message": str(error)}
    fields = {name: getattr(error, name) for name in getattr(error, "js_fields", ())}
    encoded["fields"] = {camel(name): _field_or_text(value, reference) for name, value in fields.items()}
    if getattr(error, "js_plain", False):
        encoded["plain"] = True
    if getattr(error, "js_text", False):
        encoded["text"] = True
    return encoded


def _field_or_text(value: Any, reference: Reference) -> Any:
    try:
        return encode(value, reference)
    except TypeError:
        return str(value)


def decode(value: Any, resolve: Callable[[int], object]) -> Any:
    """The inverse, for what the page sends. ``resolve`` gives the object of a handle and raises if there is none."""
    if isinstance(value, list):
        return [decode(item, resolve) for item in value]
    if not isinstance(value, dict):
        return value
    match value.get("$"):
        case "undef":
            return UNDEFINED
        case "bytes":
            return base64.b64decode(value["v"])
        case "ref":
            return resolve(value["v"])
        case "obj":
            return {key: decode(item, resolve) for key, item in value["v"].items()}
        case _:
            return {key: decode(item, resolve) for key, item in value.items()}
