"""A slim release without its last step: ``wasm-opt`` takes minutes.

It starts from its own snapshot and from no other, and holds what others need to make its changed files themselves.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
from pathlib import Path

import pytest
from changed_release import changed, served
from origins import Origin
from test_ways_to_start import ALWAYS, FILES, runtime_files, talk

from drivers import Driver
from pipeline import node, slim
from pipeline import release as releases
from pipeline.exclusive import exclusive
from pipeline.paths import NODE_MODULES
from pyconvo.testing import Emulator


@pytest.fixture(scope="module")
def slimmer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The release's folder; its npm package is beside it."""
    folder = tmp_path_factory.mktemp("slim")
    with exclusive():
        releases.make(folder / "release", folder / "npm", slim.sweep())
    return folder / "release"


@pytest.mark.parametrize("thread", ["worker", "main"])
def test_it_starts_from_its_snapshot(
    driver: Driver, pages: Origin, slimmer: Path, emulator: Emulator, thread: str
) -> None:
    with served(slimmer) as script:
        talk(driver, pages, script, emulator, f'data-thread="{thread}"')
        assert runtime_files(script.origin) == ALWAYS | FILES["snapshot"]


def test_a_snapshot_of_the_unchanged_wasm_is_refused(
    driver: Driver, pages: Origin, slimmer: Path, release: Path, emulator: Emulator, tmp_path: Path
) -> None:
    other = (release / "runtime" / "snapshot.wasm").read_bytes()
    with changed(slimmer, tmp_path / "release", "snapshot.wasm", lambda _: other) as script:
        talk(driver, pages, script, emulator)
        assert runtime_files(script.origin) == ALWAYS | FILES["snapshot"] | FILES["compiled"]
    assert "the snapshot is of Pyodide" in json.dumps(driver.console())


def test_what_it_was_made_of_makes_the_same_again(slimmer: Path, tmp_path: Path) -> None:
    source = slimmer / "source"
    (slimmer.parent / "node_modules").symlink_to(NODE_MODULES)
    told = (source / "README.txt").read_text(encoding="utf-8")
    command, _ = (line.split() for line in told.splitlines() if line.strip().startswith("node "))
    places = {"node": node.node(), "SWEPT": tmp_path / "made", "PYODIDE": slim.PYODIDE}
    whole = [str(places.get(word, word)).replace("PYODIDE/", f"{slim.PYODIDE}/") for word in command]
    subprocess.run(whole, cwd=source, check=True, timeout=60)
    for name in (slim.ASM, slim.WASM):
        made = (slimmer / "runtime" / name).read_bytes()
        assert (tmp_path / "made" / name).read_bytes() == made
        for content in (made, (slim.PYODIDE / name).read_bytes()):
            assert f"{hashlib.sha256(content).hexdigest()}  {name}" in told


def test_it_says_that_it_is_changed_wherever_it_goes(slimmer: Path) -> None:
    package = slimmer.parent / "npm"
    for notice in (slimmer / "runtime" / "NOTICE.txt", package / "runtime" / "NOTICE.txt", package / "NOTICE.txt"):
        assert "that were changed" in notice.read_text(encoding="utf-8")
    assert "source" in json.loads((package / "package.json").read_text(encoding="utf-8"))["files"]
    names = [file.name for file in (slimmer / "source").iterdir()]
    assert sorted(file.name for file in (package / "source").iterdir()) == sorted(names)
