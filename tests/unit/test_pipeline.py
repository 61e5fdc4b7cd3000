"""The build's own promises: what is stale is known by content, troubles are words, a release is what it says."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from pipeline import node, paths, runtime, serving, slim, stamps, testing
from pipeline.paths import DIST, PYTHON, ROOT
from pipeline.progress import Trouble
from pipeline.release import INTEGRITY
from pipeline.wheel import EPOCH


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(stamps, "CACHE", tmp_path / "cache")
    return tmp_path


def test_a_stamp_is_fresh_until_content_name_or_output_changes(cache: Path) -> None:
    source, output = cache / "source", cache / "output"
    source.mkdir()
    (source / "a.py").write_text("1")
    output.write_text("made")

    def stamp() -> stamps.Stamp:
        return stamps.Stamp("x", [source, "setting"], [output])

    assert not stamp().fresh
    stamp().set()
    assert stamp().fresh
    os.utime(source / "a.py", (1, 1))
    assert stamp().fresh, "the time of a file says nothing"
    (source / "__pycache__").mkdir()
    (source / "__pycache__" / "a.pyc").write_text("x")
    assert stamp().fresh, "what Python leaves behind is not a source"
    (source / "a.py").write_text("2")
    assert not stamp().fresh
    stamp().set()
    (source / "a.py").rename(source / "b.py")
    assert not stamp().fresh
    stamp().set()
    output.unlink()
    assert not stamp().fresh


def test_a_port_in_use_is_said_in_words() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(Trouble, match=f"port {port} is in use") as trouble:
            serving.check_port(port)
    assert f"--port {port + 1}" in trouble.value.remedy
    serving.check_port(port)


@pytest.mark.parametrize("port", [-1, 65536])
def test_what_is_no_port_is_said_in_words(port: int) -> None:
    with pytest.raises(Trouble, match="not a port"):
        serving.check_port(port)


def test_engines_are_read_from_a_list_and_nothing_else_is_accepted() -> None:
    assert testing.engines("chromium, webkit") == ["chromium", "webkit"]
    for wrong in ("", "opera", "chromium,opera"):
        with pytest.raises(Trouble, match="not a list of engines"):
            testing.engines(wrong)


def test_an_unknown_command_or_argument_is_refused_before_any_work() -> None:
    for arguments in (["nothing"], ["build", "--fast"], ["serve", "--port", "many"], []):
        done = subprocess.run(
            [sys.executable, ROOT / "build.py", *arguments], capture_output=True, text=True, check=False
        )
        assert done.returncode == 2
        assert "usage: build.py" in done.stderr
        assert "Traceback" not in done.stderr


def test_the_wheel_is_the_same_every_time(tmp_path: Path) -> None:
    made = []
    for name in ("one", "two"):
        command = [PYTHON, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path / name]
        subprocess.run(command, cwd=ROOT, env={**os.environ, **EPOCH}, check=True, capture_output=True)
        (wheel,) = (tmp_path / name).glob("*.whl")
        made.append(wheel.read_bytes())
    assert made[0] == made[1]


def test_every_released_file_is_listed_with_its_hashes_and_sizes(release: Path) -> None:
    listed = json.loads((DIST / INTEGRITY).read_text())
    files = {file.relative_to(DIST).as_posix(): file for file in release.rglob("*") if file.is_file()}
    compressed = {name for name in files if name.endswith((".br", ".gz"))}
    assert listed.keys() == files.keys() - compressed
    for name, file in ((name, files[name]) for name in listed):
        content, entry = file.read_bytes(), listed[name]
        for algorithm in ("sha256", "sha384"):
            digest = base64.b64encode(hashlib.new(algorithm, content).digest()).decode()
            assert entry[algorithm] == f"{algorithm}-{digest}", name
        assert entry["bytes"] == len(content)
        for kind, ending in (("brotli", ".br"), ("gzip", ".gz")):
            beside = files.get(name + ending)
            assert entry[kind] == (len(content) if beside is None else beside.stat().st_size)
        if name + ".gz" in compressed:
            assert gzip.decompress(files[name + ".gz"].read_bytes()) == content
    assert {name for name in listed if name.endswith((".js", ".mjs", ".wasm"))} <= {name[:-3] for name in compressed}


def test_the_script_pins_every_file_that_runs(release: Path) -> None:
    listed = json.loads((DIST / INTEGRITY).read_text())
    runtime = [name for name in listed if "/runtime/" in name]
    documents = ("NOTICE.txt", "pyodide-lock.json")
    for script in ("pyconvo.min.js", "pyconvo.js", "pyconvo.mjs", "pyconvo.cjs"):
        text = (release / script).read_text()
        for name in runtime:
            assert name.endswith(documents) or listed[name]["sha384"] in text, f"{script} does not know {name}"


def test_the_alias_is_the_release_under_another_name(release: Path) -> None:
    alias = DIST / f"v{'.'.join(paths.version().split('.')[:2])}"
    names = {file.relative_to(release) for file in release.rglob("*") if file.is_file()}
    assert names == {file.relative_to(alias) for file in alias.rglob("*") if file.is_file()}
    assert all((release / name).read_bytes() == (alias / name).read_bytes() for name in names)


def test_the_lock_file_lists_the_wheel_with_its_hash(release: Path) -> None:
    lock = json.loads((release / "runtime" / "pyodide-lock.json").read_text())
    entry = lock["packages"]["pyconvo"]
    wheel = release / "runtime" / entry["file_name"]
    assert entry["sha256"] == hashlib.sha256(wheel.read_bytes()).hexdigest()
    assert (entry["version"], entry["depends"]) == (release.name, [])


def test_the_library_is_compiled_and_names_no_machine(release: Path) -> None:
    with zipfile.ZipFile(release / "runtime" / "stdlib.zip") as library:
        names = library.namelist()
        assert "asyncio/__init__.pyc" in names
        assert not [name for name in names if name.endswith(".py")]
        assert str(ROOT).encode() not in b"".join(library.read(name) for name in names)


def test_the_snapshot_names_no_machine_and_nobody(release: Path) -> None:
    content = (release / "runtime" / "snapshot.wasm").read_bytes()
    assert content.startswith(b"\0asm\1\0\0\0")
    assert b"pyconvo.hosts.browser" in content
    told = [str(ROOT), str(Path.home()), sys.executable, shutil.which("node") or ""]
    # "runner" or "server" are words of Python's library, and short ones may be there by chance, too.
    told += [name for name in [socket.gethostname()] if re.search(r"[-.\d]", name)]
    assert not [word for word in told if len(word) > 5 and word.encode() in content]


def test_the_snapshot_is_the_same_wherever_it_is_made(release: Path, tmp_path: Path) -> None:
    shutil.copy(runtime.STDLIB, tmp_path / "library.zip")
    files = ["library.zip", release / "runtime" / "core.zip", "snapshot.wasm", "stdlib.zip"]
    command = [node.node(), paths.PIPELINE / "make_snapshot.mjs", *files]
    if slim.is_slim(release):
        command.append(slim.SMALLEST)
    elsewhere = {**os.environ, "TZ": "Asia/Tokyo", "LANG": "de_DE.UTF-8", "HOME": str(tmp_path), "USER": "somebody"}
    subprocess.run(command, cwd=tmp_path, env=elsewhere, check=True, timeout=100)
    for name in ("snapshot.wasm", "stdlib.zip"):
        assert (tmp_path / name).read_bytes() == (release / "runtime" / name).read_bytes(), name


def test_no_lock_file_has_a_download_address() -> None:
    for folder in (paths.WEB, slim.TOOLS):
        packages = json.loads((folder / "package-lock.json").read_text())["packages"]
        assert not [name for name, entry in packages.items() if "resolved" in entry]
    assert "://" not in paths.LOCK.read_text()
