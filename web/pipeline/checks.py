"""Static checks: ruff, mypy, the TypeScript compiler. All of them run, whatever the first says."""

from __future__ import annotations

from pathlib import Path

from pipeline import node
from pipeline.paths import NODE_MODULES, ROOT, SCRIPTS, WEB
from pipeline.process import run
from pipeline.progress import Trouble, step

TYPESCRIPT = (WEB, WEB / "test", WEB / "testing", WEB / "playground")


def check() -> None:
    """Raises :class:`Trouble` naming every check that failed."""
    compiler = NODE_MODULES / "typescript" / "bin" / "tsc"
    checks: list[tuple[str, list[str | Path]]] = [
        ("ruff check", [SCRIPTS / "ruff", "check", "--quiet"]),
        ("ruff format", [SCRIPTS / "ruff", "format", "--check", "--quiet"]),
        ("mypy", [SCRIPTS / "mypy", "--no-error-summary"]),
    ]
    for config in sorted(found for folder in TYPESCRIPT for found in folder.glob("tsconfig*.json")):
        checks.append((f"tsc ({config.relative_to(ROOT).as_posix()})", [node.node(), compiler, "-p", config]))
    failed = []
    for name, command in checks:
        try:
            with step(name):
                run(command, name)
        except Trouble as trouble:
            trouble.show()
            failed.append(name)
    if failed:
        raise Trouble(f"checks failed: {', '.join(failed)}", "the messages are above")
