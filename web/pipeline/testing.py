"""Static checks, then pytest with the browsers that were asked for."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from pipeline import checks, node
from pipeline.paths import PYTHON, ROOT
from pipeline.process import show
from pipeline.progress import Trouble, say

ENGINES = ("chromium", "firefox", "webkit")
#: Folders of ``tests/`` whose tests drive browsers.
IN_BROWSERS = ("browser", "conformance")


def engines(names: str) -> list[str]:
    """The engines of a comma-separated list."""
    wanted = [name.strip() for name in names.split(",") if name.strip()]
    unknown = [name for name in wanted if name not in ENGINES]
    if unknown or not wanted:
        raise Trouble(f"--engines: {names!r} is not a list of engines", f"choose from {', '.join(ENGINES)}")
    return wanted


def test(wanted: Sequence[str], required: bool, arguments: Sequence[str]) -> int:
    """The exit status: 0 only if every check and every test passed. The tests run even if a check fails."""
    trouble: Trouble | None = None
    try:
        checks.check()
    except Trouble as found:
        trouble = found
    command: list[str | Path] = [PYTHON, "-m", "pytest", f"--engines={','.join(wanted)}"]
    if required:
        command.append("--require-engines")
    say("")
    status = show([*command, *arguments], env=node.path()) if arguments else _side_by_side(command)
    if trouble is not None:
        trouble.show()
    return status or (1 if trouble is not None else 0)


def _side_by_side(command: Sequence[str | Path]) -> int:
    """Everything: tests in browsers, which mostly wait, and all others beside them, shown when the first are over."""
    in_browsers = [f"tests/{name}" for name in IN_BROWSERS]
    others = [f"--ignore={path}" for path in in_browsers]
    say("The tests without a browser run meanwhile; what they say comes after the tests in browsers.")
    with tempfile.TemporaryFile() as words:
        # Each keeps what failed last in a cache of its own: they would overwrite each other's.
        beside = subprocess.Popen(
            [str(part) for part in (*command, "-o", "cache_dir=.pytest_cache/beside", *others)],
            cwd=ROOT,
            env={**os.environ, **node.path()},
            stdout=words,
            stderr=subprocess.STDOUT,
        )
        try:
            status = show([*command, *in_browsers], env=node.path())
            say("\nThe tests without a browser:")
            status = beside.wait() or status
        finally:
            beside.terminate()
            words.seek(0)
            say(words.read().decode("utf-8", "replace"))
    return status
