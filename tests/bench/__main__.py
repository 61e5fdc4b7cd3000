"""Runs the benchmark. ``python3 build.py bench`` is how it is meant to be started."""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from bench import report
from bench.figures import Line, Samples, Subject
from bench.groups import GROUPS, Group, prepare
from bench.link import Link
from bench.served import mounts
from bench.service import Service
from bench.stage import Stage
from drivers import ENGINES, find
from pipeline import slim
from pipeline.paths import DIST, NODE_MODULES, ROOT, version


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns the exit status: 0 when every measurement could be made, whatever it showed."""
    options = _parser().parse_args(arguments)
    groups = [group for group in GROUPS if group.name in options.only or not (options.only or group.on_request)]
    results: list[tuple[str, list[Line]]] = []
    failures: list[str] = []
    about = _about(options.rounds)
    print("\n".join(about), flush=True)
    for engine in options.engines:
        if find(engine) is None:
            failures.append(f"{engine} is not on this machine")
            continue
        samples = _measure(engine, groups, options.rounds, failures)
        lines = list(samples.lines([figure for group in groups for figure in group.figures]))
        print(f"\n{report.table(engine, lines)}\n", flush=True)
        results.append((engine, lines))
    if options.json:
        made = {"about": about, "engines": [report.as_json(*result) for result in results], "failures": failures}
        options.json.write_text(json.dumps(made, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    options.html.parent.mkdir(parents=True, exist_ok=True)
    options.html.write_text(report.as_html([*about, *failures], results), encoding="utf-8")
    print(f"Report: {_shown(options.html)}")
    for failure in failures:
        print(f"✗ {failure}", file=sys.stderr)
    return 1 if failures else 0


def _measure(engine: str, groups: Sequence[Group], rounds: int, failures: list[str]) -> Samples:
    samples = Samples()
    with Service(mounts()) as service, Link(service.port) as link:
        stage = Stage(engine, service, link, f"/dist/releases/{version()}/pyconvo.min.js")
        try:
            prepare(stage)
            for number in range(1, rounds + 1):
                for group in groups:
                    _round(stage, group, samples, f"{engine} {number}/{rounds}", failures)
        finally:
            stage.close()
    return samples


def _round(stage: Stage, group: Group, samples: Samples, where: str, failures: list[str]) -> None:
    """Each subject once, in another order every time."""
    subjects: list[Subject] = ["ours"] if group.alone else ["ours", "official"]
    if group.yardstick:
        subjects.append("pyodide")
    random.shuffle(subjects)
    for subject in subjects:
        start = time.monotonic()
        try:
            values = group.run(stage, subject)
        except Exception as error:  # one that fails must not lose the others
            failures.append(f"{where} {group.name}, {subject}: {error}")
            print(f"  {where} {group.name}, {subject}: ✗ {error}", flush=True)
            continue
        for key, value in values.items():
            samples.add(key, subject, value)
        print(f"  {where} {group.name}, {subject}: {time.monotonic() - start:.1f} s", flush=True)


def _about(rounds: int) -> list[str]:
    kind = " (slim)" if slim.is_slim(DIST / "releases" / version()) else ""
    return [
        f"pyconvo {version()}{kind} and @twilio/conversations {_official()}, {rounds} rounds in turns",
        f"{datetime.now(UTC):%Y-%m-%d}, {platform.system()} {platform.machine()}, {os.cpu_count()} cores",
    ]


def _official() -> str:
    package = NODE_MODULES / "@twilio" / "conversations" / "package.json"
    return str(json.loads(package.read_text(encoding="utf-8"))["version"])


def _shown(path: Path) -> Path:
    return path.relative_to(ROOT) if path.is_relative_to(ROOT) else path


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="build.py bench", description="ours and the official SDK side by side")
    parser.epilog = "build.py bench --slim measures a slim release, see build.py build --help"
    parser.add_argument("--json", type=Path, metavar="FILE", help="the figures as JSON")
    parser.add_argument("--html", type=Path, metavar="FILE", default=DIST / "bench.html", help="the report")
    parser.add_argument("--rounds", type=_rounds, default=7, metavar="N", help="how often each is measured (7)")
    parser.add_argument("--engines", type=_engines, default=["chromium"], metavar="NAMES", help="chromium")
    names = ", ".join(group.name for group in GROUPS)
    parser.add_argument("--only", type=_groups, default=[], metavar="NAMES", help=f"some of: {names}")
    return parser


def _rounds(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError("a number of rounds, 1 or more")
    return int(text)


def _engines(text: str) -> list[str]:
    return _chosen(text, ENGINES)


def _groups(text: str) -> list[str]:
    return _chosen(text, [group.name for group in GROUPS])


def _chosen(text: str, known: Sequence[str]) -> list[str]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    unknown = [name for name in names if name not in known]
    if unknown or not names:
        raise argparse.ArgumentTypeError(f"choose from {', '.join(known)}")
    return names


if __name__ == "__main__":
    sys.exit(main())
