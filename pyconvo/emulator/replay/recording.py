"""The form of a recording: one JSON object a line, readable, without secrets. Written as things happen; read whole.

::

    {"format": "pyconvo-recording", "version": 1, "url": "http://127.0.0.1:8080", "started": "2026-…"}
    {"n": 1, "t": 0.01, "at": "2026-…", "dir": "open", "connection": "connection-1", "identity": null}
    {"n": 2, "t": 0.02, "at": …, "dir": "c>s", …, "header": {"method": "init", …}, "payload": null}
    {"n": 9, "t": 3.5, "at": …, "dir": "end", …, "by": "client"}

``t`` is in real seconds from the start, ``at`` the emulator's time. Not responsible for playing it (``script``).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

import jwt

from pyconvo.emulator.clock import Clock
from pyconvo.emulator.log import Entry, PacketLog, readable
from pyconvo.json_writer import well_formed
from pyconvo.twilsock.packet import PacketError, decode
from pyconvo.version import __version__

FORMAT = "pyconvo-recording"
VERSION = 1
_DIRECTIONS = ("open", "c>s", "s>c", "end")


class RecordingError(Exception):
    """This is no recording; the message says where and why."""


@dataclass(slots=True)
class Session:
    """One socket of a recording. ``ended_by``: ``client``, ``server``, or None when the recording ends before it."""

    identity: str | None = None
    entries: list[dict[str, Any]] = field(default_factory=list)
    ended_by: str | None = None


@dataclass(slots=True)
class Recording:
    """``url``: where the recorded emulator was; answers that hold it lead there."""

    url: str
    sessions: list[Session]

    @classmethod
    def load(cls, path: str) -> Recording:
        """Raises :class:`RecordingError`."""
        try:
            text = Path(path).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise RecordingError(f"{path} cannot be read: {error}") from error
        try:
            return cls.parse(text)
        except RecordingError as error:
            raise RecordingError(f"{path}: {error}") from error

    @classmethod
    def parse(cls, text: str) -> Recording:
        """Raises :class:`RecordingError`. A last line that was cut off is left out."""
        lines = text.splitlines()
        head = _line(lines[0] if lines else "", 1)
        if head.get("format") != FORMAT or head.get("version") != VERSION:
            raise RecordingError(f"the first line must be of format {FORMAT!r}, version {VERSION}")
        sessions: dict[str, Session] = {}
        for number, line in enumerate(lines[1:], 2):
            try:
                entry = _line(line, number)
            except RecordingError:
                if number == len(lines):
                    break
                raise
            _enter(sessions, entry, number)
        return cls(str(head.get("url") or ""), [one for one in sessions.values() if one.entries])


def _line(line: str, number: int) -> dict[str, Any]:
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise RecordingError(f"line {number} is not JSON") from error
    if not isinstance(entry, dict):
        raise RecordingError(f"line {number} is not a JSON object")
    return entry


def _enter(sessions: dict[str, Session], entry: dict[str, Any], number: int) -> None:
    direction, header = entry.get("dir"), entry.get("header")
    if direction not in _DIRECTIONS or not isinstance(entry.get("connection"), str):
        raise RecordingError(f"line {number} needs a connection, and dir: one of {', '.join(_DIRECTIONS)}")
    session = sessions.setdefault(entry["connection"], Session())
    if entry.get("identity"):
        session.identity = str(entry["identity"])
    if direction == "end":
        session.ended_by = str(entry.get("by") or "server")
    elif direction != "open" and not entry.get("malformed"):
        if not isinstance(header, dict):
            raise RecordingError(f"line {number} is a packet without header")
        session.entries.append(entry)


class Recorder:
    """Writes every entry of a log to a file, line by line: what was recorded is there even after a crash."""

    def __init__(self, path: str, clock: Clock, url: str) -> None:
        self._file: TextIO = open(path, "w", encoding="utf-8", buffering=1)  # noqa: SIM115 (open until close)
        self._clock = clock
        self._start: float | None = None
        self._write(_head(clock, url))

    def __call__(self, entry: Entry) -> None:
        if self._start is None:
            self._start = entry.real
        self._write(_shown(entry, self._clock, self._start))

    def close(self) -> None:
        self._file.close()

    def _write(self, line: dict[str, Any]) -> None:
        self._file.write(_lines([line]))


def written(log: PacketLog, clock: Clock, url: str) -> str:
    """What a log still holds, as a recording."""
    entries = list(log)
    start = entries[0].real if entries else 0.0
    return _lines([_head(clock, url), *(_shown(entry, clock, start) for entry in entries)])


def _lines(lines: Iterable[dict[str, Any]]) -> str:
    return "".join(well_formed(json.dumps(line, ensure_ascii=False)) + "\n" for line in lines)


def _head(clock: Clock, url: str) -> dict[str, Any]:
    return {"format": FORMAT, "version": VERSION, "by": __version__, "url": url, "started": clock.iso()}


def _shown(entry: Entry, clock: Clock, start: float) -> dict[str, Any]:
    shown = readable(entry, clock)
    if shown.get("header", {}).get("method") == "init" and entry.direction == "c>s":
        # The token itself is masked; whose it was must stay, also where the login was refused.
        shown["identity"] = shown["identity"] or identity_of(entry.data)
    return {"n": shown.pop("n"), "t": round(entry.real - start, 4)} | shown


def identity_of(data: bytes | str) -> str | None:
    """Whose token an ``init`` packet carries, whether it is valid or not."""
    try:
        token = decode(data).header.get("token") if isinstance(data, bytes) else None
        claims = jwt.decode(token, options={"verify_signature": False}) if isinstance(token, str) else {}
    except (PacketError, jwt.PyJWTError):
        return None
    grants = claims.get("grants")
    identity = grants.get("identity") if isinstance(grants, dict) else None
    return identity if isinstance(identity, str) else None
