"""Nothing that the official SDK has at run time is missing here: exports, classes, statics, members, arity, promises.

Both SDKs are asked in the same engine, by the same page. What each member means is the conformance scenarios' part.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from declarations.compiler import OWN_USE, members
from drivers import Driver
from pipeline.paths import DIST
from pyconvo.testing import Emulator

#: Not there yet, in the words of the failure without them. An entry that is no longer true is a failure.
GAPS: set[str] = set()

#: Additions of ours to the exports.
ADDED = {"runtime"}
#: Classes that pages make themselves, so that the number of arguments is theirs to know.
CONSTRUCTED = {"Client", "CancellablePromise", "ContentTemplateVariable"}


@pytest.fixture(scope="module")
def declared(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    return members(tmp_path_factory.mktemp("declared"))


def survey(driver: Driver, emulator: Emulator, sdk: str, declared: dict[str, list[str]]) -> dict[str, Any]:
    driver.goto(f"{emulator.url}/pages/parity.html?sdk={sdk}")
    told: dict[str, Any] = driver.evaluate(
        """async (declared) => {
          while (!window.surveyReady) await new Promise((resolve) => setTimeout(resolve, 20));
          return window.survey(declared);
        }""",
        declared,
        timeout=60,
    )
    return told


def differences(official: dict[str, Any], ours: dict[str, Any]) -> Iterator[str]:
    """In words, one a fact."""
    told: set[str] = set()
    for name, kind in official["exported"].items():
        if ours["exported"].get(name) != kind:
            yield f"{name} is not exported"
    for name in ours["exported"].keys() - official["exported"].keys() - ADDED:
        yield f"{name} is exported here alone"
    for name, wanted in official["classes"].items():
        found = ours["classes"].get(name)
        if found is None:
            continue
        if name in CONSTRUCTED and wanted["length"] != found["length"]:
            yield f"new {name} takes {found['length']} arguments, not {wanted['length']}"
        for place, dot in (("statics", " static "), ("prototype", ".")):
            for member, use in wanted[place].items():
                if f"{name}.{member}" in OWN_USE or (place == "statics" and member in INTERNAL):
                    continue
                for line in _compared(f"{name}{dot}{member}", use, found[place].get(member), place == "prototype"):
                    told.add(f"{name}{dot}{member}")
                    yield line
    for name, reason in ours["lacking"].items():
        yield f"no object of {name}: {reason}"
    for name, uses in official["members"].items():
        for member, use in uses.items():
            if name in ours["members"] and f"{name}.{member}" not in told:
                yield from _compared(f"{name}.{member}", use, ours["members"][name].get(member), False)


#: Statics of the official classes that no declaration has.
INTERNAL = {"cancellationMap", "preprocessUpdate", "init", "usingDomains"}


def _compared(what: str, official: str, ours: str | None, on_prototype: bool) -> Iterator[str]:
    # A plain field of each object does as well as an accessor for all.
    if official == ours or (on_prototype and official == "value" and ours is None):
        return
    yield f"{what} is {ours or 'absent'}, not {official}"


@pytest.mark.timeout(180)
def test_the_official_sdk_has_nothing_that_we_have_not(
    driver: Driver, emulator_server: Emulator, release: Path, declared: dict[str, list[str]]
) -> None:
    official = survey(driver, emulator_server, "/oracle/twilio-conversations.min.js", declared)
    assert official["lacking"] == {}, "the survey itself must come by an object of each class"
    # A namespace of constants.
    assert official["classes"].keys() - official["members"].keys() == {"NotificationTypes"}
    absent = [f"{name}.{one}" for name, uses in official["members"].items() for one in uses if uses[one] == "absent"]
    assert absent == [], "the official declarations promise what is not there: list it as our own use"
    ours = survey(driver, emulator_server, f"/dist/{release.relative_to(DIST).as_posix()}/pyconvo.min.js", declared)
    found = set(differences(official, ours))
    assert not found - GAPS, "not as in the official SDK:\n" + "\n".join(sorted(found - GAPS))
    assert not GAPS - found, "no longer gaps, take them off the list:\n" + "\n".join(sorted(GAPS - found))
