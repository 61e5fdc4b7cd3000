"""The page of the README does what it shows, as written, on another origin than the emulator."""

from __future__ import annotations

import re

from origins import Origin

from drivers import Driver
from pipeline.paths import ROOT
from pyconvo.testing import Emulator

SHOWN = """async () => {
  while (!document.body.textContent.includes(":")) await new Promise((resolve) => setTimeout(resolve, 50));
  return document.body.textContent.trim();
}"""


def test_the_page_of_the_readme(driver: Driver, pages: Origin, emulator: Emulator) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    (page,) = re.findall(r"^```html\n(<!doctype html>.*?)^```$", text, re.M | re.S)
    assert "http://127.0.0.1:8080" in page
    driver.goto(pages.page(page.replace("http://127.0.0.1:8080", emulator.url)))
    assert driver.evaluate(SHOWN) == "alice: hello"
    (room,) = emulator.state()["conversations"]
    assert room["friendlyName"] == "Tea"
