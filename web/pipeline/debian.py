"""Debian packages, where this is Debian (or a child of it) and we are root. Otherwise: the words of the remedy."""

from __future__ import annotations

import functools
import os
import shutil
from collections.abc import Sequence

from pipeline.process import quiet, run
from pipeline.progress import Trouble, step

ENVIRONMENT = {"DEBIAN_FRONTEND": "noninteractive"}


def available() -> bool:
    return shutil.which("apt-get") is not None


def may_install() -> bool:
    return available() and hasattr(os, "geteuid") and os.geteuid() == 0


def remedy(packages: Sequence[str]) -> str:
    """The command to type."""
    return f"{'' if may_install() else 'sudo '}apt-get install -y {' '.join(packages)}"


def install(packages: Sequence[str], why: str) -> None:
    """Install what is not there yet. Raises :class:`Trouble`, with the remedy, if that cannot be done."""
    missing = [name for name in packages if not _installed(name)]
    if not missing:
        return
    if not may_install():
        raise Trouble(f"{why}: not installed, and only root may install it", remedy(missing))
    with step(f"install {' '.join(missing)}") as note:
        note.text = why
        _refresh()
        command = ["apt-get", "install", "-y", "--no-install-recommends", *missing]
        run(command, f"apt-get install {' '.join(missing)}", remedy=remedy(missing), env=ENVIRONMENT)


@functools.cache
def _refresh() -> None:
    """Once a run. A failure is not fatal: the lists we have may do."""
    quiet(["apt-get", "update"], timeout=300)


def _installed(package: str) -> bool:
    state = quiet(["dpkg-query", "-W", "-f", "${db:Status-Status}", package])
    return state == "installed"
