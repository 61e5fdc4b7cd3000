"""Values that the service describes, where it may leave members out.

Python sees ``None`` for such a member, as for one that is ``null``. A page can tell them apart, as with the official
SDK: there the first is ``undefined``. Not responsible for what any of the values means.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from pyconvo.validation import UNDEFINED


class Described:
    """Base of frozen dataclasses that are made so."""

    # No field: it is no part of the value, but of how a page is told.
    __slots__ = ("_unsaid",)

    @classmethod
    def _made(cls, **members: Any) -> Self:
        """One of these members; :data:`UNDEFINED` for one that the service left out."""
        made = cls(**{name: None if value is UNDEFINED else value for name, value in members.items()})
        if unsaid := frozenset(name for name, value in members.items() if value is UNDEFINED):
            object.__setattr__(made, "_unsaid", unsaid)
        return made


def unsaid(value: object) -> frozenset[str]:
    """Names of the members that the service left out."""
    found: frozenset[str] = getattr(value, "_unsaid", frozenset())
    return found


def member(data: Any, name: str) -> Any:
    """What ``data`` says of it; :data:`UNDEFINED`: nothing. Raises :class:`TypeError` when ``data`` is no object."""
    return object_of(data).get(name, UNDEFINED)


def members(data: Any, *names: str) -> dict[str, Any]:
    """The same of several, by name."""
    given = object_of(data)
    return {name: given.get(name, UNDEFINED) for name in names}


def object_of(data: Any) -> Mapping[str, Any]:
    """``data``. Raises :class:`TypeError` when it is no object."""
    if not isinstance(data, Mapping):
        raise TypeError(f"an object was expected, not {type(data).__name__}")
    return data


def list_of(data: Any) -> list[Any]:
    """``data``. Raises :class:`TypeError` when it is no list."""
    if not isinstance(data, list):
        raise TypeError(f"a list was expected, not {type(data).__name__}")
    return data
