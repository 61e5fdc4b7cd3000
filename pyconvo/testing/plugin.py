"""pytest fixtures: ``emulator`` (emptied for each test) on one emulator a session, ``token_for``, ``logged_in_page``.

pytest loads this in every project where pyconvo is installed, so the emulator (and its extra dependencies) is
imported only when a fixture is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from twilio.rest import Client

    from pyconvo.testing.emulator import Emulator
    from pyconvo.testing.pages import Pages


@pytest.fixture(scope="session")
def emulator_server() -> Iterator[Emulator]:
    """One emulator for the whole session; prefer ``emulator``, which empties it for each test."""
    from pyconvo.testing.emulator import Emulator

    with Emulator() as running:
        yield running


@pytest.fixture
def emulator(emulator_server: Emulator) -> Emulator:
    """The emulator, empty: no data, no faults, no connections, real time."""
    emulator_server.reset()
    return emulator_server


@pytest.fixture
def token_for(emulator: Emulator) -> Callable[..., str]:
    """``token_for("alice", ttl=60)``: an access token for the (empty) emulator."""
    return emulator.token


@pytest.fixture
def logged_in_page(emulator: Emulator, request: pytest.FixtureRequest) -> Iterator[Pages]:
    """``logged_in_page("alice", url, token_url="**/token")``: see ``pyconvo.testing.pages.Pages``.

    Needs a fixture ``browser`` with Playwright's (synchronous) browser, as pytest-playwright has it.
    """
    from pyconvo.testing.pages import Pages

    try:
        browser = request.getfixturevalue("browser")
    except pytest.FixtureLookupError as error:
        if error.argname != "browser":
            raise
        pytest.fail("logged_in_page needs the fixture 'browser': pip install pytest-playwright", pytrace=False)
    pages = Pages(emulator, browser)
    yield pages
    pages.close()


@pytest.fixture
def twilio_client(emulator: Emulator) -> Client:
    """Twilio's library for servers, on the (empty) emulator; needs the package ``twilio``."""
    from pyconvo.testing.rest import twilio_client

    return twilio_client(emulator)


@pytest.fixture
def emulator_url(emulator: Emulator) -> str:
    """Where the (empty) emulator listens: the ``emulator`` option of a client."""
    return emulator.url
