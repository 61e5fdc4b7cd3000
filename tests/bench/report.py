"""The results as a table for the terminal, as JSON, and as one HTML file with charts that needs nothing else."""

from __future__ import annotations

import html
import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from string import Template
from typing import Any

from bench.figures import Aim, Line, Spread

#: This many columns hold words.
LEFT = 3
MARKS = {True: "✓", False: "✗", None: " "}


def table(engine: str, lines: Sequence[Line]) -> str:
    """Medians, the quartiles behind them, the ratio, and whether the aim was reached."""
    rows = [("", engine, "", "ours", "official", "ratio", "aim")]
    rows += [
        (
            MARKS[line.reached],
            line.figure.title,
            line.figure.unit,
            _cell(line.ours),
            _cell(line.official),
            _ratio(line),
            _aim(line),
        )
        for line in lines
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) if place < LEFT else cell.rjust(width) for place, (cell, width) in enumerate(cells))
        for cells in (list(zip(row, widths, strict=True)) for row in rows)
    )


def as_json(engine: str, lines: Iterable[Line]) -> dict[str, Any]:
    return {
        "engine": engine,
        "figures": [
            {
                "key": line.figure.key,
                "title": line.figure.title,
                "unit": line.figure.unit,
                "better": line.figure.better,
                "ours": line.ours and asdict(line.ours),
                "official": line.official and asdict(line.official),
                "ratio": line.ratio,
                "aim": line.figure.aim and asdict(line.figure.aim),
                "reached": line.reached,
            }
            for line in lines
        ],
    }


def as_html(about: Sequence[str], results: Sequence[tuple[str, Sequence[Line]]]) -> str:
    sections = "".join(
        f"<h2>{html.escape(engine)}</h2>{''.join(_chart(line) for line in lines)}" for engine, lines in results
    )
    notes = "".join(f"<li>{html.escape(line)}</li>" for line in about)
    return PAGE.substitute(notes=notes, sections=sections)


def number(value: float) -> str:
    """Three digits that count."""
    if value == 0:
        return "0"
    digits = max(0, 2 - math.floor(math.log10(abs(value))))
    return f"{value:,.{digits}f}"


def _cell(found: Spread | None) -> str:
    return "–" if found is None else f"{number(found.median)} [{number(found.low)}…{number(found.high)}]"


def _ratio(line: Line) -> str:
    return "" if line.ratio is None else f"{line.ratio:.2f}"


def _aim(line: Line) -> str:
    aim: Aim | None = line.figure.aim
    if aim is None:
        return ""
    if aim.most is not None:
        return f"≤ {number(aim.most)} {line.figure.unit}"
    if aim.least is not None:
        return f"≥ {number(aim.least)} {line.figure.unit}"
    if aim.beyond is not None:
        return f"≤ official + {number(aim.beyond)} {line.figure.unit}"
    return f"{'≤' if line.figure.better == 'less' else '≥'} {aim.ratio:g} ×"


def _chart(line: Line) -> str:
    spreads = [("ours", line.ours), ("official", line.official)]
    most = max(found.high for _, found in spreads if found is not None) or 1.0
    bars = ""
    for place, (name, found) in enumerate(spreads):
        if found is None:
            continue
        top = 4 + place * 22
        width, low, high = (found.median / most * 400, found.low / most * 400, found.high / most * 400)
        bars += (
            f'<text x="0" y="{top + 13}">{name}</text>'
            f'<rect class="{name}" x="70" y="{top}" width="{width:.1f}" height="16"/>'
            f'<path d="M{70 + low:.1f} {top + 8}H{70 + high:.1f}"/>'
            f'<text x="{80 + max(width, high):.1f}" y="{top + 13}">{number(found.median)}</text>'
        )
    mark = {True: "reached", False: "missed", None: ""}[line.reached]
    facts = " · ".join(
        part
        for part in (f"ratio {_ratio(line)}" if line.ratio else "", f"aim {_aim(line)}" if _aim(line) else "", mark)
        if part
    )
    title = f"{line.figure.title}, {line.figure.unit}"
    return (
        f'<figure class="{mark}"><figcaption>{html.escape(title)} <small>{html.escape(facts)}</small></figcaption>'
        f'<svg viewBox="0 0 560 50" role="img" aria-label="{html.escape(title)}">{bars}</svg></figure>'
    )


PAGE = Template(
    """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>pyconvo and the official SDK, side by side</title>
<style>
  :root { color-scheme: light dark; --ours: #2f7d5b; --official: #8a8f98;
    --line: color-mix(in srgb, currentColor 20%, transparent) }
  body { font: 15px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem }
  figure { margin: 0; padding: .6rem 0; border-top: 1px solid var(--line) }
  figcaption small { opacity: .7; margin-left: .5rem }
  .missed figcaption small { color: #c2410c; opacity: 1 }
  svg { width: 100%; max-width: 42rem; height: auto; font-size: 12px; fill: currentColor }
  .ours { fill: var(--ours) } .official { fill: var(--official) }
  svg path { stroke: currentColor; stroke-width: 1.5 }
</style>
<h1>pyconvo and the official SDK, side by side</h1>
<ul>$notes</ul>
<p>Bars are medians; the stroke over a bar goes from the first quartile to the third. Both SDKs ran in turns, in the
same browser, on the same emulator and machine: ratios say more than milliseconds.</p>
$sections
</html>
"""
)
