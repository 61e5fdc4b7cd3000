"""``dist/npm``: what ``npm pack`` and ``npm publish`` take. The modules in it are made by ``web/build.mjs``."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

from pipeline import node, slim
from pipeline.paths import NODE_MODULES, ROOT, WEB, version
from pipeline.process import run
from pipeline.progress import Trouble

README = WEB / "npm" / "README.md"
#: Code under a name that a bundler's minimiser leaves alone (see ``web/src/boot/package.ts``).
COPIED = {"worker.mjs": "worker.bin", "pyodide.asm.mjs": "pyodide.asm.bin"}
GLOBAL = re.compile(r"^declare global \{\n.*?^\}\n", re.M | re.S)


def make(folder: Path, release: Path) -> None:
    """Complete the package in ``folder``, where its modules are already, from the release."""
    shutil.copytree(release / "runtime", folder / "runtime")
    is_slim = slim.is_slim(release)
    if is_slim:
        shutil.copytree(release / slim.SOURCE, folder / slim.SOURCE)
    for name, copy in COPIED.items():
        shutil.copyfile(release / "runtime" / name, folder / "runtime" / copy)
    for name in ("pyconvo.min.js", "pyconvo.min.js.map"):
        shutil.copyfile(release / name, folder / name)
    # A module defines no global.
    types = GLOBAL.sub("", (release / "pyconvo.d.ts").read_text(encoding="utf-8")).rstrip() + "\n"
    for name in ("pyconvo.d.mts", "pyconvo.d.cts"):
        (folder / name).write_text(types, encoding="utf-8")
    _declare_testing(folder)
    shutil.copyfile(ROOT / "LICENSE", folder / "LICENSE")
    shutil.copyfile(release / "runtime" / "NOTICE.txt", folder / "NOTICE.txt")
    (folder / "README.md").write_text(README.read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "package.json").write_text(json.dumps(_description(is_slim), indent=2) + "\n", encoding="utf-8")


def _declare_testing(folder: Path) -> None:
    """The types of ``pyconvo/testing``, as the compiler reads them from the source."""
    compiler = NODE_MODULES / "typescript" / "bin" / "tsc"
    options: list[str | Path] = ["--noEmit", "false", "--declaration", "--emitDeclarationOnly", "--outDir", folder]
    run([node.node(), compiler, "-p", WEB / "testing", *options], "writing the types of pyconvo/testing")
    made = folder / "testing.d.ts"
    shutil.copyfile(made, folder / "testing.d.cts")
    made.rename(folder / "testing.d.mts")


def _description(is_slim: bool) -> dict[str, object]:
    return {
        "name": "pyconvo",
        "version": semantic(version()),
        "description": "The JavaScript API of Twilio Conversations over a client in pure Python, in a worker",
        "keywords": ["twilio", "conversations", "chat", "pyodide"],
        "license": "MIT AND MPL-2.0 AND PSF-2.0",
        "type": "module",
        "exports": {
            ".": {
                # TypeScript takes the first that fits: the kind of module must be settled before "module".
                "import": {"types": "./pyconvo.d.mts", "default": "./pyconvo.mjs"},
                "require": {
                    "types": "./pyconvo.d.cts",
                    # Bundlers alone know this one; only the ES module tells them of the runtime files.
                    "module": "./pyconvo.mjs",
                    "default": "./pyconvo.cjs",
                },
                "default": "./pyconvo.mjs",
            },
            "./testing": {
                "import": {"types": "./testing.d.mts", "default": "./testing.mjs"},
                "require": {"types": "./testing.d.cts", "default": "./testing.cjs"},
            },
            "./runtime/*": "./runtime/*",
            "./pyconvo.min.js": "./pyconvo.min.js",
            "./package.json": "./package.json",
        },
        # For tools that do not know `exports`.
        "main": "./pyconvo.cjs",
        "module": "./pyconvo.mjs",
        "types": "./pyconvo.d.cts",
        "unpkg": "./pyconvo.min.js",
        "jsdelivr": "./pyconvo.min.js",
        "sideEffects": False,
        "files": ["pyconvo.*", "testing.*", "runtime", *([slim.SOURCE] if is_slim else []), "NOTICE.txt"],
    }


def semantic(python: str) -> str:
    """A Python version as npm writes it: ``1.2.0rc1`` is ``1.2.0-rc.1``. Raises :class:`Trouble` for others."""
    match = re.fullmatch(r"(\d+\.\d+\.\d+)(?:\.?(a|b|rc|dev)(\d+))?", python)
    if match is None:
        raise Trouble(f"version {python} cannot be said in npm's way", "use X.Y.Z, with aN, bN, rcN or .devN")
    release, kind, number = match.groups()
    return release if kind is None else f"{release}-{ {'a': 'alpha', 'b': 'beta'}.get(kind, kind) }.{number}"
