"""Reads ``differences.md``: where our traces differ from the official SDK's on purpose, and why.

An entry is a heading, then ``- scenarios: a, b`` and ``- stream: name`` (or ``*``), a block ``official`` and a block
``ours`` with one regular expression a line (an empty block: no line at all), and the reason in words. Where lines only
stand at another place, ``- official before: …`` or ``- ours before: …`` is an expression for the line that comes after
them in that trace.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

Streams = dict[str, list[str]]

_ENTRY = re.compile(r"^## (?P<title>.+)$", re.M)
_FIELD = re.compile(r"^- (?P<name>scenarios|stream|official before|ours before): (?P<value>.+)$", re.M)
_BLOCK = re.compile(r"^```(?P<name>official|ours)\n(?P<lines>.*?)^```$", re.M | re.S)


@dataclass(frozen=True)
class Difference:
    title: str
    scenarios: frozenset[str]
    stream: str
    official: tuple[str, ...]
    ours: tuple[str, ...]
    #: What must come after the lines, where that is said.
    official_before: str | None = None
    ours_before: str | None = None

    def concerns(self, scenario: str) -> bool:
        return "*" in self.scenarios or scenario in self.scenarios

    def explains(self, scenario: str, hunk: Hunk) -> bool:
        return (
            self.concerns(scenario)
            and self.stream in ("*", hunk.stream)
            and _matches(self.official, hunk.official)
            and _matches(self.ours, hunk.ours)
            and (self.official_before is None or _matches((self.official_before,), hunk.official_next))
            and (self.ours_before is None or _matches((self.ours_before,), hunk.ours_next))
        )


@dataclass(frozen=True)
class Hunk:
    """Lines that differ, between lines that do not."""

    stream: str
    official: list[str]
    ours: list[str]
    #: The line after them in each trace, if there is one.
    official_next: list[str]
    ours_next: list[str]

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
        if not {"scenarios", "stream"} <= fields.keys() or blocks.keys() != {"official", "ours"} or not reason:
            raise ValueError(f"{path.name}: the entry {match['title']!r} is not complete")
        scenarios = frozenset(name.strip() for name in fields["scenarios"].split(","))
        entries.append(
            Difference(
                match["title"],
                scenarios,
                fields["stream"],
                blocks["official"],
                blocks["ours"],
                fields.get("official before"),
                fields.get("ours before"),
            )
        )
    return entries


def compare(official: Streams, ours: Streams) -> Iterator[Hunk]:
    """The places where two traces differ."""
    for stream in sorted(official.keys() | ours.keys()):
        left, right = official.get(stream, []), ours.get(stream, [])
        matcher = difflib.SequenceMatcher(None, left, right, autojunk=False)
        for kind, a, b, c, d in matcher.get_opcodes():
            if kind != "equal":
                yield Hunk(stream, left[a:b], right[c:d], left[b : b + 1], right[d : d + 1])


def _matches(patterns: tuple[str, ...], lines: list[str]) -> bool:
    return len(patterns) == len(lines) and all(
        re.fullmatch(pattern, line) for pattern, line in zip(patterns, lines, strict=True)
    )
