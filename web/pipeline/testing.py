"""Static checks, then pytest with the browsers that were asked for."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pipeline import checks, node
from pipeline.paths import PYTHON
from pipeline.process import show
from pipeline.progress import Trouble, say

ENGINES = ("chromium", "firefox", "webkit")


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
    status = show([*command, *arguments], env=node.path())
    if trouble is not None:
        trouble.show()
    return status or (1 if trouble is not None else 0)
