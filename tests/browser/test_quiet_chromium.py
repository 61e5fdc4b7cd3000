"""The benchmark's own Chromium: what it measures with must work, and be quiet."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bench import quiet_chromium
from bench.quiet_chromium import QuietChromium
from drivers import DriverError, Found, find
from pyconvo.testing import Emulator

PAGE = "/pages/driver.html"


@pytest.fixture
def page(present_engines: list[str]) -> Iterator[QuietChromium]:
    found = find("chromium") if "chromium" in present_engines else None
    if found is None:
        pytest.skip("no chromium on this machine, or not asked for")
    quiet = QuietChromium(found)
    yield quiet
    quiet.close()


def test_it_visits_calls_functions_and_tells_what_went_wrong(page: QuietChromium, emulator: Emulator) -> None:
    page.goto(emulator.url + PAGE)
    assert page.evaluate("async (value) => ({...value, more: document.title})", {"a": [None, "grüße"]}) == {
        "a": [None, "grüße"],
        "more": "what a driver must be able to do",
    }
    assert page.evaluate("() => undefined") is None
    with pytest.raises(DriverError, match="out of tea"):
        page.evaluate("async () => { throw new TypeError('out of tea'); }")
    with pytest.raises(DriverError, match=r"no answer in 0\.5 s"):
        page.evaluate("() => new Promise(() => {})", timeout=0.5)
    with pytest.raises(DriverError, match=r"Nothing\.atAll"):
        page.devtools("Nothing.atAll")
    assert page.evaluate("() => 1") == 1


def test_it_does_not_listen_to_the_network(page: QuietChromium, emulator: Emulator) -> None:
    asks = "async () => { await (await fetch(location.href)).text(); }"
    page.goto(emulator.url + PAGE)
    page.heard.clear()
    page.evaluate(asks)
    assert [event for event in page.heard if event.startswith("Network.")] == []
    # As it would be, did somebody listen.
    page.devtools("Network.enable")
    page.evaluate(asks)
    assert "Network.responseReceived" in page.heard


@pytest.mark.parametrize(
    ("program", "words"),
    [("echo out of tea >&2; exec sleep 600", "no DevTools in 1 s"), ("echo out of tea >&2", "ended: .*out of tea")],
    ids=["that says nothing", "that ends"],
)
def test_a_browser_without_devtools_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str, words: str
) -> None:
    started: list[subprocess.Popen[str]] = []

    class Seen(subprocess.Popen[str]):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            started.append(self)

    browser = tmp_path / "browser"
    browser.write_text(f"#!/bin/sh\n{program}\n")
    browser.chmod(0o755)
    monkeypatch.setattr(subprocess, "Popen", Seen)
    monkeypatch.setattr(quiet_chromium, "PATIENCE", 1.0)
    with pytest.raises(DriverError, match=words):
        QuietChromium(Found("chromium", "distribution", str(browser)))
    assert [process.returncode is not None for process in started] == [True]
