"""The wheel of micropip that belongs to our Pyodide, for tests of pages that install pyconvo with it.

Pyodide's npm package lacks it, and it does not run on the Python of the build, so that no requirement can name it.
"""

from __future__ import annotations

import json
from pathlib import Path

from pipeline.paths import CACHE, NODE_MODULES, PYTHON
from pipeline.process import run
from pipeline.progress import step
from pipeline.python_env import NETWORK, PIP


def ensure() -> Path:
    """The wheel; fetched once."""
    packages = json.loads((NODE_MODULES / "pyodide" / "pyodide-lock.json").read_text(encoding="utf-8"))["packages"]
    version = packages["micropip"]["version"]
    folder = CACHE / "micropip"
    found = folder / f"micropip-{version}-py3-none-any.whl"
    if not found.is_file():
        with step(f"fetch micropip {version} for the tests"):
            target = ["--python-version", "3.14", "--implementation", "py", "--abi", "none", "--platform", "any"]
            command: list[str | Path] = [
                PYTHON,
                *PIP,
                "download",
                "--quiet",
                "--no-deps",
                "--only-binary=:all:",
                *target,
            ]
            run([*command, "--dest", folder, f"micropip=={version}"], "pip download", remedy=NETWORK)
    return found
