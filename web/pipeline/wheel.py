"""The wheel of pyconvo, and the lock file that lists it for a plain Pyodide. Both are reproducible."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from pipeline.paths import CACHE, NODE_MODULES, PIPELINE, PYTHON, ROOT
from pipeline.process import run
from pipeline.progress import Trouble, step
from pipeline.stamps import Stamp

FOLDER = CACHE / "wheel"
# Any fixed moment will do: the same sources give the same bytes.
EPOCH = {"SOURCE_DATE_EPOCH": "315532800"}
SOURCES = [ROOT / "pyconvo", ROOT / "pyproject.toml", ROOT / "README.md", ROOT / "LICENSE"]


def ensure() -> Path:
    """The wheel, built if its sources have changed."""
    stamp = Stamp("wheel", [*SOURCES, Path(__file__)])
    wheels = list(FOLDER.glob("*.whl"))
    if stamp.fresh and len(wheels) == 1:
        return wheels[0]
    with step("build the wheel"):
        shutil.rmtree(FOLDER, ignore_errors=True)
        run([PYTHON, "-m", "hatchling", "build", "-t", "wheel", "-d", FOLDER], "building the wheel", env=EPOCH)
    wheels = list(FOLDER.glob("*.whl"))
    if len(wheels) != 1:
        raise Trouble(f"building the wheel made {len(wheels)} files instead of one")
    stamp.set()
    return wheels[0]


def write_lock(wheel: Path, target: Path) -> None:
    """``pyodide-lock.json`` of the release: for this version of Pyodide, with the wheel's hash."""
    pyodide = NODE_MODULES / "pyodide"
    package = json.loads((pyodide / "package.json").read_text(encoding="utf-8"))
    info = json.loads((pyodide / "pyodide-lock.json").read_text(encoding="utf-8"))["info"]
    empty = target.with_suffix(".base")
    empty.write_text(json.dumps({"info": {**info, "version": package["version"]}, "packages": {}}), encoding="utf-8")
    try:
        run([PYTHON, PIPELINE / "write_lock.py", empty, wheel, target], "writing pyodide-lock.json")
    finally:
        empty.unlink()
