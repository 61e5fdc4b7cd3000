"""The runtime files that the pipeline makes or takes over: Pyodide's core, its library compiled, our wheel.

The worker's bundle is made by ``web/build.mjs``, which knows what is in it.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from pipeline import node, wheel
from pipeline.paths import CACHE, NODE_MODULES, PIPELINE
from pipeline.process import run
from pipeline.progress import step
from pipeline.stamps import Stamp

STDLIB = CACHE / "runtime" / "stdlib.zip"
PYODIDE = NODE_MODULES / "pyodide"
TAKEN = ("pyodide.asm.mjs", "pyodide.asm.wasm")
NOTICE = """\
pyodide.asm.mjs and pyodide.asm.wasm are unmodified files of Pyodide {version} (MPL-2.0; source: the repository
pyodide/pyodide on GitHub, tag {version}). worker.mjs contains Pyodide's loader, unmodified, bundled with our own.
stdlib.zip is the Python standard library of the same release (PSF-2.0; copyright Python Software Foundation, all rights
reserved), compiled, and Pyodide's own Python modules (MPL-2.0); the program that compiles it is
web/pipeline/repack_stdlib.mjs of pyconvo. Files ending in .bin are copies of those ending in .mjs.
The text of MPL-2.0 is at mozilla.org/MPL/2.0, that of PSF-2.0 at docs.python.org/3/license.html.
core.zip (compiled), pyconvo-*.whl and everything else is pyconvo (MIT).
"""


def make(folder: Path) -> list[Path]:
    """Put the files into ``folder``. Returns those that the script has to know by hash."""
    folder.mkdir(parents=True)
    stdlib, core = _stdlib(), wheel.ensure()
    known = [Path(shutil.copyfile(source, folder / source.name)) for source in _sources(stdlib, core)]
    wheel.write_lock(core, folder / "pyodide-lock.json")
    (folder / "NOTICE.txt").write_text(NOTICE.format(version=pyodide_version()), encoding="utf-8")
    return known


def _sources(stdlib: Path, core: Path) -> list[Path]:
    return [*(PYODIDE / name for name in TAKEN), stdlib, core]


def pyodide_version() -> str:
    return str(json.loads((PYODIDE / "package.json").read_text(encoding="utf-8"))["version"])


def _stdlib() -> Path:
    script, original = PIPELINE / "repack_stdlib.mjs", PYODIDE / "python_stdlib.zip"
    stamp = Stamp("stdlib", [script, original, PYODIDE / "pyodide.asm.wasm"], [STDLIB])
    if not stamp.fresh:
        with step("compile Python's library for the browser"):
            STDLIB.parent.mkdir(parents=True, exist_ok=True)
            run([node.node(), script, original, STDLIB], "compiling Python's library", timeout=600)
        stamp.set()
    return STDLIB
