"""The emulator as a program of its own, so that it has its own core, and what the benchmark asks of it."""

from __future__ import annotations

import itertools
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

READY = "Ready: "


class ServiceError(Exception):
    """The emulator did not start, or refused; the message has its words."""


class Service:
    """``mounts``: address → folder or file that it serves beside the service."""

    def __init__(self, mounts: Mapping[str, Path]) -> None:
        self._mounts = dict(mounts)
        self._process: subprocess.Popen[str] | None = None
        self._numbers = itertools.count(1)
        self._folder = Path(tempfile.mkdtemp(prefix="pyconvo-bench-"))
        self.url = ""
        self._http = httpx.Client(timeout=180, trust_env=False)

    def __enter__(self) -> Self:
        mounts = [f"--mount={url}={path}" for url, path in self._mounts.items()]
        command = [sys.executable, "-m", "pyconvo.emulator", "--port", "0", "--seed", "1", *mounts]
        with (self._folder / "errors").open("w") as errors:
            self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True)
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.startswith(READY):
                self.url = line.removeprefix(READY).strip().rstrip("/")
                return self
        raise ServiceError(f"the emulator did not start:\n{(self._folder / 'errors').read_text()}")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    def token(self, identity: str) -> str:
        return str(self._ask("GET", f"/token?identity={identity}&ttl=80000")["token"])

    def room(self, *identities: str, messages: int = 0) -> str:
        """The sid of a new conversation of these people."""
        name = f"room-{next(self._numbers)}"
        conversation: dict[str, Any] = {"uniqueName": name, "participants": list(identities)}
        if messages:
            conversation["messages"] = {"count": messages, "author": identities[0], "prefix": "message"}
        return str(self.seed([conversation])["conversations"][name])

    def seed(self, conversations: list[dict[str, Any]]) -> Any:
        return self._ask("POST", "/emulator/seed", {"conversations": conversations})

    def flood(self, conversation: str, author: str, count: int, updates: bool) -> None:
        """Messages as fast as they can be sent; without ``updates`` the conversation itself is silent about them."""
        bodies = [f"incoming message number {number}" for number in range(count)]
        path = f"/emulator/conversations/{conversation}/messages"
        self._ask("POST", path, {"author": author, "bodies": bodies, "together": not updates})

    def subscribed(self, identity: str) -> None:
        """Returns when the service has got every subscription that the clients of ``identity`` ask for."""
        before = -1
        while True:
            connections = self._ask("GET", f"/emulator/connections?identity={identity}")["connections"]
            now = sum(one["subscriptions"] for one in connections)
            if now and now == before:
                return
            before = now
            time.sleep(0.2)

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        answer = self._http.request(method, self.url + path, json=body)
        if answer.status_code >= 400:
            raise ServiceError(f"{method} {path}: {answer.status_code} {answer.text[:500]}")
        return answer.json()
