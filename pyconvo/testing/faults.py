"""The emulator's faults as typed calls: ``emulator.faults.lose_notifications(identity="bob")``.

Each plans something that then happens ``times`` times (``None``: until it is taken back), after ``skip`` that pass,
at every ``every``-th, with ``probability``; all of it repeatable under the emulator's ``seed``. Delays are in real
seconds, since a client's patience is. Not responsible for carrying anything out (the emulator does).
"""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Any, Literal, Self, TypedDict, Unpack

Direction = Literal["up", "down", "both"]
Malformed = Literal[
    "bad_magic", "bad_version", "bad_header", "truncated", "truncated_payload", "wrong_length", "bad_payload",
    "text_frame", "empty", "unknown_method", "no_status",
]  # fmt: skip


class When(TypedDict, total=False):
    """How often a fault strikes: see the module."""

    times: int | None
    skip: int
    every: int
    probability: float


class Planned:
    """A fault that has been planned. As a context manager it is taken back at the end of the block."""

    def __init__(self, call: Callable[..., Any], number: int) -> None:
        self._call = call
        self.id = number

    @property
    def struck(self) -> int:
        """How often it has struck so far."""
        listed = self._call("GET", "/emulator/faults")
        return next((int(one["struck"]) for one in listed["faults"] + listed["spent"] if one["id"] == self.id), 0)

    def remove(self) -> None:
        """Take it back; harmless when it is spent."""
        self._call("DELETE", f"/emulator/faults/{self.id}")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.remove()


class Faults:
    """``identity`` None: everybody's. ``path``: a regular expression searched in the path; None: every path."""

    def __init__(self, call: Callable[..., Any]) -> None:
        self._call = call

    def plan(self, on: str, action: str, **fields: Any) -> Planned:
        """Any fault, by the names of ``POST /emulator/faults``; what is None is left out, but for ``times``."""
        given = {name: value for name, value in fields.items() if value is not None or name == "times"}
        answer = self._call("POST", "/emulator/faults", {"on": on, "action": action} | given)
        return Planned(self._call, int(answer["id"]))

    def list(self) -> list[dict[str, Any]]:
        """Those that are planned and not spent."""
        return list(self._call("GET", "/emulator/faults")["faults"])

    def clear(self) -> None:
        """Take all of them back."""
        self._call("DELETE", "/emulator/faults")

    # -- notifications: ``event`` is searched in the event type, such as ``list_item_added``, or the message type

    def lose_notifications(
        self, identity: str | None = None, event: str | None = None, **when: Unpack[When]
    ) -> Planned:
        """They never reach the client, as if the line had swallowed them."""
        return self.plan("notification", "lose", identity=identity, path=event, **when)

    def duplicate_notifications(
        self, identity: str | None = None, event: str | None = None, *, copies: int = 2, **when: Unpack[When]
    ) -> Planned:
        """Each arrives ``copies`` times."""
        return self.plan("notification", "duplicate", identity=identity, path=event, copies=copies, **when)

    def reorder_notifications(
        self,
        identity: str | None = None,
        event: str | None = None,
        *,
        by: int = 1,
        patience: float = 5.0,
        **when: Unpack[When],
    ) -> Planned:
        """Each is held back until ``by`` others have overtaken it, for ``patience`` seconds at most."""
        return self.plan("notification", "reorder", identity=identity, path=event, by=by, delay=patience, **when)

    def delay_notifications(
        self,
        seconds: float,
        identity: str | None = None,
        event: str | None = None,
        *,
        jitter: float = 0.0,
        **when: Unpack[When],
    ) -> Planned:
        """Each comes so much later; others overtake it."""
        return self.plan("notification", "delay", identity=identity, path=event, delay=seconds, jitter=jitter, **when)

    # -- requests through a socket

    def answer_requests(
        self,
        status: int,
        path: str | None = None,
        *,
        method: str | None = None,
        identity: str | None = None,
        body: Any = None,
        headers: dict[str, str] | None = None,
        **when: Unpack[When],
    ) -> Planned:
        """The service behind the socket answers with ``status`` instead of doing what was asked for."""
        more = {"method": method, "path": path, "body": body, "headers": headers}
        return self.plan("request", "respond", status=status, identity=identity, **more, **when)

    def refuse_requests(
        self,
        status: int = 429,
        path: str | None = None,
        *,
        method: str | None = None,
        identity: str | None = None,
        backoff_ms: float | None = None,
        **when: Unpack[When],
    ) -> Planned:
        """The transport itself refuses; ``backoff_ms`` is its hint when to come back."""
        more = {"method": method, "path": path, "backoff_ms": backoff_ms}
        return self.plan("request", "refuse", status=status, identity=identity, **more, **when)

    def delay_requests(
        self,
        seconds: float,
        path: str | None = None,
        *,
        method: str | None = None,
        identity: str | None = None,
        jitter: float = 0.0,
        **when: Unpack[When],
    ) -> Planned:
        """Others are answered meanwhile."""
        more = {"method": method, "path": path, "delay": seconds, "jitter": jitter}
        return self.plan("request", "delay", identity=identity, **more, **when)

    def ignore_requests(
        self, path: str | None = None, *, method: str | None = None, identity: str | None = None, **when: Unpack[When]
    ) -> Planned:
        """They are never carried out nor answered."""
        return self.plan("request", "ignore", identity=identity, method=method, path=path, **when)

    def cut_requests(
        self,
        path: str | None = None,
        *,
        after: bool = False,
        method: str | None = None,
        identity: str | None = None,
        **when: Unpack[When],
    ) -> Planned:
        """The socket breaks when one comes; ``after``: once it was carried out, before it is answered."""
        action = "drop_after" if after else "drop"
        return self.plan("request", action, identity=identity, method=method, path=path, **when)

    # -- opening a socket, logging in, renewing a token

    def refuse_sockets(self, status: int = 503, **when: Unpack[When]) -> Planned:
        """No socket opens."""
        return self.plan("connect", "respond", status=status, **when)

    def ignore_sockets(self, **when: Unpack[When]) -> Planned:
        """A socket that is being opened hears nothing."""
        return self.plan("connect", "ignore", **when)

    def refuse_logins(
        self,
        status: int,
        identity: str | None = None,
        *,
        error_code: int | None = None,
        backoff_ms: float | None = None,
        **when: Unpack[When],
    ) -> Planned:
        """Who logs in is refused; ``backoff_ms`` is the hint when to come back, ``error_code`` Twilio's own number."""
        body = None if error_code is None else {"errorCode": error_code}
        return self.plan("init", "respond", status=status, identity=identity, body=body, backoff_ms=backoff_ms, **when)

    def ignore_logins(self, identity: str | None = None, **when: Unpack[When]) -> Planned:
        """Nobody is answered who logs in."""
        return self.plan("init", "ignore", identity=identity, **when)

    def cut_logins(self, identity: str | None = None, **when: Unpack[When]) -> Planned:
        """The socket breaks when somebody logs in."""
        return self.plan("init", "drop", identity=identity, **when)

    def expire_continuation(self, identity: str | None = None, **when: Unpack[When]) -> Planned:
        """The continuation token of the next login has expired: the service issues another."""
        return self.plan("init", "expire", identity=identity, **when)

    def refuse_updates(
        self, status: int, identity: str | None = None, *, backoff_ms: float | None = None, **when: Unpack[When]
    ) -> Planned:
        """A newer token is refused."""
        return self.plan("update", "respond", status=status, identity=identity, backoff_ms=backoff_ms, **when)

    def ignore_updates(self, identity: str | None = None, **when: Unpack[When]) -> Planned:
        """A newer token is not answered."""
        return self.plan("update", "ignore", identity=identity, **when)

    # -- the line

    def latency(
        self,
        seconds: float,
        *,
        jitter: float = 0.0,
        direction: Direction = "both",
        identity: str | None = None,
        **when: Unpack[When],
    ) -> Planned:
        """Every packet takes so long, and up to ``jitter`` longer, each way of ``direction``, in order."""
        more = {"delay": seconds, "jitter": jitter, "direction": direction}
        return self.plan("network", "delay", identity=identity, **more, **when)

    def drop_after(
        self,
        packets: int,
        *,
        direction: Direction = "both",
        identity: str | None = None,
        method: str | None = None,
    ) -> Planned:
        """Cut the socket on which a packet passes after so many have passed."""
        return self.plan("packet", "drop", skip=packets, direction=direction, identity=identity, method=method)

    def malform_packets(
        self,
        how: Malformed,
        *,
        method: str | None = None,
        identity: str | None = None,
        extra: bool = False,
        **when: Unpack[When],
    ) -> Planned:
        """Break packets on their way to the client; ``extra``: a broken copy goes out before the right one."""
        return self.plan("packet", "malform", how=how, method=method, identity=identity, extra=extra, **when)

    # -- media, and other requests outside of sockets

    def answer_media(
        self, status: int, path: str | None = None, *, method: str | None = None, **when: Unpack[When]
    ) -> Planned:
        """The media service answers with ``status`` instead of doing what was asked for."""
        return self.plan("media", "respond", status=status, method=method, path=path, **when)

    def cut_upload(self, offset: int, path: str | None = None, **when: Unpack[When]) -> Planned:
        """Cut the line once more than ``offset`` bytes of a medium have come in."""
        return self.plan("media", "cut", offset=offset, direction="up", method="POST", path=path, **when)

    def cut_download(self, offset: int, path: str | None = "media-content", **when: Unpack[When]) -> Planned:
        """Cut the line after ``offset`` bytes of a medium have gone out."""
        return self.plan("media", "cut", offset=offset, direction="down", method="GET", path=path, **when)

    def answer_http(
        self,
        status: int,
        path: str | None = None,
        *,
        method: str | None = None,
        body: Any = None,
        headers: dict[str, str] | None = None,
        **when: Unpack[When],
    ) -> Planned:
        """Any direct request, such as those of server-side libraries, is answered with ``status``."""
        more = {"method": method, "path": path, "body": body, "headers": headers}
        return self.plan("http", "respond", status=status, **more, **when)

    # -- now

    def expire_tokens(self, identity: str | None = None) -> int:
        """The tokens of the connected clients expire now: ``close`` 410, and 20104 if used again. How many."""
        return int(self._now("expire", identity)["expired"])

    def warn_of_expiry(self, identity: str | None = None) -> int:
        """Say now that the tokens are about to expire. To how many."""
        return int(self._now("warn", identity)["warned"])

    def send_malformed(self, how: Malformed, identity: str | None = None) -> int:
        """A broken packet now, beside the real ones. To how many."""
        return int(self._now("malform", identity, how=how)["sent"])

    def _now(self, what: str, identity: str | None, **more: Any) -> Any:
        body = more if identity is None else more | {"identity": identity}
        return self._call("POST", f"/emulator/connections/{what}", body)
