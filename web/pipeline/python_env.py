"""``.venv``: made with what this Python has, then filled from the lock.

The lock gives versions for every package of the development set on any platform; a package that only some platform
needs and the lock does not know is chosen by pip.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from pathlib import Path

from pipeline import debian
from pipeline.paths import CACHE, LOCK, PYTHON, ROOT, VENV
from pipeline.process import quiet, run
from pipeline.progress import Trouble, step
from pipeline.stamps import Stamp

PIP = ("-m", "pip", "--disable-pip-version-check", "--no-input")
VENV_PACKAGE = "python3-venv"
BUILDERS = ("hatchling", "editables")
NETWORK = "check the network connection (or pip's index settings), then run the same command again"


def ensure() -> None:
    """A working ``.venv`` with everything of the lock and the project itself, editable."""
    if not _works():
        with step("make .venv") as note:
            note.text = f"Python {sys.version_info.major}.{sys.version_info.minor}"
            _make()
    stamp = Stamp("python", [LOCK, ROOT / "pyproject.toml", sys.version, str(ROOT), _python_version()], [PYTHON])
    if stamp.fresh:
        return
    with step("install the Python packages of the lock into .venv"):
        pip: list[str | Path] = [PYTHON, *PIP, "install", "--quiet", "--constraint", LOCK]
        run([*pip, *BUILDERS], "pip install", remedy=NETWORK)
        run([*pip, "--no-build-isolation", "--editable", f"{ROOT}[dev]"], "pip install", remedy=NETWORK)
    stamp.set()


def _python_version() -> str:
    return quiet([PYTHON, "-c", "import sys; print(sys.version)"]) or ""


def _works() -> bool:
    """A venv that was moved, or whose Python was removed, does not."""
    probe = "import pip, sys; print(sys.prefix)"
    answer = quiet([PYTHON, "-c", probe])
    return answer is not None and Path(answer.strip()).resolve() == VENV.resolve()


def _make() -> None:
    if VENV.exists():
        shutil.rmtree(VENV)
    if not _has("venv", "ensurepip"):
        if _has("pip", "venv") and _borrow_pip():
            return
        if _has("pip") and _virtualenv():
            return
        if sys.executable.startswith("/usr/bin/"):
            debian.install([VENV_PACKAGE], "making a Python environment needs it")
    done = quiet([sys.executable, "-m", "venv", VENV], timeout=300)
    if done is None or not _works():
        raise Trouble(
            f"{sys.executable} cannot make a virtual environment (its venv or ensurepip module is missing)",
            debian.remedy([VENV_PACKAGE]) if debian.available() else "install a complete Python 3.11 or newer",
        )


def _has(*modules: str) -> bool:
    return all(importlib.util.find_spec(name) is not None for name in modules)


def _borrow_pip() -> bool:
    """An environment without pip, which this Python's pip then fills."""
    if quiet([sys.executable, "-m", "venv", "--without-pip", VENV], timeout=300) is None:
        return False
    quiet([sys.executable, *PIP, "--python", PYTHON, "install", "--quiet", "pip"], timeout=300)
    return _works()


def _virtualenv() -> bool:
    """virtualenv brings its own pip; it is kept beside, nothing of the system changes."""
    folder = CACHE / "virtualenv"
    if quiet([sys.executable, *PIP, "install", "--quiet", "--target", folder, "virtualenv"], timeout=300) is None:
        return False
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = str(folder)
    try:
        quiet([sys.executable, "-m", "virtualenv", "--quiet", VENV], timeout=300)
    finally:
        if before is None:
            del os.environ["PYTHONPATH"]
        else:
            os.environ["PYTHONPATH"] = before
    return _works()
