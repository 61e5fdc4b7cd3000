"""What is measured: each figure with its unit and its aim, and the samples of one run."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

Subject = Literal["ours", "official", "pyodide"]
#: What one measurement gave, by the figures' keys.
Values = dict[str, float]


@dataclass(frozen=True, slots=True)
class Aim:
    """``ratio``: ours / ``against`` is wanted to be at most (or, where more is better, at least) this.

    ``most``, ``least``: our own figure is wanted to be at most, at least this; ``beyond``: at most the official one's
    plus this.
    """

    ratio: float | None = None
    most: float | None = None
    least: float | None = None
    beyond: float | None = None
    against: Subject = "official"


@dataclass(frozen=True, slots=True)
class Figure:
    """``better``: whether a smaller or a larger value is."""

    key: str
    title: str
    unit: str
    better: Literal["less", "more"] = "less"
    aim: Aim | None = None
    #: The figure that "plain Pyodide" is read from, where the aim is against it.
    yardstick: str | None = None


@dataclass(frozen=True, slots=True)
class Spread:
    """Median and quartiles."""

    median: float
    low: float
    high: float
    count: int


def spread(samples: list[float]) -> Spread:
    if len(samples) == 1:
        return Spread(samples[0], samples[0], samples[0], 1)
    low, median, high = statistics.quantiles(samples, n=4, method="inclusive")
    return Spread(median, low, high, len(samples))


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the report. ``ratio``: ours / official (or / plain Pyodide where that is the yardstick)."""

    figure: Figure
    ours: Spread | None
    official: Spread | None
    ratio: float | None
    reached: bool | None


@dataclass(slots=True)
class Samples:
    """All values of one engine's run."""

    values: dict[tuple[str, Subject], list[float]] = field(default_factory=dict)

    def add(self, key: str, subject: Subject, value: float) -> None:
        self.values.setdefault((key, subject), []).append(value)

    def of(self, key: str, subject: Subject) -> Spread | None:
        found = self.values.get((key, subject))
        return spread(found) if found else None

    def lines(self, figures: list[Figure]) -> Iterator[Line]:
        """A line for every figure that has values."""
        for figure in figures:
            ours, official = self.of(figure.key, "ours"), self.of(figure.key, "official")
            if ours is None and official is None:
                continue
            against = official
            if figure.yardstick is not None:
                against = self.of(figure.yardstick, "pyodide")
            ratio = ours.median / against.median if ours and against and against.median else None
            yield Line(figure, ours, official, ratio, _reached(figure, ours, official, ratio))


def _reached(figure: Figure, ours: Spread | None, official: Spread | None, ratio: float | None) -> bool | None:
    aim = figure.aim
    if aim is None or ours is None:
        return None
    if aim.most is not None:
        return ours.median <= aim.most
    if aim.least is not None:
        return ours.median >= aim.least
    if aim.beyond is not None:
        return None if official is None else ours.median <= official.median + aim.beyond
    if aim.ratio is None or ratio is None:
        return None
    return ratio <= aim.ratio if figure.better == "less" else ratio >= aim.ratio
