"""Takes the page's operations, runs them on the client, and reports back.

One bridge serves one page with any number of clients. Not responsible for handles and state (``session``) nor for
the form of values (``codec``).
"""

from __future__ import annotations

import asyncio
import gc
import inspect
import itertools
import json
import logging
from collections.abc import Callable
from functools import cache, partial
from typing import Any, Protocol

from pyconvo.bridge.codec import decode, encode_error
from pyconvo.bridge.exercise import exercise
from pyconvo.bridge.outbox import Outbox
from pyconvo.bridge.page_storage import PageStorage
from pyconvo.bridge.prepared import PREPARED
from pyconvo.bridge.session import Entry, Session
from pyconvo.bridge.surface import ClassSpec, surface
from pyconvo.errors import ArgumentError, ConversationsError, TransportUnavailableError
from pyconvo.hosts.base import Host
from pyconvo.validation import UNDEFINED

logger = logging.getLogger("pyconvo.bridge")


class ClientFactory(Protocol):
    def __call__(self, token: str, options: dict[str, Any] | None, *, host: Host) -> Any:
        """Make a client that starts to connect; may raise :class:`ArgumentError`."""


def _make_client(token: str, options: dict[str, Any] | None, *, host: Host) -> Any:
    # Imported late: the table and the codec are usable without the model.
    from pyconvo.client import Client

    return Client(token, options, host=host)


class Bridge:
    """The worker's end. ``post`` is called with JSON text, never from inside :meth:`receive`."""

    def __init__(self, post: Callable[[str], None], host: Host, make_client: ClientFactory = _make_client) -> None:
        self._host = host
        self._make_client = make_client
        self._outbox = Outbox(post, host, self._flush_sessions)
        self._handles = itertools.count(1)
        self._sessions: dict[int, Session] = {}
        self._calls: dict[int, asyncio.Task[None]] = {}

    def receive(self, text: str) -> None:
        """Carry out one message of the page. An operation that makes no sense is logged and skipped."""
        for operation in json.loads(text):
            try:
                self._operate(operation)
            except Exception:
                logger.exception("an operation of the page failed: %s", operation.get("op"))

    def close(self) -> None:
        """Stop listening, forget every object, cancel calls under way. Clients are not shut down by this."""
        for task in list(self._calls.values()):
            task.cancel()
        for session in self._sessions.values():
            session.close()
        self._sessions.clear()

    def put(self, operation: dict[str, Any]) -> None:
        """Send the page something that no call of it asked for."""
        self._outbox.put(operation)

    def exercise(self, done: Callable[[], Any]) -> None:
        """Run much of the interpreter in the pauses of the next seconds, then call ``done``; see ``exercise``."""
        exercise(self._host, done)

    def handle_count(self) -> int:
        """How many objects the page holds (for leak tests)."""
        return sum(len(session) for session in self._sessions.values())

    def _operate(self, operation: dict[str, Any]) -> None:
        match operation["op"]:
            case "new":
                self._new(operation["handle"], operation["user"], operation["args"], operation.get("stored"))
            case "call":
                self._start(operation)
            case "cancel":
                if (running := self._calls.get(operation["id"])) is not None:
                    running.cancel()
            case "release":
                self._release(operation["handles"])
            case unknown:
                logger.warning("the page asked for %r, which does not exist", unknown)

    def _new(self, handle: int, user: int, args: list[Any], stored: dict[str, str] | None) -> None:
        token, options = (decode(value, self._resolve) for value in args)
        if isinstance(options, dict):
            options.pop("sessionStorage", None)
            if stored is not None:
                options["sessionStorage"] = PageStorage(stored, self.put)
        try:
            client = self._make_client(token, None if options is UNDEFINED else options, host=self._host)
        except Exception as error:
            if not isinstance(error, ConversationsError):
                logger.exception("a client could not be made")
            problem = encode_error(error, lambda *_: 0)
            self._outbox.put({"op": "failed", "target": handle, "error": problem})
            return
        session = Session(handle, self._outbox, self._handles)
        self._sessions[handle] = session
        session.adopt(client.user, surface()["User"], user)
        session.adopt(client, surface()["Client"], handle)

    def _start(self, operation: dict[str, Any]) -> None:
        """Look everything up now (a release may follow in the same message), run the call as a task."""
        call: int = operation["id"]
        session = self._sessions.get(operation["client"])
        try:
            entry = None if session is None else session.find(operation["target"])
            if session is None or entry is None or (target := entry.target) is None:
                raise _forgotten()
            args = [decode(value, self._resolve) for value in operation["args"]]
        except Exception as error:
            # Whatever it is: the page waits for an answer.
            if not isinstance(error, ConversationsError):
                logger.exception("a call of %s cannot be understood", operation["method"])
            self._refuse(session, call, error)
            return
        progress = partial(session.progress, call) if operation.get("progress") else None
        work = self._call(session, call, entry, target, operation["method"], args, progress)
        task = self._calls[call] = asyncio.ensure_future(work)
        task.add_done_callback(lambda _: self._calls.pop(call, None))

    async def _call(
        self,
        session: Session,
        call: int,
        entry: Entry,
        target: object,
        method: str,
        args: list[Any],
        progress: Callable[[Any], None] | None,
    ) -> None:
        try:
            try:
                value = await self._invoke(target, entry.spec, method, args, progress)
            finally:
                if method == "shutdown" and entry.handle == session.handle:
                    session.weaken()
            session.answer(call, value)
        except asyncio.CancelledError:
            session.answer_error(call, ConversationsError("Promise was cancelled"))
        except Exception as error:
            if not isinstance(error, ConversationsError):
                logger.exception("%s failed", method)
            session.answer_error(call, error)

    async def _invoke(
        self, target: object, spec: ClassSpec, method: str, args: list[Any], progress: Callable[[Any], None] | None
    ) -> Any:
        if (prepared := PREPARED.get(spec.name, {}).get(method)) is not None:
            return await prepared(target, *args, **({} if progress is None else {"progress": progress}))
        if method not in spec.methods:
            raise ArgumentError(f"{spec.name} has no method {method}")
        function = getattr(target, spec.methods[method])
        # By name, so that an ``undefined`` in the middle leaves Python's default in force.
        kind: Any = type(target)
        names = _parameters(kind, spec.methods[method])
        result = function(**{name: arg for name, arg in zip(names, args, strict=False) if arg is not UNDEFINED})
        value = await result if inspect.isawaitable(result) else result
        return UNDEFINED if method in spec.void else value

    def _refuse(self, session: Session | None, call: int, error: BaseException) -> None:
        if session is not None:
            session.answer_error(call, error)
        else:
            self._outbox.put({"op": "answer", "id": call, "error": encode_error(error, lambda *_: 0)})

    def _resolve(self, handle: int) -> object:
        for session in self._sessions.values():
            entry: Entry | None = session.find(handle)
            if entry is not None and (target := entry.target) is not None:
                return target
        raise _forgotten()

    def _release(self, handles: list[list[int]]) -> None:
        gone = []
        clients = False
        for handle, seen in handles:
            sessions = [session for session in self._sessions.values() if handle in session]
            if all(session.release(handle, seen) for session in sessions):
                gone.append(handle)
                if (client := self._sessions.pop(handle, None)) is not None:
                    client.close()
                    clients = True
        if clients:
            # A client and all that it has heard refer to each other. By itself Python would look for such circles only
            # when some dozens of clients have gone, and memory that wasm once has it never gives back.
            self._host.call_at_pause(gc.collect)
        if gone:
            self._outbox.put({"op": "gone", "handles": gone})

    def _flush_sessions(self) -> None:
        for session in self._sessions.values():
            session.flush()


@cache
def _parameters(kind: type, method: str) -> tuple[str, ...]:
    return tuple(inspect.signature(getattr(kind, method)).parameters)[1:]


def _forgotten() -> TransportUnavailableError:
    """After ``shutdown`` objects are forgotten; to the page that is one more request without a connection."""
    return TransportUnavailableError("Unable to connect: Connection is not initialized")
