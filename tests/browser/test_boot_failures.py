"""What stands in the way of the runtime is named, with its remedy, and nothing waits for ever."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import pytest
from origins import Origin, Script

from drivers import Driver

PARTS = {
    "worker": "worker.mjs",
    "asm": "pyodide.asm.mjs",
    "wasm": "pyodide.asm.wasm",
    "snapshot": "snapshot.wasm",
}
#: What the other ways to start need instead of the snapshot.
ZIPS = {"compiled": ["stdlib.zip", "core.zip"], "plain": ["python_stdlib.zip", "pyconvo-*.whl"]}
PAGE = "<!doctype html><meta charset='utf-8'><title>boot</title>{before}{tag}"

FAILURE = """async () => {
  const told = (error) => ({ name: error.name, reason: error.reason, file: error.file, message: error.message });
  const { Client, runtime } = Twilio.Conversations;
  const created = await Client.create("token").then(() => "a client", told);
  const failed = (resolve) => new Client("token").on("initFailed", ({ error }) => resolve(error));
  const constructed = await new Promise(failed);
  const ready = await runtime.ready.then(() => "ready", told);
  return { created, ready, constructed: constructed.message, state: runtime.state };
}"""


def named(release: Path, pattern: str) -> str:
    (found,) = (release / "runtime").glob(pattern)
    return found.name


def failure(driver: Driver, url: str) -> dict[str, Any]:
    """How the start failed; the same for everybody who asks."""
    driver.goto(url)
    told = driver.evaluate(FAILURE)
    assert told["state"] == "failed"
    assert told["created"] == told["ready"]
    assert told["constructed"] == told["ready"]["message"]
    assert told["ready"]["name"] == "PyconvoBootError"
    ready: dict[str, Any] = told["ready"]
    return ready


@pytest.mark.parametrize("part", PARTS)
def test_one_changed_byte_is_refused(driver: Driver, pages: Origin, script: Script, release: Path, part: str) -> None:
    name = named(release, PARTS[part])
    script.origin.flip(name)
    error = failure(driver, pages.page(PAGE.format(before="", tag=script.tag())))
    assert (error["reason"], error["file"]) == ("integrity", name)
    assert name in error["message"]


@pytest.mark.parametrize("part", PARTS)
def test_one_changed_byte_is_refused_without_a_worker_too(
    driver: Driver, pages: Origin, script: Script, release: Path, part: str
) -> None:
    name = named(release, PARTS[part])
    script.origin.flip(name)
    error = failure(driver, pages.page(PAGE.format(before="", tag=script.tag('data-thread="main"'))))
    assert (error["reason"], error["file"]) == ("integrity", name)


@pytest.mark.parametrize(("way", "pattern"), [(way, pattern) for way, patterns in ZIPS.items() for pattern in patterns])
def test_one_changed_byte_is_refused_on_every_other_way(
    driver: Driver, pages: Origin, script: Script, release: Path, way: str, pattern: str
) -> None:
    name = named(release, pattern)
    script.origin.flip(name)
    error = failure(driver, pages.page(PAGE.format(before="", tag=script.tag(f'data-start="{way}"'))))
    assert (error["reason"], error["file"]) == ("integrity", name)


def test_a_changed_script_does_not_run(driver: Driver, pages: Origin, script: Script) -> None:
    script.origin.flip("pyconvo.min.js")
    tag = script.tag('onerror="window.refused = this.src"')
    driver.goto(pages.page(PAGE.format(before="", tag=tag)))
    assert driver.evaluate("() => [typeof Twilio, window.refused]") == ["undefined", script.url]


@pytest.mark.parametrize("part", [part for part in PARTS if part != "snapshot"])
def test_a_missing_file_is_named(driver: Driver, pages: Origin, script: Script, release: Path, part: str) -> None:
    name = named(release, PARTS[part])
    script.origin.lose(name)
    error = failure(driver, pages.page(PAGE.format(before="", tag=script.tag())))
    assert (error["reason"], error["file"]) == ("network", name)
    assert "404" in error["message"]


def test_an_address_where_nobody_listens(driver: Driver, pages: Origin, script: Script) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        nowhere = f"http://127.0.0.1:{held.getsockname()[1]}/runtime/"
        error = failure(driver, pages.page(PAGE.format(before="", tag=script.tag(f'data-runtime="{nowhere}"'))))
    assert error["reason"] == "network"
    assert nowhere in error["message"]


def test_a_server_that_never_answers(driver: Driver, pages: Origin, script: Script, release: Path) -> None:
    name = named(release, PARTS["snapshot"])
    script.origin.stall(name)
    error = failure(driver, pages.page(PAGE.format(before="", tag=script.tag('data-timeout="8"'))))
    assert (error["reason"], error["file"]) == ("timeout", name)
    assert "data-timeout" in error["message"]


def test_a_file_that_always_breaks_off(driver: Driver, pages: Origin, script: Script, release: Path) -> None:
    name = named(release, PARTS["wasm"])
    script.origin.cut(name)
    error = failure(driver, pages.page(PAGE.format(before="", tag=script.tag())))
    assert (error["reason"], error["file"]) == ("network", name)
    assert "broke off" in error["message"]


def test_without_the_snapshot_that_breaks_off_another_way_is_taken(
    driver: Driver, pages: Origin, script: Script, release: Path
) -> None:
    script.origin.cut(named(release, PARTS["snapshot"]))
    driver.goto(pages.page(PAGE.format(before="", tag=script.tag())))
    driver.evaluate("() => Twilio.Conversations.runtime.ready", timeout=90)


def test_a_module_of_another_type_is_not_a_changed_one(
    driver: Driver, pages: Origin, script: Script, release: Path
) -> None:
    name = named(release, PARTS["worker"])
    script.origin.untype(name)
    error = failure(driver, pages.page(PAGE.format(before="", tag=script.tag('data-thread="main"'))))
    assert (error["reason"], error["file"]) == ("environment", name)
    assert "text/javascript" in error["message"]


def test_a_browser_without_webassembly(driver: Driver, pages: Origin, script: Script) -> None:
    before = "<script>delete globalThis.WebAssembly</script>"
    error = failure(driver, pages.page(PAGE.format(before=before, tag=script.tag())))
    assert error["reason"] == "wasm"


@pytest.mark.parametrize(
    ("left_out", "remedy"),
    [("'wasm-unsafe-eval'", "'wasm-unsafe-eval'"), ("blob:", "blob:"), ("connect-src {cdn}", "connect-src")],
    ids=["wasm", "worker", "connect"],
)
def test_a_policy_that_is_too_strict(driver: Driver, pages: Origin, script: Script, left_out: str, remedy: str) -> None:
    policy = "default-src 'none'; script-src {cdn} 'wasm-unsafe-eval'; worker-src blob:; connect-src {cdn}"
    policy = policy.replace(left_out, "connect-src 'none'" if "connect" in left_out else "'none'")
    headers = {"Content-Security-Policy": policy.format(cdn=script.origin.url)}
    error = failure(driver, pages.page(PAGE.format(before="", tag=script.tag()), headers))
    assert error["reason"] == "policy"
    assert remedy in error["message"]
