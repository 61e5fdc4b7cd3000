"""What a page and its workers load of the runtime, as the browser tells each of them."""

from __future__ import annotations

from typing import Any

from drivers import Driver

#: Runs ``before``, a function's text, in the page and first of all in each of its workers; adds the script; when the
#: runtime is ready, gives for each of its files how many bytes came over the line. ``hasty``: milliseconds, a timer of
#: which rings at once instead.
_START = """async ([script, before, keep, hasty]) => {
  const files = {};
  const note = (entries) => {
    for (const { name, transferSize } of entries) {
      if (name.includes("/runtime/")) files[new URL(name).pathname.split("/").at(-1)] = transferSize;
    }
  };
  const told = new BroadcastChannel("loaded");
  told.onmessage = ({ data }) => note(data);
  const first = `{
    const told = new BroadcastChannel("loaded");
    const plain = ({ name, transferSize }) => ({ name, transferSize });
    const tell = (list) => told.postMessage(list.getEntries().map(plain));
    new PerformanceObserver(tell).observe({ type: "resource", buffered: true });
    (${before})();
  }`;
  const { createObjectURL } = URL;
  URL.createObjectURL = (blob) => createObjectURL.call(URL, new Blob([first, blob], { type: blob.type }));
  const { setTimeout: wait } = globalThis;
  globalThis.setTimeout = (call, delay, ...given) => wait(call, delay === hasty ? 0 : delay, ...given);
  await eval(before)();
  await new Promise((resolve, reject) => {
    const tag = Object.assign(document.createElement("script"), { src: script, onload: resolve, onerror: reject });
    tag.dataset.keep = keep;
    document.head.append(tag);
  });
  await Twilio.Conversations.runtime.ready;
  note(performance.getEntriesByType("resource"));
  return files;
}"""
NOTHING = "() => undefined"


def start(driver: Driver, script: str, before: str = NOTHING, *, keep: bool = True, hasty: int = 0) -> dict[str, int]:
    """Bytes on the wire by runtime file, until the runtime of the open page is ready."""
    found: dict[str, Any] = driver.evaluate(_START, [script, before, keep, hasty], timeout=60)
    return found
