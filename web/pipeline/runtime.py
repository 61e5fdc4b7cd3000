"""The runtime files that the pipeline makes or takes over: Pyodide's core, the snapshot that pages start from, and for
starts without it Python's library and ours, compiled and as they are.

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

MADE = CACHE / "runtime"
STDLIB, CORE, SNAPSHOT = MADE / "library.zip", MADE / "core.zip", MADE / "snapshot.wasm"
#: As much of the library as is needed.
PRUNED = MADE / "stdlib.zip"
PYODIDE = NODE_MODULES / "pyodide"
TAKEN = ("pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip")
#: What no page needs of the wheel.
LEFT_OUT = ("pyconvo/emulator/", "pyconvo/testing/", "pyconvo/cli.py", "pyconvo/hosts/native.py")
NOTICE = """\
pyodide.asm.mjs, pyodide.asm.wasm and python_stdlib.zip are unmodified files of Pyodide {version} (MPL-2.0; source: the
repository pyodide/pyodide on GitHub, tag {version}). worker.mjs contains Pyodide's loader, unmodified, bundled with our
own. snapshot.wasm and stdlib.zip contain the Python standard library of the same release (PSF-2.0; copyright Python
Software Foundation, all rights reserved) and Pyodide's own Python modules (MPL-2.0), compiled: the first as the memory
of a Python that has loaded them; the programs that make them are web/pipeline/compile_zip.mjs and make_snapshot.mjs of
pyconvo. Files ending in .bin are copies of those ending in .mjs.
The text of MPL-2.0 is at mozilla.org/MPL/2.0, that of PSF-2.0 at docs.python.org/3/license.html.
core.zip (compiled), pyconvo-*.whl and everything else is pyconvo (MIT).
"""


def make(folder: Path) -> list[Path]:
    """Put the files into ``folder``. Returns those that the script has to know by hash."""
    folder.mkdir(parents=True)
    ours = wheel.ensure()
    _compile_library()
    _make_snapshot(ours)
    sources = [*(PYODIDE / name for name in TAKEN), SNAPSHOT, PRUNED, CORE, ours]
    known = [Path(shutil.copyfile(source, folder / source.name)) for source in sources]
    wheel.write_lock(ours, folder / "pyodide-lock.json")
    (folder / "NOTICE.txt").write_text(NOTICE.format(version=pyodide_version()), encoding="utf-8")
    return known


def pyodide_version() -> str:
    return str(json.loads((PYODIDE / "package.json").read_text(encoding="utf-8"))["version"])


def _scripts(*names: str) -> list[Path]:
    return [PIPELINE / name for name in (*names, "compile_zip.py", "python_in_node.mjs")]


def _compile_library() -> None:
    original = PYODIDE / "python_stdlib.zip"
    scripts = _scripts("compile_zip.mjs")
    stamp = Stamp("library", [*scripts, original, PYODIDE / "pyodide.asm.wasm"], [STDLIB])
    if not stamp.fresh:
        with step("compile Python's library for the browser"):
            MADE.mkdir(parents=True, exist_ok=True)
            command: list[str | Path] = [node.node(), scripts[0], original, STDLIB, "/lib/python314.zip/", "--bare"]
            run(command, "compiling Python's library", timeout=600)
        stamp.set()


def _make_snapshot(ours: Path) -> None:
    scripts = _scripts("compile_zip.mjs", "make_snapshot.mjs", "lean_python.py")
    stamp = Stamp("snapshot", [*scripts, ours, STDLIB, *(PYODIDE / name for name in TAKEN)], [CORE, SNAPSHOT, PRUNED])
    if not stamp.fresh:
        with step("start Python with pyconvo, and keep its memory"):
            command: list[str | Path] = [node.node(), scripts[0], ours, CORE, "/lib/python3.14/site-packages/"]
            command += ["--only=pyconvo/", *(f"--without={name}" for name in LEFT_OUT), f"--stdlib={STDLIB}"]
            run(command, "compiling pyconvo", timeout=600)
            run([node.node(), scripts[1], STDLIB, CORE, SNAPSHOT, PRUNED], "making the snapshot", timeout=600)
        stamp.set()
