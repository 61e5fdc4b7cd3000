"""``dist/``: the release by its version, its floating alias, the npm package, and the list of hashes.

``dist/`` is replaced as a whole, and only when something that goes into it has changed, or it was changed by hand.
"""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
from pathlib import Path

from pipeline import node, npm_package, runtime, slim, wheel
from pipeline.exclusive import exclusive
from pipeline.paths import CACHE, DIST, PIPELINE, WEB, version
from pipeline.process import run
from pipeline.progress import Trouble, say, step
from pipeline.stamps import Stamp

STAGE = CACHE / "stage"
INTEGRITY = "integrity.json"
SOURCES = [
    WEB / "src",
    WEB / "types",
    WEB / "npm",
    WEB / "testing",
    WEB / "build.mjs",
    WEB / "package-lock.json",
    PIPELINE,
    *wheel.SOURCES,
]


def build(best: bool = True, as_slim: bool = False) -> None:
    """Make ``dist/`` if it is stale. Without ``best``, half a minute sooner: its files may be compressed less well.

    ``as_slim``: with Pyodide's large files made smaller, see :mod:`pipeline.slim`.
    """
    with exclusive():
        _build(best, as_slim)


def _build(best: bool, as_slim: bool) -> None:
    inputs: list[Path | str] = [*SOURCES, version()]
    if as_slim:
        inputs += ["slim", slim.TOOLS / "package-lock.json"]
    stamp = Stamp(
        "release",
        inputs,
        [DIST / INTEGRITY, *(DIST / "npm" / name for name in ("package.json", "runtime"))],
    )
    compressed = Stamp("release-compressed", inputs)
    if stamp.fresh and (compressed.fresh or not best) and _untouched():
        say(f"✓ dist/ is up to date (version {version()}{', slim' if as_slim else ''})")
        return
    stamp.clear()
    shutil.rmtree(STAGE, ignore_errors=True)
    made = STAGE / "dist"
    release = made / "releases" / version()
    make(release, made / "npm", slim.ensure() if as_slim else None)
    with step("compress" + (" (new big files: half a minute)" if best else "") + " and list hashes and sizes"):
        _write_integrity(made, best, CACHE / ("compressed-slim" if as_slim else "compressed"))
    shutil.copytree(release, made / f"v{'.'.join(version().split('.')[:2])}")
    _replace(made)
    stamp.set()
    if best:
        compressed.set()
    script = json.loads((DIST / INTEGRITY).read_text(encoding="utf-8"))[f"releases/{version()}/pyconvo.min.js"]
    where = f"dist/releases/{version()}{' (slim)' if as_slim else ''}"
    say(f"✓ {where}: pyconvo.min.js {script['gzip'] / 1000:.1f} KB gzip, {script['sha384']}")


def make(release: Path, package: Path, slimmed: Path | None = None) -> None:
    """A release in the folder ``release``, and its npm package. ``slimmed``: where the smaller Pyodide is."""
    known = runtime.make(release / "runtime", slimmed or runtime.PYODIDE)
    if slimmed is not None:
        slim.tell(release / slim.SOURCE, slimmed, runtime.pyodide_version())
    with step("bundle the scripts"):
        _bundle(release, package, known, slimmed is not None)
        npm_package.make(package, release)


def _bundle(release: Path, package: Path, known: list[Path], is_slim: bool) -> None:
    command: list[str | Path] = [
        node.node(),
        WEB / "build.mjs",
        "--out",
        release,
        "--npm",
        package,
        "--version",
        version(),
        *(["--slim"] if is_slim else []),
        *(file.name for file in known),
    ]
    run(command, "bundling the scripts", cwd=WEB)
    for types in sorted((WEB / "types").glob("*.d.ts")):
        shutil.copyfile(types, release / types.name)


def _write_integrity(made: Path, best: bool, kept: Path) -> None:
    """Of the pinned release only: the alias promises no hash. Puts the compressed files beside the others."""
    files = sorted(file for file in (made / "releases").rglob("*") if file.is_file())
    quick = [] if best else ["--quick"]
    command: list[str | Path] = [node.node(), PIPELINE / "compress.mjs", kept, *quick, *files]
    sizes = json.loads(run(command, "compressing the files"))
    listed = {
        file.relative_to(made).as_posix(): {
            "sha256": _hash(file, "sha256"),
            "sha384": _hash(file, "sha384"),
            "bytes": file.stat().st_size,
            **sizes[str(file)],
        }
        for file in files
    }
    (made / INTEGRITY).write_text(json.dumps(listed, indent=2) + "\n", encoding="utf-8")


def _hash(file: Path, algorithm: str) -> str:
    """As in an ``integrity`` attribute."""
    digest = hashlib.new(algorithm, file.read_bytes()).digest()
    return f"{algorithm}-{base64.b64encode(digest).decode()}"


def _untouched() -> bool:
    try:
        listed = json.loads((DIST / INTEGRITY).read_text(encoding="utf-8"))
        return all(_hash(DIST / name, "sha256") == entry["sha256"] for name, entry in listed.items())
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _replace(made: Path) -> None:
    """One rename away from complete at any time: a running server never serves half a release."""
    old = STAGE / "old"
    try:
        if DIST.exists():
            DIST.rename(old)
        made.rename(DIST)
    except OSError as error:
        raise Trouble(f"dist/ could not be replaced: {error}", "close what holds files in dist/ open") from error
    shutil.rmtree(STAGE, ignore_errors=True)
