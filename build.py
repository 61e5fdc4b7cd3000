#!/usr/bin/env python3
"""The one command of this project: sets up what it needs, then builds, checks, tests or serves.

Needs Python 3.11 and nothing else; run ``python3 build.py --help``. The work is done in ``web/pipeline/``.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

# Everything below this is read by a newer Python only, so the remedy must come first.
if sys.version_info < (3, 11):  # noqa: UP036
    sys.exit(f"✗ build.py needs Python 3.11 or newer, this is {sys.version.split()[0]}\n  → use a newer python3")

sys.path.insert(0, str(Path(__file__).resolve().parent / "web"))

from pipeline import bench, browsers, checks, micropip_wheel, node, python_env, release, serving, testing
from pipeline.exclusive import exclusive
from pipeline.progress import Trouble

SLIM = """dist/ with a smaller Python: Pyodide's files without what is not needed, and optimised by wasm-opt, which
takes two minutes or more the first time. No wheel with compiled code can ever be loaded into the worker's Python
(pyconvo loads none), and the release has to be given on with its directory source/, as Pyodide's licence wants it"""


def main(arguments: list[str]) -> int:
    """Returns the exit status."""
    parser = _parser()
    options, rest = parser.parse_known_args(arguments)
    if rest and options.command not in ("test", "bench"):
        parser.error(f"unknown: {' '.join(rest)}")
    try:
        with exclusive():
            python_env.ensure()
            node.ensure()
        return int(options.run(options, rest))
    except Trouble as trouble:
        trouble.show()
        return 1
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="build.py", description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    slim = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    slim.add_argument("--slim", action="store_true", help=SLIM)

    serve = commands.add_parser(
        "serve", parents=[slim], help="build, then run emulator, playground and dist/ on one origin"
    )
    serve.add_argument("--port", type=int, default=8080)
    serve.add_argument("--open", action="store_true", help="open the playground in your browser")
    serve.set_defaults(run=_serve)

    test = commands.add_parser(
        "test", parents=[slim], allow_abbrev=False, help="checks and all tests; further arguments go to pytest"
    )
    test.add_argument("--engines", default="chromium,firefox,webkit", metavar="NAMES")
    test.add_argument("--require-engines", action="store_true", help="a missing browser is a failure")
    test.set_defaults(run=_test)

    benchmark = commands.add_parser(
        "bench",
        parents=[slim],
        add_help=False,
        allow_abbrev=False,
        help="ours and the official SDK side by side; --help tells more",
    )
    benchmark.set_defaults(run=_bench)

    build = commands.add_parser("build", parents=[slim], help="make dist/ (--slim: with a smaller Python)")
    build.set_defaults(run=_build)
    commands.add_parser("check", help="ruff, types of Python and TypeScript").set_defaults(run=_check)
    return parser


def _serve(options: argparse.Namespace, _: list[str]) -> int:
    serving.check_port(options.port)
    release.build(best=False, as_slim=options.slim)
    return serving.serve(options.port, options.open)


def _test(options: argparse.Namespace, rest: list[str]) -> int:
    engines = testing.engines(options.engines)
    release.build(best=False, as_slim=options.slim)
    browsers.ensure(engines, options.require_engines)
    micropip_wheel.ensure()
    return testing.test(engines, options.require_engines, rest)


def _bench(options: argparse.Namespace, rest: list[str]) -> int:
    if "--help" not in rest and "-h" not in rest:
        release.build(as_slim=options.slim)
        browsers.ensure(bench.engines(rest), required=False)
    return bench.bench(rest)


def _build(options: argparse.Namespace, _: list[str]) -> int:
    release.build(as_slim=options.slim)
    return 0


def _check(_: argparse.Namespace, __: list[str]) -> int:
    checks.check()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
