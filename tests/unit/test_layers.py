"""Who may import whom: the layers of ``pyconvo`` point one way, and each thing of the outside has its one place.

Imports inside functions and those for types alone count as well.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipeline.paths import ROOT

#: From the bottom up; a module may use its own layer and those below. The longest name that fits decides.
LAYERS: tuple[tuple[str, frozenset[str]], ...] = tuple(
    (name, frozenset(f"pyconvo.{part}".rstrip(".") for part in parts.split()))
    for name, parts in (
        (
            "foundation",
            "backoff described errors event_stream events json_values json_writer lifetime log_levels names paginator"
            " receipts tokens validation version",
        ),
        ("hosts", "hosts"),
        ("twilsock", "twilsock"),
        ("sync", "sync"),
        # One layer of two halves that know each other, by design: an entity (what the user holds) asks the services,
        # and the services make the entities.
        (
            "model",
            "services channels content conversation entity event_names media media_urls membership message"
            " message_builder options participant payloads push read_horizon user",
        ),
        ("client", "client conversation_lookup push_members"),
        ("package", "."),
        ("bridge", "bridge"),
    )
)

#: Programs beside the client. What they may use of it; nothing of it may use them.
PROGRAMS: dict[str, frozenset[str]] = {
    "pyconvo.emulator": frozenset(
        f"pyconvo.{name}" for name in ("json_writer", "names", "tokens", "version", "twilsock.packet", "cli")
    ),
    "pyconvo.testing": frozenset(("pyconvo.emulator",)),
    "pyconvo.cli": frozenset(("pyconvo.emulator", "pyconvo.tokens", "pyconvo.version")),
}

#: Against the order of the layers, each for a reason.
EXCEPTIONS = {
    # The host for tests shows what was sent as packets.
    ("pyconvo.hosts.memory", "pyconvo.twilsock.packet"),
}

#: Packages of others, and which modules may import them.
OUTSIDE: dict[str, tuple[str, ...]] = {
    "js": ("pyconvo.hosts",),
    "pyodide": ("pyconvo.hosts",),
    "pyodide_js": ("pyconvo.hosts",),
    "websockets": ("pyconvo.hosts",),
    "httpx": ("pyconvo.hosts", "pyconvo.emulator.webhooks.sender", "pyconvo.testing"),
    "jwt": ("pyconvo.tokens", "pyconvo.emulator"),
    "yaml": ("pyconvo.emulator",),
    "uvicorn": ("pyconvo.emulator.server",),
    "starlette": ("pyconvo.emulator",),
    "pytest": ("pyconvo.testing",),
    "twilio": ("pyconvo.testing",),
    # For type checkers; it does not exist at run time.
    "_typeshed": ("pyconvo.emulator",),
}

#: Where the emulator speaks HTTP or WebSocket. The rest of it is the model, and knows neither.
DOORS = (
    "pyconvo.emulator.app",
    "pyconvo.emulator.control",
    "pyconvo.emulator.gate",
    "pyconvo.emulator.json_body",
    "pyconvo.emulator.refusals",
    "pyconvo.emulator.routing",
    "pyconvo.emulator.server",
    "pyconvo.emulator.static",
    "pyconvo.emulator.faults.door",
    "pyconvo.emulator.replay.player",
    "pyconvo.emulator.rest",
    "pyconvo.emulator.sync.subscriptions",
    "pyconvo.emulator.twilsock",
    "pyconvo.emulator.webhooks.receiver",
)
DOOR_NAMES = ("handlers", "routes", "control")


@dataclass(frozen=True, slots=True)
class Import:
    """``importer`` uses ``imported``; both full names of modules."""

    importer: str
    imported: str
    line: int

    def __str__(self) -> str:
        return f"{self.importer}:{self.line} imports {self.imported}"


def imports(root: Path) -> list[Import]:
    """All imports in the package ``pyconvo`` below ``root``."""
    files = {_module(path.relative_to(root)): path for path in sorted((root / "pyconvo").rglob("*.py"))}
    return [one for module, path in files.items() for one in _imports(module, path, set(files))]


def _module(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imports(module: str, path: Path, known: set[str]) -> Iterator[Import]:
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(module, alias.name, node.lineno)
        elif isinstance(node, ast.ImportFrom):
            source = node.module or ""
            if node.level:
                above = package.split(".")[: len(package.split(".")) - node.level + 1]
                source = ".".join([*above, source] if source else above)
            for alias in node.names:
                deeper = f"{source}.{alias.name}"
                yield Import(module, deeper if deeper in known else source, node.lineno)


def within(module: str, names: Iterable[str]) -> bool:
    """Is ``module`` one of ``names``, or inside one?"""
    return any(module == name or module.startswith(name + ".") for name in names)


def layer(module: str) -> int | None:
    """The number of its layer; ``None`` for a module that no layer has."""
    # The package itself holds all others: nothing is in it because of its name alone.
    fitting = [
        number for number, (_, names) in enumerate(LAYERS) if module in names or within(module, names - {"pyconvo"})
    ]
    return fitting[0] if len(fitting) == 1 else None


def program(module: str) -> str | None:
    return next((name for name in PROGRAMS if within(module, [name])), None)


def is_door(module: str) -> bool:
    return within(module, DOORS) or module.rpartition(".")[2].endswith(DOOR_NAMES)


def homeless(found: list[Import]) -> list[str]:
    """Modules that no layer and no program has."""
    modules = {one.importer for one in found}
    return sorted(module for module in modules if layer(module) is None and program(module) is None)


def upward(found: list[Import]) -> list[str]:
    """Imports of a layer above, or of a program from the client."""
    wrong = []
    for one in found:
        if not within(one.imported, ["pyconvo"]) or (one.importer, one.imported) in EXCEPTIONS:
            continue
        own = program(one.importer)
        if own is not None:
            if not within(one.imported, {own, *PROGRAMS[own]}):
                wrong.append(str(one))
            continue
        mine, other = layer(one.importer), layer(one.imported)
        if mine is None or other is None or other > mine:
            wrong.append(str(one))
    return wrong


def astray(found: list[Import]) -> list[str]:
    """Packages of others, outside their place; and those that have none, like our own tests."""
    wrong = []
    for one in found:
        package = one.imported.partition(".")[0]
        if (
            package != "pyconvo"
            and package not in sys.stdlib_module_names
            and not within(one.importer, OUTSIDE.get(package, ()))
        ):
            wrong.append(str(one))
    return wrong


def web_in_model(found: list[Import]) -> list[str]:
    """Modules of the emulator's model that know of HTTP."""
    return [
        str(one)
        for one in found
        if within(one.importer, ["pyconvo.emulator"])
        and not is_door(one.importer)
        and within(one.imported, ["starlette", "uvicorn"])
    ]


RULES = (homeless, upward, astray, web_in_model)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_rule_is_kept(rule) -> None:
    found = imports(ROOT)
    assert len(found) > 1000
    assert rule(found) == []


def test_every_exception_is_needed() -> None:
    assert {(one.importer, one.imported) for one in imports(ROOT)} >= EXCEPTIONS


BAD = {
    "pyconvo/__init__.py": "from pyconvo.client import Client",
    "pyconvo/errors.py": "from . import client",
    "pyconvo/client.py": "def late():\n    import js",
    "pyconvo/stray.py": "import json",
    "pyconvo/hosts/__init__.py": "",
    "pyconvo/hosts/browser.py": "from pyodide.ffi import to_js\nfrom pyconvo.bridge import codec",
    "pyconvo/twilsock/__init__.py": "",
    "pyconvo/twilsock/machine.py": "if 0:\n    from pyconvo.sync.client import SyncClient\nimport websockets.client",
    "pyconvo/twilsock/packet.py": "import struct",
    "pyconvo/sync/__init__.py": "from ..twilsock import packet",
    "pyconvo/sync/client.py": "from pyconvo.services import users\nfrom pyconvo.emulator.hub import Hub",
    "pyconvo/services/__init__.py": "",
    "pyconvo/services/users.py": "from pyconvo.client import Client\nimport tests.conftest\nfrom pipeline import paths",
    "pyconvo/bridge/__init__.py": "",
    "pyconvo/bridge/codec.py": "from pyconvo import client",
    "pyconvo/emulator/__init__.py": "",
    "pyconvo/emulator/hub.py": "from starlette.requests import Request\nfrom pyconvo.services.users import Users",
    "pyconvo/emulator/control.py": "from starlette.requests import Request\nimport httpx",
}
FOUND = {
    homeless: ["pyconvo.stray"],
    upward: [
        "pyconvo.emulator.hub:2 imports pyconvo.services.users",
        "pyconvo.errors:1 imports pyconvo.client",
        "pyconvo.hosts.browser:2 imports pyconvo.bridge.codec",
        "pyconvo.services.users:1 imports pyconvo.client",
        "pyconvo.sync.client:1 imports pyconvo.services.users",
        "pyconvo.sync.client:2 imports pyconvo.emulator.hub",
        "pyconvo.twilsock.machine:2 imports pyconvo.sync.client",
    ],
    astray: [
        "pyconvo.client:2 imports js",
        "pyconvo.emulator.control:2 imports httpx",
        "pyconvo.services.users:2 imports tests.conftest",
        "pyconvo.services.users:3 imports pipeline",
        "pyconvo.twilsock.machine:3 imports websockets.client",
    ],
    web_in_model: ["pyconvo.emulator.hub:1 imports starlette.requests"],
}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_rule_can_fail(rule, tmp_path) -> None:
    for name, text in BAD.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert sorted(rule(imports(tmp_path))) == FOUND[rule]
