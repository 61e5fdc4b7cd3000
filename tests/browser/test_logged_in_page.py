"""``logged_in_page``: an application that knows nothing of the emulator, with the official SDK and its own tokens."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from drivers import Browsers
from pyconvo.testing import Emulator
from pyconvo.testing.pages import Pages

# As an application has it: no word of an emulator.
TALK = """async ([name, text]) => {
    const { token } = await (await fetch("/api/token")).json();
    const client = new Twilio.Conversations.Client(token);
    await new Promise((resolve, reject) => {
        client.on("initialized", resolve);
        client.on("initFailed", ({ error }) => reject(error));
    });
    const room = await client.getConversationByUniqueName("lobby");
    await room.sendMessage(text);
    return [client.user.identity, window.pyconvoTesting.identity];
}"""


@pytest.fixture
def browser(browsers: Browsers, present_engines: list[str]) -> Iterator[Browser]:
    """As pytest-playwright's, with the machine's Chromium."""
    found = browsers.find("chromium")
    if found is None or "chromium" not in present_engines:
        pytest.skip("no Chromium asked for, or none on this machine")
    with sync_playwright() as playwright:
        options = {} if found.how == "playwright" else {"executable_path": found.path}
        running = playwright.chromium.launch(args=["--no-sandbox"], **options)
        yield running
        running.close()


def test_an_unchanged_application_is_logged_in(logged_in_page: Pages, emulator: Emulator) -> None:
    emulator.seed({"conversations": [{"uniqueName": "lobby", "participants": ["alice", "bob"]}]})
    for name in ("alice", "bob"):
        page = logged_in_page(name, f"{emulator.url}/pages/driver.html", token_url="**/api/token")
        page.add_script_tag(url=f"{emulator.url}/oracle/twilio-conversations.min.js")
        assert page.evaluate(TALK, [name, f"I am {name}"]) == [name, name]
    (lobby,) = emulator.state()["conversations"]
    told = [(message["author"], message["body"]) for message in lobby["messages"]]
    assert told == [("alice", "I am alice"), ("bob", "I am bob")]


def test_an_answer_in_the_form_the_application_expects(logged_in_page: Pages, emulator: Emulator) -> None:
    page = logged_in_page(
        "alice",
        f"{emulator.url}/pages/driver.html",
        token_url="**/api/token",
        token_answer=lambda token, identity: f"{identity} {token}",
    )
    assert page.evaluate("async () => (await fetch('/api/token')).text()").startswith("alice ey")
