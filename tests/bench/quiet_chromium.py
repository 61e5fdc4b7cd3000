"""Chromium for measurements: its DevTools are asked for what is wanted here, and for nothing else.

Playwright listens to the network. Then Chromium tells it of every WebSocket frame and keeps a copy of every response:
both SDKs get about half as many messages through, a bare socket a third. No user's browser does that.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import re
import shutil
import subprocess
import tempfile
import threading
import time
import urllib.request
from collections import deque
from concurrent.futures import Future
from pathlib import Path
from typing import IO, Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from drivers import DriverError, Found
from drivers.playwright_driver import CHROMIUM_ARGUMENTS

#: Seconds for what the browser does without any page.
PATIENCE = 30.0
#: A browser that has just started makes its own windows ready, for most of a second on one core (the list below its
#: address bar is a page). It is at rest when its processes have used no more than ``REST`` seconds of CPU in ``LOOK``.
REST, LOOK = 0.02, 0.25


class QuietChromium:
    """One page in a browser of its own, with a fresh profile unless there is one: ``profile``, a folder."""

    engine = "chromium"

    def __init__(self, found: Found, profile: Path | None = None) -> None:
        self._stack = contextlib.ExitStack()
        self._numbers = itertools.count(1)
        #: Names of the events that the browser told of last.
        self.heard: deque[str] = deque(maxlen=1000)
        try:
            folder = profile or Path(tempfile.mkdtemp(prefix="pyconvo-bench-chromium-"))
            if profile is None:
                self._stack.callback(shutil.rmtree, folder, ignore_errors=True)
            port = self._launch(found.path, folder)
            _come_to_rest(port)
            # Not compressed, and of any size.
            self._socket = self._stack.enter_context(connect(_page(port), compression=None, max_size=None))
            self.devtools("Page.enable")
        except BaseException:
            self._stack.close()
            raise

    def goto(self, url: str) -> None:
        """Returns after the page's ``load`` event."""
        self._command("Page.navigate", {"url": url}, PATIENCE, until="Page.loadEventFired")

    def evaluate(self, source: str, argument: Any = None, timeout: float = 60) -> Any:
        """As :meth:`drivers.Driver.evaluate`."""
        call = f"({source})({json.dumps(argument)})"
        options = {"expression": call, "awaitPromise": True, "returnByValue": True}
        answer = self._command("Runtime.evaluate", options, timeout)
        if (problem := answer.get("exceptionDetails")) is not None:
            raise DriverError(str(problem.get("exception", {}).get("description") or problem.get("text")))
        return answer["result"].get("value")

    def devtools(self, method: str, **parameters: Any) -> dict[str, Any]:
        """A command of Chromium's DevTools protocol to this page."""
        return self._command(method, parameters, PATIENCE)

    def close(self) -> None:
        self._stack.close()

    def _launch(self, path: str, folder: Path) -> int:
        command = [path, "--headless", *CHROMIUM_ARGUMENTS, "--remote-debugging-port=0", f"--user-data-dir={folder}"]
        process = subprocess.Popen([*command, "about:blank"], stderr=subprocess.PIPE, text=True)
        self._stack.callback(_end, process)
        assert process.stderr is not None
        port: Future[int] = Future()
        threading.Thread(target=_listen, args=(process.stderr, port), daemon=True).start()
        try:
            return port.result(PATIENCE)
        except TimeoutError:
            raise DriverError(f"{path}: no DevTools in {PATIENCE:g} s") from None

    def _command(
        self, method: str, parameters: dict[str, Any], timeout: float, until: str | None = None
    ) -> dict[str, Any]:
        """``until``: an event that must have come as well."""
        number = next(self._numbers)
        self._socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        end = time.monotonic() + timeout
        answer: dict[str, Any] | None = None
        while answer is None or until is not None:
            try:
                told = json.loads(self._socket.recv(max(0, end - time.monotonic())))
            except TimeoutError:
                raise DriverError(f"{method}: no answer in {timeout:g} s") from None
            except ConnectionClosed as error:
                raise DriverError(f"{method}: the page is gone ({error})") from error
            if told.get("id") == number:
                if "error" in told:
                    raise DriverError(f"{method}: {told['error'].get('message')}")
                answer = told["result"]
            elif "method" in told:
                self.heard.append(told["method"])
                if told["method"] == until:
                    until = None
        return answer


def _listen(errors: IO[str], port: Future[int]) -> None:
    """Reads to the end, or what the browser says later would fill the pipe; the port of its DevTools is in there."""
    line = ""
    for line in errors:
        told = re.search(r"listening on ws://[^:/]+:(\d+)/", line)
        if told is not None and not port.done():
            port.set_result(int(told[1]))
    if not port.done():
        port.set_exception(DriverError(f"the browser has ended: {line.strip()}"))


def _come_to_rest(port: int) -> None:
    """Return when the browser has nothing to do any more: no page of a user's comes in its first second."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/json/version", timeout=PATIENCE) as answer:
        address = json.load(answer)["webSocketDebuggerUrl"]
    end = time.monotonic() + PATIENCE
    with connect(address, compression=None, max_size=None) as socket:
        before = float("-inf")
        while time.monotonic() < end:
            socket.send('{"id":1,"method":"SystemInfo.getProcessInfo"}')
            told = json.loads(socket.recv(PATIENCE))
            used = sum(process["cpuTime"] for process in told["result"]["processInfo"])
            if used - before <= REST:
                return
            before = used
            time.sleep(LOOK)
    raise DriverError(f"the browser is busy for {PATIENCE:g} s without any page")


def _page(port: int) -> str:
    """The address of the first page's DevTools."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/json", timeout=PATIENCE) as answer:
            for target in json.load(answer):
                if target["type"] == "page":
                    return str(target["webSocketDebuggerUrl"])
        time.sleep(0.05)
    raise DriverError("the browser has no page")


def _end(process: subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
