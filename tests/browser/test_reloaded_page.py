"""A page that is reloaded: what its session's storage has kept, in a worker and on the page's own thread."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from origins import Origin, Script

from drivers import Driver
from pyconvo.testing import Emulator

PAGE = """<!doctype html>
<meta charset="utf-8">
<title>again and again</title>
{tag}
<script>
  const service = {{ emulator: "{emulator}" }};
  const token = async (who) => (await (await fetch(`${{service.emulator}}/token?identity=${{who}}`)).json()).token;
  const start = async (who) => {{
    const client = new Twilio.Conversations.Client(await token(who), service);
    const room = await new Promise((resolve) => client.on("conversationJoined", resolve));
    await room.getParticipants();
    return [room.uniqueName, (await room.getMessages()).items.map(({{ body }}) => body)];
  }};
  const kept = () => Object.keys(sessionStorage).filter((key) => key.includes("::"));
</script>
"""
START = "(who) => start(who)"
KEPT = """async (count) => {
  for (const end = performance.now() + 20_000; kept().length < count && performance.now() < end; ) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return kept().length;
}"""
FILL = """() => {
  sessionStorage.setItem("theme", "dark");
  for (let size = 2 ** 24; size >= 1; size /= 2) {
    try {
      while (sessionStorage.length < 5000) sessionStorage.setItem(`${size}-${sessionStorage.length}`, "x".repeat(size));
    } catch {}
  }
  const { setItem } = Storage.prototype;
  window.refused = 0;
  Storage.prototype.setItem = function (...entry) {
    try {
      setItem.apply(this, entry);
    } catch (error) {
      window.refused++;
      throw error;
    }
  };
}"""
REFUSED = """async (count) => {
  for (const end = performance.now() + 20_000; refused < count && performance.now() < end; ) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return refused;
}"""


def descriptions(emulator: Emulator) -> Counter[str]:
    """How many descriptions of objects each person's clients have asked for so far."""
    found: Counter[str] = Counter()
    for entry in emulator.log():
        request = entry["header"].get("http_request")
        if request is not None and re.search(r"/(Documents|Lists|Maps)/[^/]+$", request["path"]):
            found[entry["identity"]] += 1
    return found


def address(pages: Origin, script: Script, emulator: Emulator, thread: str) -> str:
    people = [{"uniqueName": who, "participants": [who], "messages": [{"author": who, "body": f"of {who}"}]}
              for who in ("alice", "bob")]  # fmt: skip
    emulator.seed({"conversations": people})
    return pages.page(PAGE.format(tag=script.tag(f'data-thread="{thread}"'), emulator=emulator.url))


@pytest.mark.parametrize("thread", ["worker", "main"])
def test_a_reloaded_page_asks_for_no_descriptions(
    driver: Driver, pages: Origin, script: Script, emulator: Emulator, thread: str
) -> None:
    page = address(pages, script, emulator, thread)
    driver.goto(page)
    assert driver.evaluate(START, "alice") == ["alice", ["of alice"]]
    assert driver.evaluate(KEPT, 5) == 5
    assert descriptions(emulator) == {"alice": 5}
    driver.goto(page)
    assert driver.evaluate(START, "alice") == ["alice", ["of alice"]]
    # Somebody else in the same page, at the same time.
    assert driver.evaluate(START, "bob") == ["bob", ["of bob"]]
    assert driver.evaluate(KEPT, 10) == 10
    assert descriptions(emulator) == {"alice": 5, "bob": 5}
    driver.goto(page)
    assert driver.evaluate("(two) => Promise.all(two.map(start))", ["alice", "bob"]) == [
        ["alice", ["of alice"]],
        ["bob", ["of bob"]],
    ]
    assert descriptions(emulator) == {"alice": 5, "bob": 5}


def test_a_full_storage_is_no_obstacle(driver: Driver, pages: Origin, script: Script, emulator: Emulator) -> None:
    page = address(pages, script, emulator, "worker")
    for visit in (1, 2):
        driver.goto(page)
        driver.evaluate(FILL)
        assert driver.evaluate(START, "alice") == ["alice", ["of alice"]]
        assert descriptions(emulator) == {"alice": 5 * visit}
        assert driver.evaluate(REFUSED, 5) == 5
        assert driver.evaluate("() => [kept().length, sessionStorage.getItem('theme')]") == [0, "dark"]
