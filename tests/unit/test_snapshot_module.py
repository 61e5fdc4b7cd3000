"""What goes into the snapshot that pages start from is complete, and what must not be shared is renewed."""

from __future__ import annotations

import ast
import encodings
import json
import operator
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from pipeline.lean_python import ABSENT
from pipeline.paths import ROOT
from pipeline.runtime import LEFT_OUT
from pyconvo.bridge.snapshot import MODULES
from pyconvo.bridge.variety import variety

#: Python has read its own sources with this one.
ALWAYS = {"encodings.utf_8"}
#: There by Pyodide, or another program's door that pages do not take.
ELSEWHERE = {"js", "pyodide.ffi", "jwt"}


def sources() -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted((ROOT / "pyconvo").rglob("*.py")):
        if not path.relative_to(ROOT).as_posix().startswith(LEFT_OUT):
            yield path, ast.parse(path.read_text(encoding="utf-8"))


def codecs(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in ("encode", "decode")
        ):
            names = [*node.args[:1], *(word.value for word in node.keywords if word.arg == "encoding")]
            for name in names:
                # A codec is only found where its name stands there.
                if isinstance(name, ast.Constant) and isinstance(name.value, str):
                    yield name.value


def test_every_codec_is_there() -> None:
    used = {f"encodings.{encodings.normalize_encoding(name)}" for _, tree in sources() for name in codecs(tree)}
    assert "encodings.utf_16_be" in used
    assert used <= {*MODULES, *ALWAYS}


def test_what_is_imported_late_is_there() -> None:
    late: set[str] = set()
    for _, tree in sources():
        for function in ast.walk(tree):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                for node in ast.walk(function):
                    if isinstance(node, ast.Import):
                        late |= {alias.name for alias in node.names}
                    elif isinstance(node, ast.ImportFrom):
                        late.add(node.module or "")
    assert {name for name in late if not name.startswith("pyconvo")} <= {*MODULES, *ELSEWHERE}


def test_nothing_is_imported_that_is_left_out() -> None:
    used: set[str] = set()
    for _, tree in sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                used |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module is not None:
                used |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    assert "urllib.parse" in used
    assert not [name for name in used if name in ABSENT or name.rpartition(".")[0] in ABSENT]


SNAPSHOT = """
import json, logging, os, random, sys, time
os.environ.update(SECRET="of the machine", TZ="UTC")
from pyconvo.bridge.snapshot import prepare, renew
prepare()
loaded = sorted(sys.modules)
forgotten = [dict(os.environ), sys.argv, sys.orig_argv, logging._startTime]
drawn = random.random()
renew({"TZ": "America/New_York"})
zone = [time.timezone, time.altzone, time.daylight, list(time.tzname)]
own = [dict(os.environ), time.time_ns() - logging._startTime, random.random(), zone]
print(json.dumps([loaded, forgotten, drawn, own]))
"""


def snapshot() -> list[list[object]]:
    command = [sys.executable, "-c", SNAPSHOT, "an argument"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    found: list[list[object]] = json.loads(done.stdout)
    return found


def test_nothing_of_the_machine_is_kept_and_everybody_gets_their_own() -> None:
    loaded, forgotten, drawn, (environment, age, own, zone) = snapshot()
    assert set(MODULES) <= set(loaded)
    assert forgotten == [{}, [""], [""], 0]
    assert environment == {"TZ": "America/New_York"}
    assert isinstance(age, int)
    assert 0 <= age < 60e9
    assert zone == [18000, 14400, 1, ["EST", "EDT"]]
    again = snapshot()
    assert again[2] == drawn, "before it is renewed it is the same every time"
    assert again[3][2] != own


def test_what_a_page_calls_first_does_what_it_is_to_show() -> None:
    show = variety()
    assert isinstance(show, partial)
    steps = show.args[0]
    show()
    # An error of one would have ended it.
    assert next(steps, "none left") == "none left"


def test_every_kind_of_call_is_shown_with_five_kinds_of_things() -> None:
    show = variety()
    assert isinstance(show, partial)
    _, steps = show.args[0].__reduce__()[1]
    kinds: dict[object, set[object]] = {}
    for step in steps:
        if isinstance(step, partial):
            # What a class is asked for is another matter than what its instance is.
            one = step.args[0]
            kinds.setdefault(step.func, set()).add(type(one))
    assert set(kinds) >= {operator.truth, operator.contains, operator.getitem, hash, iter, next, getattr}
    assert {call: len(types) for call, types in kinds.items() if len(types) < 5} == {}
