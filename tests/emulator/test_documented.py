"""``docs/emulator.md`` names every address of the control plane, every option of the command, every fault."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from starlette.routing import Route

from pyconvo.emulator import EmulatorConfig, create_app
from pyconvo.emulator.faults.rule import KNOWN

TEXT = (Path(__file__).parents[2] / "docs" / "emulator.md").read_text(encoding="utf-8")


def _control() -> set[str]:
    found = set()
    for route in create_app(EmulatorConfig(port=0)).routes:
        if isinstance(route, Route) and route.path.startswith("/emulator/"):
            path = re.sub(r"\{(\w+):\w+\}", r"{\1}", route.path)
            found |= {f"{method} {path}" for method in route.methods or () if method != "HEAD"}
    return found


def test_every_address_of_the_control_plane() -> None:
    told = set(re.findall(r"`((?:GET|POST|DELETE) /emulator/[^`]*)`", TEXT))
    assert _control() - told == set()
    assert told - _control() == set()


def test_every_option_of_the_command() -> None:
    printed = subprocess.run(
        [sys.executable, "-m", "pyconvo.cli", "emulator", "--help"], capture_output=True, text=True, check=True
    ).stdout
    options = set(re.findall(r"--[a-z-]+", printed)) - {"--help"}
    assert {option for option in options if option not in TEXT} == set()


def test_every_fault() -> None:
    table = TEXT[TEXT.index("## Faults") :]
    for on, actions in KNOWN.items():
        assert f"`{on}`" in table
        for action in actions:
            assert f"`{action}`" in table, (on, action)


def test_the_program_for_a_server_runs() -> None:
    section = TEXT[TEXT.index("## Programs for servers") : TEXT.index("## Faults")]
    (program,) = re.findall(r"```python\n(.*?)```", section, re.DOTALL)
    names: dict[str, Any] = {}
    exec(program, names)
    assert names["room"].unique_name == "room"
