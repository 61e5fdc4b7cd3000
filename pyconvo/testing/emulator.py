"""The emulator inside a test process, in a thread of its own, on a free port.

Not responsible for the clients under test; everything here goes through the same HTTP that other tools use.
"""

from __future__ import annotations

import contextlib
import json
from types import TracebackType
from typing import Any, Self
from urllib.error import HTTPError
from urllib.parse import quote, urlencode
from urllib.request import ProxyHandler, Request, build_opener

from pyconvo.emulator.config import EmulatorConfig
from pyconvo.emulator.server import ServerThread
from pyconvo.testing.faults import Faults

#: A proxy of the environment has no way to this machine's own ports.
_opener = build_opener(ProxyHandler({}))


class EmulatorError(Exception):
    """The emulator refused a control request; the message is its own."""


class Emulator:
    """``with Emulator() as emulator: Client(emulator.token("alice"), emulator.options)``.

    Keyword arguments are those of :class:`pyconvo.emulator.EmulatorConfig`.
    """

    def __init__(self, **config: Any) -> None:
        self._config = EmulatorConfig(**({"port": 0} | config))
        self._thread: ServerThread | None = None
        #: What can go wrong, as typed calls.
        self.faults = Faults(self.call)

    # -- life

    def start(self) -> Self:
        """Returns once it listens."""
        self._thread = ServerThread(self._config)
        self._thread.start()
        return self

    def stop(self) -> None:
        """Close it, with all connections. Harmless when repeated."""
        if self._thread is not None:
            self._thread.stop()
            self._thread = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    # -- addresses

    @property
    def url(self) -> str:
        """``http://127.0.0.1:PORT``."""
        if self._thread is None:
            raise EmulatorError("the emulator is not running: use it as a context manager, or call start()")
        return self._thread.url

    @property
    def ws_url(self) -> str:
        """The Twilsock address, for ``{"Twilsock": {"uri": …}}``."""
        return self.url.replace("http", "ws", 1) + "/v3/wsconnect"

    @property
    def options(self) -> dict[str, Any]:
        """Client options that lead here."""
        return {"emulator": self.url}

    # -- control

    def token(self, identity: str, ttl: float = 3600, service: str | None = None) -> str:
        """An access token; ``ttl`` in seconds of the emulator's clock; ``service``: another chat service (its sid)."""
        other = "" if service is None else f"&service={service}"
        return str(self.call("GET", f"/token?identity={quote(identity, safe='')}&ttl={ttl}{other}")["token"])

    def reset(self, seed: int | None = None) -> None:
        """Forget everything, connections too."""
        self.call("POST", "/emulator/reset", {} if seed is None else {"seed": seed})

    def seed(self, fixture: dict[str, Any]) -> dict[str, Any]:
        """Make users, conversations and messages; returns their sids."""
        return dict(self.call("POST", "/emulator/seed", fixture))

    def export(self) -> dict[str, Any]:
        """The whole state as one JSON document: data, sids, revisions, events, clock."""
        return dict(self.call("GET", "/emulator/export"))

    def take_over(self, state: dict[str, Any]) -> None:
        """Become what :meth:`export` gave, also that of an older version; connections are dropped."""
        self.call("POST", "/emulator/import", state)

    def state(self) -> dict[str, Any]:
        """Users, conversations with participants and messages, connections, faults: ``GET /emulator/state``."""
        return dict(self.call("GET", "/emulator/state"))

    def connections(self, identity: str | None = None) -> list[dict[str, Any]]:
        """Who is logged in (all, those of ``identity``): ``id``, ``identity``, and how many ``subscriptions`` it has.

        As in :meth:`state`, but for the same small price however much has been said.
        """
        query = "" if identity is None else f"?identity={quote(identity, safe='')}"
        return list(self.call("GET", f"/emulator/connections{query}")["connections"])

    def fault(self, **fault: Any) -> None:
        """Plan a fault by its names in ``POST /emulator/faults``; typed: ``faults``."""
        self.call("POST", "/emulator/faults", fault)

    def drop(self, identity: str | None = None, count: int | None = None) -> int:
        """Cut sockets (all, those of ``identity``, at most ``count``); how many."""
        given = {"identity": identity, "count": count}
        body = {name: value for name, value in given.items() if value is not None}
        return int(self.call("POST", "/emulator/connections/drop", body)["dropped"])

    def close(self, code: int, **more: Any) -> int:
        """Send the service's ``close`` with this code; to how many."""
        return int(self.call("POST", "/emulator/connections/close", {"code": code} | more)["closed"])

    def inbound(self, address: str, proxy_address: str, body: str | None = None, **more: Any) -> dict[str, Any]:
        """A message from a phone or mailbox; where it went: ``conversation``, ``message``, ``index``, ``participant``.

        ``more``: see ``POST /emulator/inbound``; ``autocreate=True`` makes a conversation for strangers.
        """
        return dict(self.call("POST", "/emulator/inbound", {"from": address, "to": proxy_address, "body": body} | more))

    def outbox(self, to: str | None = None, conversation: str | None = None) -> list[dict[str, Any]]:
        """What would have been sent to phones and mailboxes, oldest first."""
        query = urlencode({name: value for name, value in (("to", to), ("conversation", conversation)) if value})
        return list(self.call("GET", f"/emulator/outbox?{query}")["outbox"])

    def receipts(
        self, message: str, status: str, *, participant: str | None = None, error_code: int = 0
    ) -> list[dict[str, Any]]:
        """Say how far a message got: ``sent``, ``delivered``, ``read``, ``failed`` or ``undelivered``.

        At every phone, or at that of ``participant`` (a sid, or an address). Returns the receipts.
        """
        body = {"message": message, "status": status, "errorCode": error_code}
        body |= {} if participant is None else {"participant": participant}
        return list(self.call("POST", "/emulator/receipts", body)["receipts"])

    def deliver_every(self, seconds: float | None) -> None:
        """Let receipts advance by one status every so many seconds of the emulator's clock; ``None``: not any more."""
        self.call("POST", "/emulator/delivery", {"interval": seconds})

    def advance(self, seconds: float) -> None:
        """Move the clock forward; what falls due happens before this returns."""
        self.call("POST", "/emulator/clock", {"advance": seconds})

    def freeze(self) -> None:
        """Stop the clock; :meth:`advance` moves it."""
        self.call("POST", "/emulator/clock", {"freeze": True})

    def resume(self) -> None:
        """Let the clock run again, from where it stands."""
        self.call("POST", "/emulator/clock", {"freeze": False})

    def now(self) -> float:
        """The emulator's time, seconds since 1970."""
        return float(self.call("GET", "/emulator/clock")["now"])

    def clear_faults(self) -> None:
        """Forget the faults that have not struck yet."""
        self.call("DELETE", "/emulator/faults")

    def log(self, after: int = 0) -> list[dict[str, Any]]:
        """The packets so far, as far as they are kept (``log_size``); secrets are masked."""
        return list(self.call("GET", f"/emulator/log?after={after}")["log"])

    def recording(self) -> str:
        """The packets that are kept, as a recording for :meth:`replay`."""
        request = Request(self.url + "/emulator/recording")
        with _opener.open(request, timeout=30) as answer:
            return str(answer.read().decode())

    def replay(self, recording: str, *, attended: bool = True, pause: float = 1.0) -> None:
        """Play the server side of a recording to whoever connects from now on, until :meth:`stop_replay` or a reset.

        It goes on once the client has asked for what was asked for. ``attended``: what the recorded client had
        changed (messages it sent, say) is done again by somebody; otherwise nobody is waited for. ``pause``: the
        longest, in real seconds, to which recorded pauses are shortened.
        """
        self.call("POST", "/emulator/replay", {"recording": recording, "attended": attended, "pause": pause})

    def replay_state(self) -> dict[str, Any]:
        """``sessions``: each with ``state``, ``said`` of ``of``, ``waitsFor``, and ``differences`` of the client."""
        return dict(self.call("GET", "/emulator/replay"))

    def stop_replay(self) -> None:
        """Serve again as before :meth:`replay`."""
        self.call("DELETE", "/emulator/replay")

    def limit(self, **limits: Any) -> None:
        """Set limits: ``rates=[{"requests": 5, "seconds": 1}]``, ``participants=2``; all: ``GET /emulator/limits``."""
        self.call("POST", "/emulator/limits", limits)

    def set_role(self, role: str, permissions: list[str]) -> None:
        """Give a role (``channel user``, ``channel admin``, ``service user``, …) exactly these permissions."""
        self.call("POST", "/emulator/roles", {"role": role, "permissions": permissions})

    def webhooks(self, after: int = 0, wait: float = 10.0) -> list[dict[str, Any]]:
        """The webhooks sent so far (those after number ``after``), once nothing is on its way any more.

        Raises :class:`EmulatorError` when that takes more than ``wait`` real seconds.
        """
        path = f"/emulator/webhooks/deliveries?after={after}&wait={wait}"
        return list(self.call("GET", path, timeout=wait + 30)["deliveries"])

    def set_webhooks(self, **settings: Any) -> None:
        """The service's webhooks: ``pre`` and ``post`` (addresses), ``filters`` (event names; all), ``method``."""
        self.call("POST", "/emulator/webhooks", settings)

    def webhook_receiver(self, name: str, **answer: Any) -> str:
        """The address of a receiver inside the emulator, for tests without a server of their own.

        It answers with ``status`` (200) and ``body`` (JSON) after ``delay`` (seconds), ``times`` times (for ever).
        """
        return str(self.call("POST", "/emulator/webhooks/answers", {"name": name} | answer)["url"])

    def pushes(self, identity: str | None = None, *, withheld: bool = False) -> list[dict[str, Any]]:
        """What registered devices would have got, of ``identity`` or of everybody.

        Each has a ``payload`` as the platform delivers it, for ``client.handle_push_notification``. ``withheld``: also
        what was not sent, each with the reason. Nothing is sent before :meth:`set_notifications` enables it.
        """
        query = f"withheld={str(withheld).lower()}" + (f"&identity={quote(identity, safe='')}" if identity else "")
        return list(self.call("GET", f"/emulator/pushes?{query}")["pushes"])

    def set_notifications(self, **settings: Any) -> None:
        """Which push notifications the service sends: ``newMessage={"enabled": True}``, ``addedToConversation``, …"""
        self.call("POST", "/emulator/notifications", settings)

    def call(self, method: str, path: str, body: Any = None, *, timeout: float = 30) -> Any:
        """A request to the emulator; its JSON. Raises :class:`EmulatorError` with its words.

        ``timeout``: real seconds, after which it raises :class:`TimeoutError`.
        """
        data = None if body is None else json.dumps(body).encode()
        request = Request(self.url + path, data, {"Content-Type": "application/json"}, method=method)
        try:
            with _opener.open(request, timeout=timeout) as answer:
                return json.load(answer)
        except HTTPError as error:
            text = error.read().decode("utf-8", "replace")
            with contextlib.suppress(ValueError, KeyError, TypeError):
                text = json.loads(text)["message"]
            raise EmulatorError(f"{method} {path}: {text}") from error
