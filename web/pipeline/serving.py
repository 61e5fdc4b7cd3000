"""``serve``: the emulator with the playground and the released files on one origin.

The emulator is a program of its own (``python -m pyconvo.emulator``); here it is only started, watched and stopped.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import webbrowser

from pipeline.paths import DIST, NODE_MODULES, PYTHON, ROOT, WEB
from pipeline.progress import Trouble

#: Address on the server → what lies there. The official SDK is there so that the playground can show both.
SITE = {
    "/": ROOT / "index.html",
    "/web/playground": WEB / "playground",
    "/dist": DIST,
    "/oracle": NODE_MODULES / "@twilio" / "conversations" / "builds",
}


def check_port(port: int) -> None:
    """Before the long set-up: is the port free?"""
    if not 0 <= port <= 65535:
        raise Trouble(f"{port} is not a port", "choose one from 1024 to 65535")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError as error:
            raise Trouble(
                f"port {port} is only for root", "choose another: python3 build.py serve --port 8081"
            ) from error
        except OSError as error:
            remedy = f"stop the other program, or choose another: python3 build.py serve --port {port + 1}"
            raise Trouble(f"port {port} is in use by another program", remedy) from error


def serve(port: int, open_browser: bool) -> int:
    """Runs until Ctrl-C (or SIGTERM). The exit status."""
    mounts = [f"--mount={url}={where}" for url, where in SITE.items() if where.exists()]
    command = [str(PYTHON), "-m", "pyconvo.emulator", "--port", str(port), *mounts]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, encoding="utf-8")
    # Ctrl-C reaches the server too (same group of processes): it stops by itself, we only wait for it.
    signal.signal(signal.SIGTERM, lambda *_: server.terminate())
    try:
        assert server.stdout is not None
        for line in server.stdout:
            print(line, end="", flush=True)
            if open_browser and line.startswith("Ready: "):
                webbrowser.open(line.removeprefix("Ready: ").strip())
        return _ended(server.wait())
    except KeyboardInterrupt:
        try:
            server.wait(10)
        except (subprocess.TimeoutExpired, KeyboardInterrupt):
            server.kill()
            server.wait()
        print("\nStopped.", file=sys.stderr)
        return 0


def _ended(status: int) -> int:
    """A server that was told to stop has done well."""
    told = os.name == "posix" and status in (-signal.SIGTERM, -signal.SIGINT)
    return 0 if told else status
