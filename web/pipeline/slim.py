"""Pyodide's two large files made smaller, for ``--slim``: without what nobody mentions; the wasm optimised for size.

They are Pyodide's under MPL-2.0, so a release that has them tells how they came to be (:func:`tell`).
"""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

from pipeline import node
from pipeline.paths import CACHE, NODE_MODULES, PIPELINE, WEB
from pipeline.process import run
from pipeline.progress import step
from pipeline.stamps import Stamp

PYODIDE = NODE_MODULES / "pyodide"
ASM, WASM = "pyodide.asm.mjs", "pyodide.asm.wasm"
#: Whose texts mention exports, beside Emscripten's own script.
SCRIPTS = (PYODIDE / "pyodide.mjs", WEB / "src" / "worker" / "snapshot.ts", PIPELINE / "make_snapshot.mjs")
PROGRAMS = tuple(
    PIPELINE / name for name in ("slim_pyodide.mjs", "mentioned_exports.mjs", "swept_script.mjs", "wasm_exports.mjs")
)
#: Binaryen has a lock of its own: it is 100 MB, and only a slim release needs it.
TOOLS = WEB / "slim"
BINARYEN = TOOLS / "node_modules" / "binaryen"
#: What the wasm has already, one by one: with ``--all-features`` it comes out as one that engines refuse.
FEATURES = (
    "mutable-globals",
    "sign-ext",
    "nontrapping-float-to-int",
    "bulk-memory",
    "bulk-memory-opt",
    "reference-types",
    "multivalue",
    "exception-handling",
    "extended-const",
    "call-indirect-overlong",
)
OPTIONS = ("-Oz", "--mvp-features", *(f"--enable-{feature}" for feature in FEATURES))
#: One made of the other: the optimised wasm needs less of the script.
SWEPT, OPTIMISED, SMALLEST = (CACHE / "slim" / name for name in ("swept", "optimised", "smallest"))
#: Of a slim release: the directory with what it was made of.
SOURCE = "source"
README = """\
pyodide.asm.mjs and pyodide.asm.wasm of this release are not the files that Pyodide {version} has released, but were
made from them. Both are under the Mozilla Public License 2.0 (mozilla.org/MPL/2.0). This is their source form:

1. Pyodide's own source: the repository pyodide/pyodide on GitHub, tag {version}. What Pyodide has made of it is in the
   npm package pyodide, version {version}:

{originals}

2. The programs in this directory (MIT), and texts that mention what is needed of both: pyodide.mjs of the same package,
   and two that are here, too. With Node.js, acorn {acorn} (npm) installed here, and that package in PYODIDE,

   node slim_pyodide.mjs PYODIDE SWEPT PYODIDE/pyodide.mjs snapshot.ts make_snapshot.mjs

   makes in the directory SWEPT

{swept}

3. Binaryen {binaryen}, the npm package of that name, for the wasm, in a directory with the same script:

   cp SWEPT/{asm} OPTIMISED/
   wasm-opt {options} SWEPT/{wasm} -o OPTIMISED/{wasm}

4. Step 2 once more,

   node slim_pyodide.mjs OPTIMISED SMALLEST PYODIDE/pyodide.mjs snapshot.ts make_snapshot.mjs

   which makes the files of this release:

{smallest}

The same input gives the same bytes. In pyconvo's repository, "python3 build.py build --slim" does all of it.
"""


def ensure() -> Path:
    """The folder with both files, as small as they get."""
    _optimise(sweep())
    return sweep(OPTIMISED, SMALLEST)


def _optimise(swept: Path) -> None:
    _install()
    stamp = Stamp("slim-optimised", [*_files(swept), _locked(TOOLS, "binaryen"), *OPTIONS], _files(OPTIMISED))
    if not stamp.fresh:
        with step("make Python's wasm smaller (wasm-opt -Oz: two minutes or more, once)"):
            stamp.clear()
            OPTIMISED.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(swept / ASM, OPTIMISED / ASM)
            command: list[str | Path] = [node.node(), BINARYEN / "bin" / "wasm-opt", *OPTIONS]
            run([*command, swept / WASM, "-o", OPTIMISED / WASM], "wasm-opt", timeout=7200)
        stamp.set()


def sweep(source: Path = PYODIDE, target: Path = SWEPT) -> Path:
    """``target``, with both files of ``source`` without what nobody mentions. Takes a second."""
    stamp = Stamp(f"slim-{target.name}", [*PROGRAMS, *SCRIPTS, *_files(source)], _files(target))
    if not stamp.fresh:
        with step("leave out of Pyodide's files what nobody mentions"):
            run([node.node(), PROGRAMS[0], source, target, *SCRIPTS], "leaving out what nobody mentions")
        stamp.set()
    return target


def is_slim(release: Path) -> bool:
    return (release / SOURCE).is_dir()


def tell(folder: Path, pyodide: Path, version: str) -> None:
    """Write into ``folder`` what the two files in ``pyodide`` were made of, and with what."""
    folder.mkdir(parents=True)
    for program in (*PROGRAMS, *SCRIPTS[1:]):
        shutil.copyfile(program, folder / program.name)
    told = {
        "version": version,
        "originals": _listed(PYODIDE),
        "swept": _listed(SWEPT),
        "binaryen": _locked(TOOLS, "binaryen"),
        "acorn": _locked(WEB, "acorn"),
        "options": " ".join(OPTIONS),
        "asm": ASM,
        "wasm": WASM,
        "smallest": _listed(pyodide),
    }
    (folder / "README.txt").write_text(README.format(**told), encoding="utf-8")


def _install() -> None:
    inputs = [TOOLS / "package.json", TOOLS / "package-lock.json"]
    stamp = Stamp("npm-slim", inputs, [BINARYEN / "bin" / "wasm-opt"])
    node.install(TOOLS, stamp, "install Binaryen into web/slim/node_modules")


def _locked(folder: Path, package: str) -> str:
    """Its version."""
    lock = json.loads((folder / "package-lock.json").read_text(encoding="utf-8"))
    return str(lock["packages"][f"node_modules/{package}"]["version"])


def _files(folder: Path) -> list[Path]:
    return [folder / ASM, folder / WASM]


def _listed(folder: Path) -> str:
    """Names and hashes."""
    hashes = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in _files(folder)}
    return "\n".join(f"   sha256 {digest}  {name}" for name, digest in hashes.items())
