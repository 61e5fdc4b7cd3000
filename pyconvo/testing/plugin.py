"""pytest fixtures: ``emulator`` (fresh for each test) on one emulator a session."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pyconvo.testing.emulator import Emulator


@pytest.fixture(scope="session")
def emulator_server() -> Iterator[Emulator]:
    """One emulator for the whole session; prefer ``emulator``, which empties it for each test."""
    with Emulator() as running:
        yield running


@pytest.fixture
def emulator(emulator_server: Emulator) -> Emulator:
    """The emulator, empty: no data, no faults, no connections, real time."""
    emulator_server.reset()
    return emulator_server
