"""The oracle decides: each scenario, under the official SDK and under ours, leaves the same trace.

The official SDK runs in the first engine asked for; ours in every engine. One page serves many scenarios, each on an
empty emulator with clients of its own.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conformance.differences import Difference, Hunk, Streams, compare, read
from conformance.scenario_table import required, table, write
from drivers import Browsers, Driver, DriverError
from pipeline.paths import DIST, ROOT
from pipeline.serving import SITE
from pyconvo.testing import Emulator

HERE = Path(__file__).parent
ARTIFACTS = ROOT / "test-results"
SCENARIOS = sorted(path.stem for path in (HERE / "scenarios").glob("*.js"))
OFFICIAL = "/oracle/twilio-conversations.min.js"
#: Longest that one scenario may take, in seconds; they take one to ten.
PATIENCE = 90.0


class Stage:
    """Pages with an SDK in them, on one emulator; traces of the official SDK, each made once."""

    def __init__(self, browsers: Browsers, emulator: Emulator, ours: str, oracle_engine: str) -> None:
        self._browsers = browsers
        self._emulator = emulator
        self._paths = {"official": OFFICIAL, "ours": ours}
        self._pages: dict[tuple[str, str], Driver] = {}
        self._oracle_engine = oracle_engine
        self._official: dict[str, Streams] = {}
        self.used: set[Difference] = set()
        self.played: set[str] = set()
        #: Members and events of the official SDK by the scenario that used them.
        self.touched: dict[str, list[str]] = {}

    def official(self, scenario: str) -> Streams:
        if scenario not in self._official:
            self._official[scenario] = self.play("official", self._oracle_engine, scenario)
        return self._official[scenario]

    def play(self, sdk: str, engine: str, scenario: str) -> Streams:
        """The streams of one run. A page in which something went wrong is not used again."""
        page = self._page(sdk, engine)
        try:
            played = self._run(page, scenario)
            while played["problem"] is None and played["carried"] is not None:
                self._load(page, sdk)
                played = _joined(played, self._run(page, scenario, played["carried"]))
        except DriverError:
            self._discard(sdk, engine)
            raise
        if played["problem"] is not None:
            self._discard(sdk, engine)
            told = "\n".join(f"[{name}] {line}" for name, lines in played["streams"].items() for line in lines)
            pytest.fail(f"{scenario} under {sdk} in {engine}: {played['problem']}\n{told}", pytrace=False)
        if sdk == "ours" and played["unheard"]:
            # The official SDK leaves some; a page's error reporter should not hear of ours.
            pytest.fail(f"{scenario} in {engine} left failures that nobody hears: {played['unheard']}", pytrace=False)
        if sdk == "official":
            self.touched[scenario] = played["touched"]
        streams: Streams = played["streams"]
        return streams

    def close(self) -> None:
        for sdk, engine in list(self._pages):
            self._discard(sdk, engine)

    def _page(self, sdk: str, engine: str) -> Driver:
        page = self._pages.get((sdk, engine))
        if page is None:
            page = self._browsers.open(engine)
            self._load(page, sdk)
            self._pages[sdk, engine] = page
        return page

    def _load(self, page: Driver, sdk: str) -> None:
        """Also again: then what the page had is gone, but for the storage of its session."""
        page.goto(f"{self._emulator.url}/conformance/page/runner.html?sdk={self._paths[sdk]}")
        page.evaluate("async () => { while (!window.runnerReady) await new Promise((r) => setTimeout(r, 20)); }")

    @staticmethod
    def _run(page: Driver, scenario: str, carried: Any = None) -> dict[str, Any]:
        run = "([name, carried]) => window.runScenario(name, carried)"
        played: dict[str, Any] = page.evaluate(run, [scenario, carried], timeout=PATIENCE)
        return played

    def _discard(self, sdk: str, engine: str) -> None:
        with contextlib.suppress(DriverError):
            self._pages.pop((sdk, engine)).close()


def _joined(first: dict[str, Any], then: dict[str, Any]) -> dict[str, Any]:
    """Two parts of a scenario as one."""
    streams = {
        name: first["streams"].get(name, []) + then["streams"].get(name, [])
        for name in {**first["streams"], **then["streams"]}
    }
    told = {name: first[name] + then[name] for name in ("unheard", "touched")}
    return {**then, **told, "streams": streams}


@pytest.fixture(scope="session")
def stage(browsers: Browsers, present_engines: list[str], release: Path) -> Iterator[Stage]:
    mounts = {**SITE, "/conformance": HERE}
    with Emulator(mounts=tuple((url, str(path)) for url, path in mounts.items() if path.exists())) as emulator:
        ours = f"/dist/{release.relative_to(DIST).as_posix()}/pyconvo.min.js"
        made = Stage(browsers, emulator, ours, present_engines[0] if present_engines else "chromium")
        yield made
        made.close()


@pytest.fixture(scope="session")
def differences() -> list[Difference]:
    return read(HERE / "differences.md")


@pytest.mark.timeout(2 * PATIENCE + 60)
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_trace_equals_the_official_one(
    stage: Stage, differences: list[Difference], engine: str, scenario: str, present_engines: list[str]
) -> None:
    if engine not in present_engines:
        pytest.skip(f"no {engine} on this machine")
    official = stage.official(scenario)
    ours = stage.play("ours", engine, scenario)
    _keep(scenario, official, ours)
    stage.played.add(scenario)
    unexplained: list[Hunk] = []
    for hunk in compare(official, ours):
        reason = next((one for one in differences if one.explains(scenario, hunk)), None)
        if reason is None:
            unexplained.append(hunk)
        else:
            stage.used.add(reason)
    if unexplained:
        told = "\n".join(map(str, unexplained))
        pytest.fail(
            f"{scenario} in {engine} differs in a way that differences.md does not give:\n{told}", pytrace=False
        )


def test_every_listed_difference_occurs(stage: Stage, differences: list[Difference]) -> None:
    """Written last, so that it runs last: an entry without a difference is out of date."""
    concerned = [one for one in differences if any(one.concerns(scenario) for scenario in stage.played)]
    idle = [one.title for one in concerned if one not in stage.used]
    # An entry for several scenarios may show in only some of them: judge it when all of them were played.
    idle = [
        one.title
        for one in concerned
        if one.title in idle and all(name in stage.played for name in one.scenarios - {"*"})
    ]
    assert not idle, f"differences.md lists what does not differ: {idle}"


def _keep(scenario: str, official: Streams, ours: Streams) -> None:
    """For people: both traces as text, when PYCONVO_TRACES names a folder."""
    folder = os.environ.get("PYCONVO_TRACES")
    if folder is None:
        return
    for sdk, streams in (("official", official), ("ours", ours)):
        path = Path(folder) / sdk / f"{scenario}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(f"[{name}] {line}\n" for name in sorted(streams) for line in streams[name]))


#: Without a scenario so far. An entry that has one by now is a failure.
UNPROVEN: set[str] = set()


def test_every_member_and_event_has_a_scenario(stage: Stage, tmp_path: Path) -> None:
    """After the last scenario. Writes the table; judges it when all of them were played."""
    found = table(required(tmp_path), stage.touched)
    if not stage.touched:
        return
    write(found, ARTIFACTS / "members.md")
    if stage.touched.keys() < set(SCENARIOS):
        return
    bare = {name for name, scenarios in found.items() if not scenarios}
    assert not bare - UNPROVEN, "no scenario uses:\n" + "\n".join(sorted(bare - UNPROVEN))
    assert not UNPROVEN - bare, "no longer without a scenario:\n" + "\n".join(sorted(UNPROVEN - bare))
