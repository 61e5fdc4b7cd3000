"""The npm package as its users have it: packed, unpacked into an application, built by the bundlers, served, used."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator
from pathlib import Path
from socket import create_connection
from typing import Any

import pytest
from origins import Origin

from drivers import Browsers, Driver
from pipeline import node
from pipeline.npm_package import semantic
from pipeline.paths import DIST, NODE_MODULES, WEB
from pipeline.progress import Trouble
from pyconvo.testing import Emulator

BUNDLING = Path(__file__).parent / "bundling"
BUILDS = ("vite", "webpack", "webpack-require", "esbuild-esm", "esbuild-iife")
TALK = ["alice", "hello bob", "Tea"]


def run(*command: str | Path, cwd: Path) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="session")
def packed(tmp_path_factory: pytest.TempPathFactory, release: Path) -> dict[str, Any]:
    """What ``npm pack`` says, with the ``path`` of the archive."""
    folder = tmp_path_factory.mktemp("packed")
    # The cache stays out of the home of whoever runs the tests; nothing is asked of a registry.
    (told,) = json.loads(
        run(
            *node.npm(),
            "pack",
            DIST / "npm",
            "--json",
            "--offline",
            "--ignore-scripts",
            f"--cache={folder}/cache",
            cwd=folder,
        )
    )
    return {**told, "path": folder / told["filename"]}


@pytest.fixture(scope="session")
def app(packed: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An application with the package in its ``node_modules``."""
    folder = tmp_path_factory.mktemp("app")
    shutil.copytree(BUNDLING / "app", folder, dirs_exist_ok=True)
    with tarfile.open(packed["path"]) as archive:
        archive.extractall(folder / "unpacked", filter="data")
    (folder / "node_modules").mkdir()
    (folder / "unpacked" / "package").rename(folder / "node_modules" / "pyconvo")
    return folder


@pytest.fixture(scope="session")
def builds(app: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one folder for each of :data:`BUILDS`."""
    out = tmp_path_factory.mktemp("built")
    run("node", BUNDLING / "build-all.mjs", WEB, app, out, cwd=app)
    return out


@pytest.fixture
def page(browsers: Browsers, present_engines: list[str]) -> Iterator[Driver]:
    """In one engine: what a bundler makes is the same for all, and the runtime is tested in all of them."""
    if not present_engines:
        pytest.skip("no browser on this machine")
    driver = browsers.open(present_engines[0])
    yield driver
    driver.close()


def talk(page: Driver, origin: Origin, emulator: Emulator, more: str = "") -> list[Any]:
    page.goto(f"{origin.url}/index.html?emulator={emulator.url}{more}")
    heard: list[Any] = page.evaluate("() => window.received", timeout=60)
    return heard


@pytest.mark.timeout(180)
@pytest.mark.parametrize("bundler", BUILDS)
def test_an_application_sends_and_receives(page: Driver, builds: Path, emulator: Emulator, bundler: str) -> None:
    with Origin(builds / bundler) as origin:
        assert talk(page, origin, emulator) == TALK


@pytest.mark.parametrize("bundler", ["vite", "webpack"])
def test_the_same_without_a_worker(page: Driver, builds: Path, emulator: Emulator, bundler: str) -> None:
    with Origin(builds / bundler) as origin:
        assert talk(page, origin, emulator, "&main") == TALK


@pytest.mark.parametrize("main", ["", "&main"])
def test_a_file_that_a_bundler_changed_is_refused(page: Driver, builds: Path, emulator: Emulator, main: str) -> None:
    (asm,) = (builds / "vite" / "assets").glob("pyodide.asm-*.bin")
    with Origin(builds / "vite") as origin:
        origin.flip(asm.name)
        assert talk(page, origin, emulator, main) == ["PyconvoBootError", "integrity", "pyodide.asm.mjs"]


def test_the_runtime_may_be_elsewhere(page: Driver, builds: Path, app: Path, emulator: Emulator) -> None:
    with Origin(builds / "vite") as origin, Origin(app / "node_modules" / "pyconvo" / "runtime") as elsewhere:
        for asset in (builds / "vite" / "assets").glob("*.*"):
            if asset.suffix in (".bin", ".wasm", ".zip"):
                origin.lose(asset.name)
        assert talk(page, origin, emulator, f"&url={elsewhere.url}") == TALK


def test_what_is_packed(packed: dict[str, Any]) -> None:
    names = {entry["path"] for entry in packed["files"]}
    assert packed["version"] == semantic(packed["version"])
    assert names >= {
        "README.md",
        "LICENSE",
        "NOTICE.txt",
        "package.json",
        "pyconvo.mjs",
        "pyconvo.cjs",
        "pyconvo.d.mts",
    }
    assert names >= {f"runtime/{name}" for name in ("worker.bin", "worker.mjs", "pyodide.asm.wasm", "NOTICE.txt")}
    described = json.loads((DIST / "npm" / "package.json").read_text(encoding="utf-8"))
    assert {path for path in _paths(described["exports"]) if "*" not in path} <= {f"./{name}" for name in names}
    notice = (DIST / "npm" / "NOTICE.txt").read_text(encoding="utf-8")
    assert "Pyodide 3" in notice
    assert "MPL-2.0" in notice


def _paths(exports: Any) -> Iterator[str]:
    if isinstance(exports, str):
        yield exports
    else:
        for value in exports.values():
            yield from _paths(value)


ON_A_SERVER = """
const told = (error) => [error.name, error.reason, error.message.includes("useEffect()")];
const made = () => { try { new Client("token"); return "a client"; } catch (error) { return told(error); } };
Client.create("token").then(() => "a client", told).then((created) =>
  console.log(JSON.stringify([made(), created, runtime.state, Object.keys(named), Object.keys(all)])));
"""


@pytest.mark.parametrize("kind", ["mjs", "cjs"])
def test_on_a_server_importing_is_harmless_and_a_client_says_what_to_do(app: Path, kind: str) -> None:
    start = {
        "mjs": 'import * as every from "pyconvo"; import all, { Client, runtime } from "pyconvo";'
        "const { default: _, ...named } = every;",
        "cjs": 'const all = require("pyconvo"); const named = all; const { Client, runtime } = all;',
    }
    program = app / f"server.{kind}"
    program.write_text(start[kind] + ON_A_SERVER, encoding="utf-8")
    made, created, state, named, every = json.loads(run("node", program, cwd=app))
    assert made == created == ["PyconvoBootError", "environment", True]
    assert state == "idle", "nothing was loaded"
    assert sorted(named) == sorted(every), "every member of the facade is an export of the module"


@pytest.mark.parametrize(("resolution", "module"), [("bundler", "ESNext"), ("nodenext", "NodeNext")])
def test_types_are_found(app: Path, resolution: str, module: str) -> None:
    use = "export const client: Client = new Client('token', { logLevel: 'warn' });\n"
    (app / "typed.mts").write_text(
        f'import {{ Client, type Message }} from "pyconvo";\n{use}export type M = Message;\n'
    )
    with (app / "typed.mts").open("a") as typed:
        typed.write('import { startEmulator } from "pyconvo/testing";\n')
        typed.write("export const url: Promise<string> = startEmulator({ port: 0 }).then((one) => one.url);\n")
    (app / "typed.cts").write_text(f'import {{ Client }} from "pyconvo";\n{use}// @ts-expect-error\nnew Client(1);\n')
    options = {
        "module": module,
        "moduleResolution": resolution,
        "target": "ES2022",
        "lib": ["ES2022", "DOM"],
        "strict": True,
        "noEmit": True,
        "types": [],
    }
    (app / "tsconfig.json").write_text(json.dumps({"compilerOptions": options, "files": ["typed.mts", "typed.cts"]}))
    assert run("node", NODE_MODULES / "typescript" / "bin" / "tsc", "-p", ".", cwd=app) == ""


@pytest.mark.parametrize("kind", ["mjs", "cjs"])
def test_the_helper_for_testers_starts_an_emulator(app: Path, kind: str) -> None:
    start = {
        "mjs": 'import { startEmulator } from "pyconvo/testing";',
        "cjs": 'const { startEmulator } = require("pyconvo/testing");',
    }
    command = json.dumps([sys.executable, "-m", "pyconvo.cli"])
    # Nobody stops it: it ends with the program, which it does not keep from ending.
    use = f"""
    startEmulator({{ command: {command} }}).then(async (emulator) => {{
      await emulator.seed({{ users: [{{ identity: "alice" }}] }});
      console.log(JSON.stringify([emulator.wsUrl, (await emulator.state()).users.map((user) => user.identity)]));
    }});"""
    program = app / f"tester.{kind}"
    program.write_text(start[kind] + use, encoding="utf-8")
    address, users = json.loads(run("node", program, cwd=app))
    assert address.startswith("ws://127.0.0.1:")
    assert users == ["alice"]
    assert gone(int(address.split(":")[2].partition("/")[0]))


def gone(port: int) -> bool:
    """Whether nobody listens any more, soon."""
    for _ in range(100):
        try:
            create_connection(("127.0.0.1", port), 5).close()
        except ConnectionRefusedError:
            return True
        time.sleep(0.1)
    return False


def test_versions_as_npm_writes_them() -> None:
    assert [semantic(one) for one in ("1.2.3", "1.2.3rc1", "1.2.3a2", "1.2.3.dev4")] == [
        "1.2.3",
        "1.2.3-rc.1",
        "1.2.3-alpha.2",
        "1.2.3-dev.4",
    ]
    with pytest.raises(Trouble, match="npm"):
        semantic("1!2.0")
