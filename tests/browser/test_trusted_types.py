"""Pages that require trusted types let pyconvo start, by a policy of its own; an error names it where it is refused."""

from __future__ import annotations

from typing import Any

import pytest
from origins import Origin, Script

from drivers import Driver

PAGE = "<!doctype html><meta charset='utf-8'><title>trusted types</title>{before}{tags}"
REQUIRED = "require-trusted-types-for 'script'"
#: How every runtime of the page has started.
START = """() => Promise.all(runtimes.map(({ ready }) => ready.then(
  () => "ready",
  ({ name, reason, message }) => ({ name, reason, message }),
)))"""
NOTED = "<script>(globalThis.runtimes ??= []).push(Twilio.Conversations.runtime)</script>"
#: As pages have one that are not rid of all texts yet.
DEFAULT = "<script>trustedTypes.createPolicy('default', { createScriptURL: (url) => url })</script>"

threads = pytest.mark.parametrize("thread", ["worker", "main"])


def starts(
    driver: Driver, pages: Origin, script: Script, thread: str, policy: str, before: str = "", tags: int = 1
) -> list[Any]:
    tag = script.tag(f'data-thread="{thread}"') + NOTED
    html = PAGE.format(before=before, tags=tag * tags)
    driver.goto(pages.page(html, {"Content-Security-Policy": policy}))
    outcomes: list[Any] = driver.evaluate(START, timeout=90)
    return outcomes


@threads
@pytest.mark.parametrize("names", ["", "; trusted-types pyconvo", "; trusted-types pyconvo 'allow-duplicates'"])
def test_it_starts_where_its_policy_is_allowed(
    driver: Driver, pages: Origin, script: Script, thread: str, names: str
) -> None:
    assert starts(driver, pages, script, thread, REQUIRED + names) == ["ready"]


@threads
def test_where_its_policy_is_refused_the_error_names_it(
    driver: Driver, pages: Origin, script: Script, thread: str
) -> None:
    (error,) = starts(driver, pages, script, thread, f"{REQUIRED}; trusted-types other")
    assert (error["name"], error["reason"]) == ("PyconvoBootError", "policy")
    assert "add pyconvo to trusted-types" in error["message"]


@threads
def test_a_second_tag_needs_duplicates(driver: Driver, pages: Origin, script: Script, thread: str) -> None:
    outcomes = starts(driver, pages, script, thread, f"{REQUIRED}; trusted-types pyconvo", tags=2)
    # The first that needs it has it.
    (error,) = (outcome for outcome in outcomes if outcome != "ready")
    assert error["reason"] == "policy"
    assert "'allow-duplicates'" in error["message"]
    allowed = f"{REQUIRED}; trusted-types pyconvo 'allow-duplicates'"
    assert starts(driver, pages, script, thread, allowed, tags=2) == ["ready", "ready"]


@threads
@pytest.mark.parametrize(
    ("policy", "before"),
    [("trusted-types other", ""), (f"{REQUIRED}; trusted-types default", DEFAULT)],
    ids=["none required", "the page's default"],
)
def test_it_does_without_a_policy_where_none_is_needed(
    driver: Driver, pages: Origin, script: Script, thread: str, policy: str, before: str
) -> None:
    assert starts(driver, pages, script, thread, policy, before) == ["ready"]
