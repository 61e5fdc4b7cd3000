"""Fixtures for pages that use a release as any page would: over a script tag, from another origin."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from origins import Origin, Script

from pipeline.paths import DIST


@pytest.fixture
def script(release: Path) -> Iterator[Script]:
    """The release on an origin of its own, and what a page writes into its tag."""
    listed = json.loads((DIST / "integrity.json").read_text(encoding="utf-8"))
    with Origin(release) as origin:
        yield Script(origin, listed[f"releases/{release.name}/pyconvo.min.js"]["sha384"])


@pytest.fixture
def pages() -> Iterator[Origin]:
    """The origin of the page itself: neither the script's nor the emulator's."""
    with Origin() as origin:
        yield origin
