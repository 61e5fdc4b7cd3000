"""One script tag on a page of another origin: two people talk, under the strictest policy too."""

from __future__ import annotations

import pytest
from origins import Origin, Script

from drivers import Driver
from pyconvo.testing import Emulator

TEN_LINES = """<!doctype html>
<meta charset="utf-8">
<title>ten lines</title>
{tag}
<script nonce="ten">
  const {{ Client }} = Twilio.Conversations;
  const service = {{ emulator: "{emulator}" }};
  const token = async (who) => (await (await fetch(`${{service.emulator}}/token?identity=${{who}}`)).json()).token;
  const received = (async () => {{
    const alice = await Client.create(await token("alice"), service);
    const bob = await Client.create(await token("bob"), service);
    const invited = new Promise((resolve) => bob.on("conversationJoined", resolve));
    const heard = new Promise((resolve) => bob.on("messageAdded", resolve));
    const room = await alice.createConversation({{ friendlyName: "Tea" }});
    await room.join();
    await room.add("bob");
    await invited;
    await room.sendMessage("hello bob");
    return heard;
  }})();
</script>
"""
READ = "async () => { const m = await received; return [m.author, m.body, m.conversation.friendlyName]; }"
POLICY = (
    "default-src 'none'; script-src {script} 'nonce-ten' 'wasm-unsafe-eval'; worker-src blob:; "
    "connect-src {script} {emulator} {socket}"
)


def address(pages: Origin, script: Script, emulator: Emulator, attributes: str = "", policy: str = "") -> str:
    headers = {"Content-Security-Policy": policy} if policy else {}
    return pages.page(TEN_LINES.format(tag=script.tag(attributes), emulator=emulator.url), headers)


def test_ten_lines_on_another_origin_send_and_receive(
    driver: Driver, pages: Origin, script: Script, emulator: Emulator
) -> None:
    driver.goto(address(pages, script, emulator))
    assert driver.evaluate(READ) == ["alice", "hello bob", "Tea"]
    assert driver.evaluate("() => Twilio.Conversations.runtime.state") == "ready"


def test_the_same_without_a_worker(driver: Driver, pages: Origin, script: Script, emulator: Emulator) -> None:
    driver.goto(address(pages, script, emulator, 'data-thread="main"'))
    assert driver.evaluate(READ) == ["alice", "hello bob", "Tea"]


@pytest.mark.parametrize("thread", ["worker", "main"])
def test_works_under_a_strict_content_policy(
    driver: Driver, pages: Origin, script: Script, emulator: Emulator, thread: str
) -> None:
    policy = POLICY.format(script=script.origin.url, emulator=emulator.url, socket=emulator.url.replace("http", "ws"))
    driver.goto(address(pages, script, emulator, f'data-thread="{thread}"', policy))
    assert driver.evaluate(READ) == ["alice", "hello bob", "Tea"]


UPLOADED = """async () => {
  const { conversation } = await received;
  const heard = [];
  const file = new Blob([new Uint8Array(3_000_000)], { type: "image/png" });
  const form = new FormData();
  form.append("file", new File(["small"], "small.txt", { type: "text/plain" }));
  await conversation
    .prepareMessage()
    .addMedia({ contentType: "image/png", media: file })
    .addMedia(form)
    .onUploadProgress((progress) => heard.push(progress))
    .buildAndSend();
  const last = (index) => heard.filter((one) => one.index === index).at(-1);
  const follows = (one, before) => one.index > before.index || one.loaded >= before.loaded;
  const rising = heard.slice(1).every((one, at) => follows(one, heard[at]));
  return { first: last(0), second: last(1).loaded === last(1).total, rising, count: last(1).count };
}"""


@pytest.mark.parametrize("thread", ["worker", "main"])
def test_the_browser_tells_how_far_an_upload_is(
    driver: Driver, pages: Origin, script: Script, emulator: Emulator, thread: str
) -> None:
    driver.goto(address(pages, script, emulator, f'data-thread="{thread}"'))
    first = {"category": "media", "index": 0, "count": 2, "loaded": 3_000_000, "total": 3_000_000}
    assert driver.evaluate(UPLOADED) == {"first": first, "second": True, "rising": True, "count": 2}
