"""What pages of the benchmark load. What is not ours is served as ours is, each file beside its compressed ones."""

from __future__ import annotations

import shutil
from pathlib import Path

from pipeline import node
from pipeline.paths import CACHE, DIST, NODE_MODULES, PIPELINE
from pipeline.process import run

HERE = Path(__file__).parent
MADE = CACHE / "bench"
OFFICIAL = NODE_MODULES / "@twilio" / "conversations" / "builds"
PYODIDE = NODE_MODULES / "pyodide"
#: What a page asks for, of each.
FILES = {
    "official": [OFFICIAL / "twilio-conversations.min.js"],
    "pyodide": [
        PYODIDE / name
        for name in ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json")
    ],
}


def mounts() -> dict[str, Path]:
    """Address → folder. Compressing takes half a minute the first time."""
    shutil.rmtree(MADE / "served", ignore_errors=True)
    copies = []
    for folder, sources in FILES.items():
        (MADE / "served" / folder).mkdir(parents=True)
        copies += [shutil.copy2(source, MADE / "served" / folder) for source in sources]
    run([node.node(), PIPELINE / "compress.mjs", MADE / "compressed", *copies], "compressing what is compared")
    return {
        "/bench": HERE / "page",
        "/dist": DIST,
        "/oracle": MADE / "served" / "official",
        "/pyodide": MADE / "served" / "pyodide",
    }
