"""The driver of WebKitGTK when the browser's own driver does not answer."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from drivers import webkit_gtk
from drivers.base import DriverError
from drivers.engines import Found

#: Says that it is ready, starts a "browser", and never answers the request for a session.
SILENT = """#!{python}
import pathlib, socketserver, subprocess, sys, threading
from http.server import BaseHTTPRequestHandler

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'{{"value": {{"ready": true}}}}')
    def do_POST(self):
        browser = subprocess.Popen(["sleep", "600"])
        with pathlib.Path("{started}").open("a") as file:
            print(browser.pid, file=file)
        threading.Event().wait()
    def log_message(self, *_):
        pass

socketserver.ThreadingTCPServer(("127.0.0.1", int(sys.argv[2])), Handler).serve_forever()
"""


class OnceStarted:
    """In the place of a timer: it is late as soon as another browser runs, however busy the machine is."""

    def __init__(self, started: Path, late: Callable[[], None]) -> None:
        self._started = started
        self._late = late
        self._before = self._count()
        self._over = threading.Event()

    def _count(self) -> int:
        return len(self._started.read_text().splitlines()) if self._started.exists() else 0

    def start(self) -> None:
        threading.Thread(target=self._watch, daemon=True).start()

    def cancel(self) -> None:
        self._over.set()

    def _watch(self) -> None:
        while not self._over.wait(0.05):
            if self._count() > self._before:
                self._late()
                return


def test_a_driver_that_never_answers_is_ended_with_its_browser_and_another_one_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = tmp_path / "started"
    program = tmp_path / "WebKitWebDriver"
    program.write_text(SILENT.format(python=sys.executable, started=started))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.setattr(webkit_gtk, "ATTEMPTS", 2)

    def timer(seconds: float, late: Callable[[], None]) -> OnceStarted:
        assert seconds == webkit_gtk.START_OR_END
        return OnceStarted(started, late)

    monkeypatch.setattr(webkit_gtk, "threading", SimpleNamespace(Timer=timer))
    screen = type("Screen", (), {"display": ":0"})()

    with pytest.raises(DriverError, match="WebKitGTK did not start"):
        webkit_gtk.WebKitGtkDriver(screen, Found("webkit", "/bin/false", "webdriver"))

    browsers = [int(line) for line in started.read_text().split()]
    assert len(browsers) == webkit_gtk.ATTEMPTS
    assert [pid for pid in browsers if _runs(pid)] == []


def _runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
