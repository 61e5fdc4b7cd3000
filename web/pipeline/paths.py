"""Where things are. Everything made by a step lies in ``.venv``, ``.cache``, ``dist`` or ``web/node_modules``."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WEB = ROOT / "web"
PIPELINE = WEB / "pipeline"
VENV = ROOT / ".venv"
CACHE = ROOT / ".cache"
DIST = ROOT / "dist"
NODE_MODULES = WEB / "node_modules"
LOCK = PIPELINE / "requirements.lock"
SCRIPTS = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = SCRIPTS / ("python.exe" if os.name == "nt" else "python")


def version() -> str:
    """The project's version, read from ``pyconvo/version.py`` without importing the project."""
    for line in (ROOT / "pyconvo" / "version.py").read_text(encoding="utf-8").splitlines():
        name, _, value = line.partition("=")
        if name.split(":")[0].strip() == "__version__":
            return value.strip().strip("\"'")
    raise LookupError("pyconvo/version.py does not say __version__")
