"""Where one way to start fails the next takes over; on each of them two people talk, with a worker and without."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from changed_release import changed
from origins import Origin, Script

from drivers import Driver
from pyconvo.testing import Emulator

PAGE = "<!doctype html><meta charset='utf-8'><title>ways</title>{tag}"
#: What only this way to start loads, beside what all need.
FILES = {
    "snapshot": {"snapshot.wasm"},
    "compiled": {"stdlib.zip", "core.zip"},
    "plain": {"python_stdlib.zip", "*.whl"},
}
ALWAYS = {"worker.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm"}
TALK = """async (url) => {
  const { Client, runtime } = Twilio.Conversations;
  const token = async (who) => (await (await fetch(`${url}/token?identity=${who}`)).json()).token;
  const client = async (who) => Client.create(await token(who), { emulator: url });
  const [alice, bob] = await Promise.all([client("alice"), client("bob")]);
  const heard = new Promise((resolve) => bob.on("messageAdded", (message) => resolve(message.body)));
  const room = await alice.createConversation({ friendlyName: "Tea" });
  await room.join();
  const invited = new Promise((resolve) => bob.on("conversationJoined", resolve));
  await room.add("bob");
  await invited;
  await room.sendMessage("käse 🧀");
  return [await heard, runtime.state, runtime.progress];
}"""


def talk(driver: Driver, pages: Origin, script: Script, emulator: Emulator, attributes: str = "") -> None:
    driver.goto(pages.page(PAGE.format(tag=script.tag(attributes))))
    body, state, progress = driver.evaluate(TALK, emulator.url, timeout=90)
    assert (body, state) == ("käse 🧀", "ready")
    assert progress["loaded"] == progress["total"]


def runtime_files(origin: Origin) -> set[str]:
    """What was asked for, each once."""
    names = [name for name in origin.asked if name != "pyconvo.min.js"]
    assert len(names) == len(set(names)), f"asked for twice: {names}"
    return {"*.whl" if name.endswith(".whl") else name for name in names}


@pytest.mark.parametrize("thread", ["worker", "main"])
@pytest.mark.parametrize("way", FILES)
def test_every_way_loads_its_files_alone_and_works(
    driver: Driver, pages: Origin, script: Script, emulator: Emulator, way: str, thread: str
) -> None:
    talk(driver, pages, script, emulator, f'data-start="{way}" data-thread="{thread}"')
    assert runtime_files(script.origin) == ALWAYS | FILES[way]


def test_what_is_missing_is_done_without(driver: Driver, pages: Origin, script: Script, emulator: Emulator) -> None:
    for name in ("snapshot.wasm", "core.zip"):
        script.origin.lose(name)
    talk(driver, pages, script, emulator)
    assert script.origin.asked.count("python_stdlib.zip") == 1
    assert script.origin.asked.count("pyodide.asm.wasm") == 1
    told = [line for line in driver.console() if "the start" in line]
    assert [line.count("snapshot") > 0 or line.count("compiled") > 0 for line in told] == [True, True]


@pytest.fixture
def broken(release: Path, tmp_path: Path) -> Iterator[Script]:
    """A release whose snapshot is another Pyodide's, though the script says that it is the right file."""

    def change(content: bytes) -> bytes:
        start = content.index(b'"build":"') + len(b'"build":"')
        return content[:start] + (b"1" if content[start : start + 1] == b"0" else b"0") + content[start + 1 :]

    with changed(release, tmp_path / "release", "snapshot.wasm", change) as script:
        yield script


@pytest.mark.parametrize("thread", ["worker", "main"])
def test_a_snapshot_that_does_not_fit_is_done_without(
    driver: Driver, pages: Origin, broken: Script, emulator: Emulator, thread: str
) -> None:
    talk(driver, pages, broken, emulator, f'data-thread="{thread}"')
    assert runtime_files(broken.origin) == ALWAYS | FILES["snapshot"] | FILES["compiled"]
    assert "the snapshot is of Pyodide" in json.dumps(driver.console())
