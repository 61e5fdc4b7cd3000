"""``bench``: ours and the official SDK side by side. ``tests/bench`` measures; here it is only started."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence

from pipeline import node, testing
from pipeline.paths import PYTHON, ROOT
from pipeline.process import show


def engines(arguments: Sequence[str]) -> list[str]:
    """The engines that the arguments ask for; Chromium if they do not say."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--engines", default="chromium")
    return testing.engines(parser.parse_known_args(list(arguments))[0].engines)


def bench(arguments: Sequence[str]) -> int:
    """The exit status: 0 when everything could be measured."""
    path = os.pathsep.join(str(ROOT / part) for part in (".", "tests", "web"))
    return show([PYTHON, "-m", "bench", *arguments], env={**node.path(), "PYTHONPATH": path})
