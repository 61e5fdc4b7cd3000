"""The inspector at ``/emulator/``: two clients talk, and a person watches and meddles."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import Future

import pytest

from drivers import Driver
from pyconvo import Client, Conversation
from pyconvo.testing import Emulator

PACKETS = "packet-log .packets > li"
UNTIL = """async ([selector, text]) => {
    const end = Date.now() + 15000;
    for (;;) {
        const found = [...document.querySelectorAll(selector)].filter((one) => one.getClientRects().length > 0);
        if (found.some((one) => one.textContent.includes(text))) return found.length;
        if (Date.now() > end) throw new Error(`no ${selector} with "${text}": ${document.body.innerText}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
}"""
EVERY = """([selector, attribute]) =>
    [...new Set([...document.querySelectorAll(selector)].map((one) => one.getAttribute(attribute)))]"""
CHOOSE = """([selector, value]) => {
    const field = document.querySelector(selector);
    field.value = value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
}"""
NAMELESS = """() => [...document.querySelectorAll('button, input, select, a, [role=region], [tabindex="0"]')]
    .filter((one) => one.getClientRects().length > 0)
    .filter((one) => {
        const words = one.labels?.length ? one.labels[0].textContent : one.textContent;
        return !(one.getAttribute("aria-label") || words.trim());
    })
    .map((one) => one.outerHTML.slice(0, 120))"""


class Talk:
    """Alice and bob in a loop of their own, since the drivers of browsers are not asynchronous.

    Carol is in no conversation: once she is connected, she asks for nothing more.
    """

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self._begun: Future[Conversation] = Future()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._talk()))
        self._thread.start()
        self.room = self._begun.result(30)

    async def _talk(self) -> None:
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        try:
            async with self._client("alice") as alice, self._client("bob"), self._client("carol"):
                room = await alice.create_conversation(friendly_name="Night train")
                await room.join()
                await room.add("bob")
                self._begun.set_result(room)
                await self._end.wait()
        except BaseException as error:
            if self._begun.done():
                raise
            self._begun.set_exception(error)

    def _client(self, name: str) -> Client:
        return Client(self._emulator.token(name), self._emulator.options)

    def say(self, text: str) -> None:
        asyncio.run_coroutine_threadsafe(self.room.send_message(text), self._loop).result(30)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(30)


@pytest.fixture
def talk(emulator: Emulator) -> Iterator[Talk]:
    talk = Talk(emulator)
    yield talk
    talk.close()


class Page:
    def __init__(self, driver: Driver, emulator: Emulator) -> None:
        self.driver = driver
        driver.goto(f"{emulator.url}/emulator/")
        self.see("#link", "live")

    def see(self, selector: str, text: str = "") -> int:
        return int(self.driver.evaluate(UNTIL, [selector, text]))

    def choose(self, part: str, value: str) -> None:
        self.driver.evaluate(CHOOSE, [f"[data-part={part}]", value])

    def every(self, attribute: str) -> list[str]:
        return list(self.driver.evaluate(EVERY, [PACKETS, attribute]))


def test_people_and_packets_are_seen_and_filtered(driver: Driver, emulator: Emulator, talk: Talk) -> None:
    page = Page(driver, emulator)
    for name in ("alice", "bob"):
        page.see(f"client-list [data-identity={name}]", name)
    page.see("conversation-list li", "Night train")
    talk.say("it leaves at 21:40")
    driver.click("conversation-list summary")
    page.see("conversation-list li li", "alice: it leaves at 21:40")
    page.see("conversation-list li li", "bob · channel user")

    driver.fill("[data-part=text]", "Leaves at 21:40")
    page.see(PACKETS, "POST /Client/v2/Services/")
    page.choose("direction", "s>c")
    page.see(PACKETS, "list_item_added")
    assert page.every("data-dir") == ["s>c"]
    page.choose("identity", "bob")
    assert page.every("data-identity") == ["bob"]
    driver.click(f"{PACKETS} summary")
    page.see(f"{PACKETS} pre", '"author": "alice"')

    driver.click("[data-part=pause]")
    page.see("[data-part=count]", "1 shown of")
    talk.say("it leaves at 21:40, really")
    page.see("[data-part=count]", "more since")
    driver.click("[data-part=pause]")
    page.see("[data-part=count]", "2 shown of")
    page.choose("text", "nobody says this")
    assert page.every("data-dir") == []


def test_faults_and_the_clock(driver: Driver, emulator: Emulator, talk: Talk) -> None:
    emulator.freeze()
    page = Page(driver, emulator)
    page.see("clock-panel", "frozen")
    before = emulator.now()
    page.choose("seconds", "90")
    driver.click("[data-part=advance]")
    page.see("#told", "90 s forward")
    assert emulator.now() == before + 90
    driver.click("[data-part=freeze]")
    page.see("[data-part=freeze]", "Freeze")

    page.see("client-list li", "bob")
    page.driver.evaluate("() => { document.querySelector('[data-part=who]').value = 'bob'; }")
    driver.click("[data-part=drop]")
    page.see("#told", "Sockets cut: 1.")
    page.see(PACKETS, "socket ended")
    ended = [one for one in emulator.call("GET", "/emulator/log?sockets=true")["log"] if one["dir"] == "end"]
    assert [one["identity"] for one in ended] == ["bob"]

    # Not for bob: he reconnects, and his next request would meet the fault.
    page.see("client-list li", "carol")
    page.driver.evaluate("() => { document.querySelector('[data-part=who]').value = 'carol'; }")
    driver.click("[data-part=refuse-500]")
    page.see("[data-part=planned] li", "request respond 500 for carol")
    (fault,) = emulator.faults.list()
    assert (fault["on"], fault["action"], fault["status"], fault["identity"]) == ("request", "respond", 500, "carol")
    driver.click("fault-panel [data-part=clear]")
    page.see("[data-part=planned] li", "None is planned.")
    assert emulator.faults.list() == []


def test_what_was_sent_on_a_phone(driver: Driver, emulator: Emulator) -> None:
    driver.resize(390, 844)
    emulator.set_webhooks(post=emulator.webhook_receiver("app"), filters=["onConversationAdded"])
    phone = {"address": "+15550001111", "proxyAddress": "+15552223333"}
    emulator.seed({"conversations": [{"friendlyName": "Sale", "participants": ["alice"]}]})
    emulator.inbound(phone["address"], phone["proxyAddress"], "hello?", autocreate=True)
    emulator.call("POST", f"/emulator/conversations/{emulator.state()['conversations'][-1]['sid']}/messages", {
        "author": "alice", "bodies": ["we are open"],
    })  # fmt: skip
    page = Page(driver, emulator)
    page.see("[data-part=outbox] li", "+15550001111: we are open")
    page.see("[data-part=webhooks] li", "onConversationAdded (post-event) · delivered")
    page.see("[data-part=pushes] li", "No device")
    sideways = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert driver.evaluate(sideways) == 0
    assert driver.evaluate(NAMELESS) == []
