"""Knowing what is stale: a stamp keeps the hash of everything that went into a step.

By content, never by time: a fresh clone or a switched branch redoes exactly what differs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from pipeline.paths import CACHE, ROOT

SKIP = {"__pycache__", "node_modules", ".pytest_cache", ".mypy_cache", ".ruff_cache"}


def fingerprint(inputs: Iterable[Path | str]) -> str:
    """A hash over files and folders (names and bytes), and plain strings."""
    whole = hashlib.sha256()
    for one in inputs:
        if isinstance(one, str):
            whole.update(b"s" + one.encode() + b"\0")
            continue
        for file in sorted(_files(one)):
            name = file.relative_to(ROOT).as_posix() if file.is_relative_to(ROOT) else file.name
            whole.update(b"f" + name.encode() + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    return whole.hexdigest()


def _files(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
    elif path.is_dir():
        for inner in path.iterdir():
            if inner.name not in SKIP and inner.suffix != ".pyc":
                yield from _files(inner)


class Stamp:
    """``fresh`` while the inputs are what they were at the last ``set`` and every output is still there."""

    def __init__(self, name: str, inputs: Iterable[Path | str], outputs: Iterable[Path] = ()) -> None:
        self._file = CACHE / "stamps" / name
        self._outputs = tuple(outputs)
        self._hash = fingerprint(inputs)

    @property
    def fresh(self) -> bool:
        try:
            known = self._file.read_text(encoding="utf-8")
        except OSError:
            return False
        return known == self._hash and all(output.exists() for output in self._outputs)

    def set(self) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        self._file.write_text(self._hash, encoding="utf-8")

    def clear(self) -> None:
        self._file.unlink(missing_ok=True)
