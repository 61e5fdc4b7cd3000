"""Running other programs: quietly, with their words shown only when they fail."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from pipeline.paths import ROOT
from pipeline.progress import Trouble

TAIL = 60


def run(
    command: Sequence[str | Path],
    what: str,
    *,
    remedy: str = "",
    cwd: Path = ROOT,
    env: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> str:
    """What the program printed. Raises :class:`Trouble` with the end of its words when it fails."""
    words = [str(part) for part in command]
    try:
        done = subprocess.run(
            words,
            cwd=cwd,
            env={**os.environ, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=timeout,
            check=False,
        )
    except FileNotFoundError as error:
        raise Trouble(f"{what}: {words[0]} is not there", remedy) from error
    except subprocess.TimeoutExpired as error:
        raise Trouble(f"{what}: no end after {timeout:.0f} s", remedy) from error
    text = done.stdout.decode("utf-8", "replace")
    if done.returncode:
        tail = "\n".join(text.splitlines()[-TAIL:])
        raise Trouble(f"{what}: failed (exit status {done.returncode})", remedy, tail)
    return text


def show(command: Sequence[str | Path], *, cwd: Path = ROOT, env: Mapping[str, str] | None = None) -> int:
    """Run with the user's terminal; its exit status."""
    words = [str(part) for part in command]
    return subprocess.run(words, cwd=cwd, env={**os.environ, **(env or {})}, check=False).returncode


def quiet(command: Sequence[str | Path], timeout: float = 60) -> str | None:
    """What the program printed, None if it failed or is not there."""
    try:
        done = subprocess.run(
            [str(part) for part in command], capture_output=True, text=True, timeout=timeout, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None
