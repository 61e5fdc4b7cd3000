"""Reads ``differences.md``: where our traces differ from the official SDK's on purpose, and why.

An entry is a heading, then ``- scenarios: a, b`` and ``- stream: name`` (or ``*``), a block ``official`` and a block
``ours`` with one regular expression a line (an empty block: no line at all), and the reason in words.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

Streams = dict[str, list[str]]

_ENTRY = re.compile(r"^## (?P<title>.+)$", re.M)
_FIELD = re.compile(r"^- (?P<name>scenarios|stream): (?P<value>.+)$", re.M)
_BLOCK = re.compile(r"^```(?P<name>official|ours)\n(?P<lines>.*?)^```$", re.M | re.S)


@dataclass(frozen=True)
class Difference:
    title: str
    scenarios: frozenset[str]
    stream: str
    official: tuple[str, ...]
    ours: tuple[str, ...]

    def concerns(self, scenario: str) -> bool:
        return "*" in self.scenarios or scenario in self.scenarios

    def explains(self, scenario: str, stream: str, official: list[str], ours: list[str]) -> bool:
        return (
            self.concerns(scenario)
            and self.stream in ("*", stream)
            and _matches(self.official, official)
            and _matches(self.ours, ours)
        )


@dataclass(frozen=True)
class Hunk:
    """Lines that differ, between lines that do not."""

    stream: str
    official: list[str]
    ours: list[str]

    def __str__(self) -> str:
        lines = [f"[{self.stream}]"]
        lines += [f"  official: {line}" for line in self.official] or ["  official: (nothing)"]
        lines += [f"  ours:     {line}" for line in self.ours] or ["  ours:     (nothing)"]
        return "\n".join(lines)


def read(path: Path) -> list[Difference]:
    """Every entry. Raises :class:`ValueError` for one that is not complete."""
    text = path.read_text(encoding="utf-8")
    starts = [*_ENTRY.finditer(text)]
    entries = []
    for match, following in zip(starts, [*starts[1:], None], strict=False):
        body = text[match.end() : following.start() if following is not None else len(text)]
        fields = {found["name"]: found["value"].strip() for found in _FIELD.finditer(body)}
        blocks = {found["name"]: tuple(found["lines"].splitlines()) for found in _BLOCK.finditer(body)}
        reason = _BLOCK.sub("", _FIELD.sub("", body)).strip()
        if fields.keys() != {"scenarios", "stream"} or blocks.keys() != {"official", "ours"} or not reason:
            raise ValueError(f"{path.name}: the entry {match['title']!r} is not complete")
        scenarios = frozenset(name.strip() for name in fields["scenarios"].split(","))
        entries.append(Difference(match["title"], scenarios, fields["stream"], blocks["official"], blocks["ours"]))
    return entries


def compare(official: Streams, ours: Streams) -> Iterator[Hunk]:
    """The places where two traces differ."""
    for stream in sorted(official.keys() | ours.keys()):
        left, right = official.get(stream, []), ours.get(stream, [])
        matcher = difflib.SequenceMatcher(None, left, right, autojunk=False)
        for kind, a, b, c, d in matcher.get_opcodes():
            if kind != "equal":
                yield Hunk(stream, left[a:b], right[c:d])


def _matches(patterns: tuple[str, ...], lines: list[str]) -> bool:
    return len(patterns) == len(lines) and all(
        re.fullmatch(pattern, line) for pattern, line in zip(patterns, lines, strict=True)
    )
