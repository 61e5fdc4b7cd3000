"""The Python API inside a page: PyScript, where micropip installs our wheel, and a plain Pyodide.

The page's policy lets it speak to this machine alone, and what it tried beyond that is a failure.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from origins import Origin, Script

from drivers import Driver
from pipeline import micropip_wheel
from pipeline.paths import NODE_MODULES
from pipeline.wheel import write_lock
from pyconvo.testing import Emulator

TALK = Path(__file__).parent / "pages" / "talk.py"
POLICY = (
    "default-src 'none'; img-src data:; style-src {origins} 'unsafe-inline'; "
    "script-src {origins} 'unsafe-inline' 'unsafe-eval' blob:; "
    "connect-src {origins} {socket} blob: data:; worker-src blob:"
)
WATCH = """<script>
  window.refused = [];
  document.addEventListener("securitypolicyviolation", (event) => refused.push(event.blockedURI));
</script>"""
PYSCRIPT = """<!doctype html><meta charset="utf-8"><title>a PyScript page</title><link rel="icon" href="data:,">
{watch}
<link rel="stylesheet" href="{core}/core.css">
<script type="module" src="{core}/core.js"></script>
<script type="py" config='{config}'>
import json
import micropip
from pyscript import window

await micropip.install("{wheel}")

import pyconvo
from talk import talk


async def token_of(identity):
    answer = await window.fetch("{emulator}/token?identity=" + identity)
    return json.loads(await answer.text())["token"]


async def main():
    return json.dumps({{"version": pyconvo.__version__, **await talk("{emulator}", token_of)}})


try:
    window.told = await main()
except BaseException as error:
    window.told = repr(error)
    raise
</script>"""
PLAIN = """<!doctype html><meta charset="utf-8"><title>a plain Pyodide</title><link rel="icon" href="data:,">
{watch}
<script type="module">
  import {{ loadPyodide }} from "{pyodide}/pyodide.mjs";
  const python = await loadPyodide({{ lockFileURL: "{runtime}/pyodide-lock.json", packageBaseUrl: "{runtime}/" }});
  await python.loadPackage("pyconvo");
  python.FS.writeFile("talk.py", await (await fetch("{pages}/talk.py")).text());
  window.tokenOf = async (identity) =>
    (await (await fetch(`{emulator}/token?identity=${{identity}}`)).json()).token;
  window.told = python.runPythonAsync(`
import json, pyconvo
from js import tokenOf
from talk import talk
json.dumps({{"version": pyconvo.__version__, **await talk("{emulator}", tokenOf)}})
  `).catch(String);
</script>"""
HEARD = """async () => {
  for (const end = performance.now() + 90_000; window.told === undefined && performance.now() < end;) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const addresses = performance.getEntriesByType("resource").map(({ name }) => name);
  const away = addresses.filter((name) => /^(https?|wss?):/.test(name) && new URL(name).hostname !== "127.0.0.1");
  return { told: await window.told, refused, away };
}"""


@pytest.fixture(scope="session")
def pyodide(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Origin]:
    """Pyodide as somebody would host it for PyScript: the npm package's files, and micropip."""
    folder = tmp_path_factory.mktemp("pyodide")
    source = NODE_MODULES / "pyodide"
    for name in ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip"):
        shutil.copyfile(source / name, folder / name)
    micropip = Path(shutil.copy(micropip_wheel.ensure(), folder))
    write_lock(micropip, folder / "pyodide-lock.json")
    with Origin(folder) as origin:
        yield origin


def heard(driver: Driver, release: Path) -> None:
    answer: dict[str, Any] = driver.evaluate(HEARD, timeout=100)
    assert answer["told"].startswith("{"), answer
    told = json.loads(answer["told"])
    assert told == {
        "version": release.name,
        "received": [["alice", f"message {number}"] for number in range(12)],
        "room": "Tea",
        "pages": [[7, 8, 9, 10, 11], [2, 3, 4, 5, 6], [0, 1]],
        "ends": [False, True, False],
        "count": 12,
        "state": "connected",
    }
    assert (answer["refused"], answer["away"]) == ([], [])


def policy(emulator: Emulator, *origins: Origin) -> dict[str, str]:
    every = " ".join([emulator.url, *(origin.url for origin in origins)])
    return {"Content-Security-Policy": POLICY.format(origins=every, socket=emulator.url.replace("http", "ws"))}


@pytest.mark.timeout(180)
def test_a_pyscript_page_installs_the_wheel_and_talks(
    driver: Driver, pages: Origin, script: Script, pyodide: Origin, release: Path, emulator: Emulator
) -> None:
    (wheel,) = (release / "runtime").glob("*.whl")
    with Origin(NODE_MODULES / "@pyscript" / "core" / "dist") as core, Origin(TALK.parent) as sources:
        config = {
            "interpreter": f"{pyodide.url}/pyodide.mjs",
            "packages": ["micropip"],
            "files": {f"{sources.url}/talk.py": "./talk.py"},
        }
        html = PYSCRIPT.format(
            watch=WATCH,
            core=core.url,
            config=json.dumps(config),
            wheel=f"{script.origin.url}/runtime/{wheel.name}",
            emulator=emulator.url,
        )
        driver.goto(pages.page(html, policy(emulator, pages, script.origin, pyodide, core, sources)))
        heard(driver, release)


@pytest.mark.timeout(180)
def test_a_plain_pyodide_page_talks(
    driver: Driver, pages: Origin, script: Script, pyodide: Origin, release: Path, emulator: Emulator
) -> None:
    with Origin(TALK.parent) as sources:
        html = PLAIN.format(
            watch=WATCH,
            pyodide=pyodide.url,
            runtime=f"{script.origin.url}/runtime",
            pages=sources.url,
            emulator=emulator.url,
        )
        driver.goto(pages.page(html, policy(emulator, pages, script.origin, pyodide, sources)))
        heard(driver, release)
