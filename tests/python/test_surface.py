"""Every public member of the official SDK has its counterpart in Python, with the same nature; and all is documented.

The official members are those of ``pyconvo.d.ts``, which the declarations' test holds against the official ones.
"""

from __future__ import annotations

import dataclasses
import inspect
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typed_program import created, main

import pyconvo
from pyconvo.events import Event, ReplayEventEmitter, Signal
from pyconvo.names import snake
from pyconvo.testing import Emulator

ROOT = Path(__file__).parents[2]
DECLARATIONS = (ROOT / "web" / "types" / "pyconvo.d.ts").read_text(encoding="utf-8")
CLASS = re.compile(r"^(?:export )?(?:declare class|interface) (?P<name>\w+)[^{\n]*\{\n(?P<body>.*?)^\}", re.M | re.S)
MEMBER = re.compile(
    r"^  (?P<words>(?:static |readonly |get |private |async )*)(?P<name>\w+)(?:<[^(]*>)?"
    r"(?P<kind>\??:|\()(?P<rest>[^\n]*)",
    re.M,
)
EVENT = re.compile(r'^ ?"(?P<name>\w+)";$')
#: Classes and interfaces with members that users call or read, by their Python names where those differ.
CLASSES = {"ReplayEventEmitter": "ReplayEventEmitter", "Paginator": "Paginator"}
#: Python has something of its own for it.
OTHERWISE = {
    # A task is cancelled, whatever it awaits.
    "CancellablePromise",
}


def classes() -> dict[str, dict[str, str]]:
    """By class: its members, each ``async``, ``method``, ``value``, ``event`` or ``async method`` of the class."""
    found: dict[str, dict[str, str]] = {}
    for match in CLASS.finditer(DECLARATIONS):
        if not (match[0].startswith(("export declare class", "declare class")) or match["name"] in CLASSES):
            continue
        members = found.setdefault(match["name"], {})
        # Bodies of several lines (parameters one a line) end where a line begins with two blanks and a bracket.
        body = re.sub(r"\(\n.*?\n  \)", "()", match["body"], flags=re.S)
        for member in MEMBER.finditer(body):
            if member["name"] == "constructor" or "private" in member["words"]:
                continue
            members[member["name"]] = nature(member)
    return found


def nature(member: re.Match[str]) -> str:
    rest = member["rest"]
    if "get " in member["words"]:
        return "value"
    if member["kind"] == "(":
        gives = rest.rpartition("): ")[2]
        return "async" if re.match(r"(Promise|CancellablePromise)<", gives) else "method"
    if "readonly" in member["words"] and (event := EVENT.match(rest)) and event["name"] == member["name"]:
        return "event"
    if rest.lstrip().startswith("typeof "):
        return "method"
    return "value"


OFFICIAL = classes()


def counterpart(name: str) -> Any:
    return ReplayEventEmitter if name == "ReplayEventEmitter" else getattr(pyconvo, name, None)


def test_the_declarations_were_understood() -> None:
    assert OFFICIAL["Client"]["create"] == OFFICIAL["Client"]["shutdown"] == "async"
    assert OFFICIAL["Client"]["messageAdded"] == "event"
    assert OFFICIAL["Client"]["parsePushNotification"] == "method"
    assert OFFICIAL["Conversation"]["prepareMessage"] == "method"
    assert OFFICIAL["Conversation"]["friendlyName"] == "value"
    assert OFFICIAL["Media"]["getContentTemporaryUrl"] == "async"
    assert OFFICIAL["User"]["updated"] == "event"
    assert sum(map(len, OFFICIAL.values())) > 180


@pytest.mark.parametrize("name", sorted(OFFICIAL.keys() - OTHERWISE))
def test_every_member_is_there(name: str) -> None:
    kind = counterpart(name)
    assert kind is not None, f"there is no class {name}"
    fields = {field.name for field in dataclasses.fields(kind)} if dataclasses.is_dataclass(kind) else set()
    wrong = []
    for member, wanted in OFFICIAL[name].items():
        python = member if member.isupper() else snake(member)
        found = natured(kind, python, fields)
        if found != wanted:
            wrong.append(f"{python} is {found}, not {wanted}")
    assert not wrong


def natured(kind: type, name: str, fields: set[str]) -> str:
    if name in fields:
        return "value"
    try:
        found = inspect.getattr_static(kind, name)
    except AttributeError:
        return "absent"
    if isinstance(found, Event | Signal):
        return "event"
    if isinstance(found, classmethod | staticmethod):
        found = found.__func__
    function = inspect.unwrap(found) if callable(found) else None
    if function is None:
        return "value"
    return "async" if inspect.iscoroutinefunction(function) else "method"


def test_every_public_name_is_documented() -> None:
    silent = []
    for name in pyconvo.__all__:
        kind = getattr(pyconvo, name)
        if not inspect.isclass(kind):
            continue
        if not (kind.__doc__ or "").strip():
            silent.append(name)
        for member, value in vars(kind).items():
            described = value.__func__ if isinstance(value, classmethod | staticmethod) else value
            if member.startswith("_") or not (callable(described) or isinstance(described, property)):
                continue
            if not (getattr(described, "__doc__", None) or "").strip() and not isinstance(described, str):
                silent.append(f"{name}.{member}")
    assert silent == []


@pytest.mark.timeout(180)
def test_a_program_is_checked_strictly() -> None:
    program = Path(__file__).with_name("typed_program.py")
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file", "pyproject.toml", str(program)]
    checked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.timeout(30)
async def test_the_program_runs(emulator: Emulator) -> None:
    assert await main(emulator.token("alice"), emulator.options) == ["one", "two"]
    await created(emulator.token("alice"), emulator.options)
