"""The runtime files that the pipeline makes or takes over: Pyodide's core, the snapshot that pages start from, and for
starts without it Python's library and ours, compiled and as they are.

The worker's bundle is made by ``web/build.mjs``, which knows what is in it.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from pipeline import node, slim, wheel
from pipeline.paths import CACHE, PIPELINE
from pipeline.process import run
from pipeline.progress import step
from pipeline.stamps import Stamp

MADE = CACHE / "runtime"
STDLIB, CORE = MADE / "library.zip", MADE / "core.zip"
#: The second: as much of the library as is needed.
SNAPSHOT, PRUNED = "snapshot.wasm", "stdlib.zip"
PYODIDE = slim.PYODIDE
LIBRARY = PYODIDE / "python_stdlib.zip"
#: What no page needs of the wheel.
LEFT_OUT = ("pyconvo/emulator/", "pyconvo/testing/", "pyconvo/cli.py", "pyconvo/hosts/native.py")
UNMODIFIED = """\
pyodide.asm.mjs, pyodide.asm.wasm and python_stdlib.zip are unmodified files of Pyodide {version} (MPL-2.0; source: the
repository pyodide/pyodide on GitHub, tag {version}). """
MODIFIED = """\
pyodide.asm.mjs and pyodide.asm.wasm are files of Pyodide {version} (MPL-2.0) that were changed, to be smaller. The
directory source/ of this release tells where their source form is, and holds the programs that have changed them.
python_stdlib.zip is an unmodified file of the same Pyodide (MPL-2.0; source: the repository pyodide/pyodide on GitHub,
tag {version}). """
NOTICE = """\
worker.mjs contains Pyodide's loader, unmodified, bundled with our
own. snapshot.wasm and stdlib.zip contain the Python standard library of the same release (PSF-2.0; copyright Python
Software Foundation, all rights reserved) and Pyodide's own Python modules (MPL-2.0), compiled: the first as the memory
of a Python that has loaded them; the programs that make them are web/pipeline/compile_zip.mjs and make_snapshot.mjs of
pyconvo. Files ending in .bin are copies of those ending in .mjs.
The text of MPL-2.0 is at mozilla.org/MPL/2.0, that of PSF-2.0 at docs.python.org/3/license.html.
core.zip (compiled), pyconvo-*.whl and everything else is pyconvo (MIT).
"""


def make(folder: Path, pyodide: Path = PYODIDE) -> list[Path]:
    """Put the files into ``folder``. Returns those that the script has to know by hash.

    ``pyodide``: where Pyodide's two large files are, if not those that it has released.
    """
    folder.mkdir(parents=True)
    ours = wheel.ensure()
    _compile_library()
    _compile_core(ours)
    made = _make_snapshot(pyodide)
    sources = [*_taken(pyodide), made / SNAPSHOT, made / PRUNED, CORE, ours]
    known = [Path(shutil.copyfile(source, folder / source.name)) for source in sources]
    wheel.write_lock(ours, folder / "pyodide-lock.json")
    notice = (UNMODIFIED if pyodide == PYODIDE else MODIFIED) + NOTICE
    (folder / "NOTICE.txt").write_text(notice.format(version=pyodide_version()), encoding="utf-8")
    return known


def _taken(pyodide: Path) -> list[Path]:
    return [pyodide / slim.ASM, pyodide / slim.WASM, LIBRARY]


def pyodide_version() -> str:
    return str(json.loads((PYODIDE / "package.json").read_text(encoding="utf-8"))["version"])


def _scripts(*names: str) -> list[Path]:
    return [PIPELINE / name for name in (*names, "compile_zip.py", "python_in_node.mjs")]


def _compile_library() -> None:
    scripts = _scripts("compile_zip.mjs")
    stamp = Stamp("library", [*scripts, LIBRARY, PYODIDE / slim.WASM], [STDLIB])
    if not stamp.fresh:
        with step("compile Python's library for the browser"):
            MADE.mkdir(parents=True, exist_ok=True)
            command: list[str | Path] = [node.node(), scripts[0], LIBRARY, STDLIB, "/lib/python314.zip/", "--bare"]
            run(command, "compiling Python's library", timeout=600)
        stamp.set()


def _compile_core(ours: Path) -> None:
    scripts = _scripts("compile_zip.mjs")
    stamp = Stamp("core", [*scripts, ours, STDLIB, PYODIDE / slim.WASM], [CORE])
    if not stamp.fresh:
        with step("compile pyconvo for the browser"):
            command: list[str | Path] = [node.node(), scripts[0], ours, CORE, "/lib/python3.14/site-packages/"]
            command += ["--only=pyconvo/", *(f"--without={name}" for name in LEFT_OUT), f"--stdlib={STDLIB}"]
            run(command, "compiling pyconvo", timeout=600)
        stamp.set()


def _make_snapshot(pyodide: Path) -> Path:
    """The folder with it and the pruned library; if Pyodide is not as it was released, that of its files."""
    own = pyodide != PYODIDE
    made = pyodide if own else MADE
    scripts = _scripts("make_snapshot.mjs", "lean_python.py", "build_id.mjs")
    name = f"snapshot-{pyodide.name}" if own else "snapshot"
    stamp = Stamp(name, [*scripts, CORE, STDLIB, *_taken(pyodide)], [made / SNAPSHOT, made / PRUNED])
    if not stamp.fresh:
        with step("start Python with pyconvo, and keep its memory"):
            command = [node.node(), scripts[0], STDLIB, CORE, made / SNAPSHOT, made / PRUNED]
            run([*command, *([pyodide] if own else [])], "making the snapshot", timeout=600)
        stamp.set()
    return made
