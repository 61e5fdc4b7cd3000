"""The drivers keep their promises in every engine; the other browser tests stand on this."""

from __future__ import annotations

from pathlib import Path

import pytest

from drivers import Driver, DriverError
from pyconvo.testing import Emulator

PAGE = "/pages/driver.html"
ECHO = "() => document.querySelector('an-echo').shadowRoot.querySelector('output').textContent"


def test_evaluates_async_functions_with_json_both_ways(driver: Driver, emulator: Emulator) -> None:
    driver.goto(emulator.url + PAGE)
    value = {"text": "grüße 🎈", "list": [1, None, True], "deep": {"a": [{}]}}
    assert driver.evaluate("async (value) => { await null; return {...value, more: 1}; }", value) == {
        **value,
        "more": 1,
    }
    assert driver.evaluate("() => undefined") is None
    assert driver.evaluate("() => document.title") == "what a driver must be able to do"


def test_what_the_page_throws_comes_back_as_words(driver: Driver, emulator: Emulator) -> None:
    driver.goto(emulator.url + PAGE)
    with pytest.raises(DriverError, match="out of tea"):
        driver.evaluate("async () => { throw new TypeError('out of tea'); }")
    with pytest.raises(DriverError, match=r"no answer in 0\.5 s"):
        driver.evaluate("() => new Promise(() => {})", timeout=0.5)
    assert driver.evaluate("() => 1") == 1


def test_types_and_clicks_inside_shadow_roots(driver: Driver, emulator: Emulator) -> None:
    driver.goto(emulator.url + PAGE)
    driver.fill("input", "one")
    driver.click("button")
    driver.fill("input", "two")
    driver.press("input", "Enter")
    assert driver.evaluate(ECHO) == "one;two;"
    assert "log: submitted two" in driver.console()


def test_each_page_has_a_profile_of_its_own(driver: Driver, second_driver: Driver, emulator: Emulator) -> None:
    for page in (driver, second_driver):
        page.goto(emulator.url + PAGE)
    driver.evaluate("() => localStorage.setItem('left', 'behind')")
    assert second_driver.evaluate("() => localStorage.getItem('left')") is None


def test_takes_a_picture(driver: Driver, emulator: Emulator, tmp_path: Path) -> None:
    driver.goto(emulator.url + PAGE)
    driver.resize(500, 700)
    driver.screenshot(tmp_path / "page.png")
    assert (tmp_path / "page.png").read_bytes().startswith(b"\x89PNG")


def test_works_on_a_page_that_forbids_eval(driver: Driver, emulator: Emulator) -> None:
    driver.goto(emulator.url + "/pages/no-eval.html")
    assert driver.evaluate("async (n) => n + 1", 1) == 2
