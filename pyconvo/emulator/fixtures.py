"""Reads fixture files and states: JSON, or YAML as ``safe_load`` reads it. Writes states.

Not responsible for what they may say.
"""

from __future__ import annotations

import json
import math
from datetime import date
from pathlib import Path
from typing import Any

YAML = (".yaml", ".yml")


class FixtureError(Exception):
    """The file cannot be read; the message says why and where."""


def read(path: str) -> dict[str, Any]:
    """The fixture in a file. Raises :class:`FixtureError`."""
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise FixtureError(f"{path} cannot be read: {error.strerror}") from error
    try:
        return parse(data, yaml=path.lower().endswith(YAML))
    except FixtureError as error:
        raise FixtureError(f"{path}: {error}") from error


def write(path: str, state: dict[str, Any]) -> None:
    """Replaces the file in one go: whoever reads it finds the old state or the new one."""
    partial = Path(f"{path}.partial")
    partial.write_text(json.dumps(state, ensure_ascii=False), encoding="utf-8")
    partial.replace(path)


def parse(data: bytes, *, yaml: bool) -> dict[str, Any]:
    """Raises :class:`FixtureError`."""
    try:
        fixture = _yaml(data) if yaml else _plain(json.loads(data))
    except (ValueError, RecursionError) as error:
        raise FixtureError(f"not valid {'YAML' if yaml else 'JSON'}: {error}") from error
    if not isinstance(fixture, dict):
        raise FixtureError("a fixture is an object with users and conversations")
    return fixture


def _yaml(data: bytes) -> Any:
    from yaml import YAMLError, safe_load

    try:
        return _plain(safe_load(data))
    except YAMLError as error:
        raise ValueError(str(error)) from error


def _plain(value: Any) -> Any:
    """YAML has dates, keys that are no texts, and infinite numbers; JSON has none of them."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{value} is no number that JSON has")
    return value.isoformat() if isinstance(value, date) else value
