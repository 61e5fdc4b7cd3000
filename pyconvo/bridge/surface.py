"""The surface table (``surface.json``) as typed data: which classes and members cross the bridge.

The page's side reads the same file. Python's spelling follows from :mod:`pyconvo.names`. The argument rules in the
table are the page's business (it checks before it sends) and are not read here.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from operator import attrgetter
from typing import Any

from pyconvo.names import snake


@dataclass(frozen=True, slots=True)
class ClassSpec:
    """One class. Mappings are JavaScript's name → Python's name."""

    name: str
    emitter: bool
    #: A plain value without identity or methods: travels whole, every time.
    value: bool
    #: Lives on the page alone; never crosses.
    local: bool
    properties: dict[str, str]
    methods: dict[str, str]
    #: Methods that give the page ``undefined``, where Python returns ``None``.
    void: frozenset[str]
    events: dict[str, str]
    #: The same the other way round.
    event_names: dict[str, str]


@cache
def surface() -> dict[str, ClassSpec]:
    """Every class of the table by name."""
    # Browsers never import from an archive, and do without pathlib and importlib.resources.
    with open(os.path.join(os.path.dirname(__file__), "surface.json"), encoding="utf-8") as file:
        table: dict[str, Any] = json.load(file)
    return {name: _class_spec(name, data) for name, data in table["classes"].items()}


@cache
def spec_of(kind: type) -> ClassSpec | None:
    """The class of the table that ``kind`` is, or derives from; None for a class that does not cross by reference."""
    for base in kind.__mro__:
        if (spec := surface().get(base.__name__)) is not None:
            return spec
    return None


@dataclass(frozen=True, slots=True)
class Layout:
    """The properties of a class that cross, in the table's order, which the page knows, too."""

    #: JavaScript's names.
    names: tuple[str, ...]
    #: What reads each from an object.
    readers: tuple[Callable[[Any], Any], ...]
    #: Where each is, by Python's name.
    positions: dict[str, int]


@cache
def layout_of(kind: type) -> Layout:
    """How objects of ``kind``, a class that crosses by reference, are told.

    A property's own function is called, not ``getattr``: that goes through C and back, which is slow in wasm.
    """
    spec = spec_of(kind)
    properties = {} if spec is None else spec.properties

    def reader(attribute: str) -> Callable[[Any], Any]:
        found = getattr(kind, attribute, None)
        return found.fget if isinstance(found, property) and found.fget is not None else attrgetter(attribute)

    return Layout(
        names=tuple(properties),
        readers=tuple(reader(attribute) for attribute in properties.values()),
        positions={attribute: position for position, attribute in enumerate(properties.values())},
    )


def _class_spec(name: str, data: dict[str, Any]) -> ClassSpec:
    members: dict[str, dict[str, Any]] = data["members"]

    def crosses(member: dict[str, Any]) -> bool:
        return member["kind"] == "property" and not member.get("page", False)

    methods = [key for key, member in members.items() if member["kind"] == "method" and member["async"]]
    return ClassSpec(
        name=name,
        emitter=data.get("emitter", False),
        value=data.get("value", False),
        local=data.get("local", False),
        properties={key: snake(key) for key, member in members.items() if crosses(member)},
        methods={key: snake(key) for key in methods},
        void=frozenset(key for key in methods if members[key].get("void", False)),
        events={key: snake(key) for key in data.get("events", {})},
        event_names={snake(key): key for key in data.get("events", {})},
    )
