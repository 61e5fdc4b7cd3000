"""Shared fixtures: real browsers by engine, the emulator with the pages under test, a second origin.

``driver`` runs a test once for each engine of ``--engines``. An engine that this machine does not have is never
left out silently: the summary names it, and with ``--require-engines`` nothing runs without it.
"""

from __future__ import annotations

import contextlib
import re
from collections import Counter
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from drivers import ENGINES, Browsers, Driver
from pipeline.paths import DIST, ROOT
from pipeline.serving import SITE
from pyconvo.testing import Emulator

PAGES = Path(__file__).parent / "browser" / "pages"
ARTIFACTS = ROOT / "test-results"

MISSING = pytest.StashKey[dict[str, int]]()
BROWSERS = pytest.StashKey[Browsers]()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("pyconvo", "browsers")
    group.addoption(
        "--engines", default=",".join(ENGINES), metavar="NAMES", help="browser engines, default: %(default)s"
    )
    group.addoption("--require-engines", action="store_true", help="a missing engine is a failure")


def pytest_configure(config: pytest.Config) -> None:
    config.stash[MISSING] = {}
    config.stash[BROWSERS] = Browsers()


def pytest_unconfigure(config: pytest.Config) -> None:
    config.stash[BROWSERS].close()


def engines(config: pytest.Config) -> list[str]:
    """The engines asked for."""
    names = [name.strip() for name in str(config.getoption("--engines")).split(",") if name.strip()]
    unknown = [name for name in names if name not in ENGINES]
    if unknown:
        raise pytest.UsageError(f"--engines: {', '.join(unknown)} is not one of {', '.join(ENGINES)}")
    return names


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "engine" in metafunc.fixturenames:
        metafunc.parametrize("engine", engines(metafunc.config), scope="session")


def pytest_collection_finish(session: pytest.Session) -> None:
    """Before the first test: is every engine here that the collected tests need?"""
    config = session.config
    needed = Counter(str(engine) for item in session.items if (engine := _parameters(item).get("engine")))
    missing = {engine: count for engine, count in needed.items() if config.stash[BROWSERS].find(engine) is None}
    config.stash[MISSING] = missing
    if missing and config.getoption("--require-engines") and not config.option.collectonly:
        names = ", ".join(missing)
        raise pytest.UsageError(f"not on this machine: {names}. python3 build.py test installs them or says how")


def _parameters(item: pytest.Item) -> dict[str, object]:
    callspec = getattr(item, "callspec", None)
    return dict(callspec.params) if callspec is not None else {}


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    for engine, count in config.stash[MISSING].items():
        terminalreporter.section(f"NOT TESTED: {engine}", sep="!", red=True)
        terminalreporter.line(f"{count} tests did not run, because this machine has no {engine} that can be driven.")
    for found in config.stash[BROWSERS].used():
        terminalreporter.line(f"{found.engine}: {found.path} ({found.how})")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failed browser test leaves a picture, and shows what the page printed."""
    report = yield
    driver = getattr(item, "funcargs", {}).get("driver")
    if report.when == "call" and report.failed and driver is not None:
        name = re.sub(r"[^\w.-]+", "-", item.nodeid)
        ARTIFACTS.mkdir(exist_ok=True)
        # A browser that crashed can give neither; the failure itself says so.
        with contextlib.suppress(Exception):
            lines = driver.console() or ["(nothing)"]
            report.sections.append((f"console of the page ({driver.engine})", "\n".join(lines[-100:])))
            driver.screenshot(ARTIFACTS / f"{name}.png")
    return report


@pytest.fixture(scope="session")
def browsers(request: pytest.FixtureRequest) -> Browsers:
    """For tests that keep a page longer than one test."""
    return request.config.stash[BROWSERS]


@pytest.fixture(scope="session")
def present_engines(request: pytest.FixtureRequest) -> list[str]:
    """The engines asked for that this machine has."""
    return [engine for engine in engines(request.config) if engine not in request.config.stash[MISSING]]


@pytest.fixture
def driver(engine: str, request: pytest.FixtureRequest) -> Iterator[Driver]:
    """One page in a fresh profile, in each engine."""
    config = request.config
    if engine in config.stash[MISSING]:
        pytest.skip(f"no {engine} on this machine")
    page = config.stash[BROWSERS].open(engine)
    yield page
    page.close()


@pytest.fixture
def second_driver(engine: str, driver: Driver, request: pytest.FixtureRequest) -> Iterator[Driver]:
    """Another page, in a profile that shares nothing with ``driver``'s."""
    page = request.config.stash[BROWSERS].open(engine)
    yield page
    page.close()


@pytest.fixture(scope="session")
def emulator_server() -> Iterator[Emulator]:
    """The session's emulator. It also serves what ``build.py serve`` does, and the tests' own ``/pages``."""
    mounts = {**SITE, "/pages": PAGES}
    there = tuple((url, str(path)) for url, path in mounts.items() if path.exists())
    with Emulator(mounts=there) as running:
        yield running


@pytest.fixture(scope="session")
def release() -> Path:
    """The folder of the built release. Fails in words if nothing was built."""
    folders = sorted(DIST.glob("releases/*/pyconvo.min.js"))
    if not folders:
        pytest.fail("dist/ is not built: run python3 build.py build", pytrace=False)
    return folders[-1].parent
