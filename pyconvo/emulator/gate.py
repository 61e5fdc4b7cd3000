"""The gate in front of every direct request: which host is meant, from which page, who calls, one at a time.

A tunnelled request has passed its own gate (the connection's login) and only has its errors rendered here.
Not responsible for what a request does.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pyconvo.emulator.caller import SCOPE_KEY, Caller
from pyconvo.emulator.conversations import origin
from pyconvo.emulator.errors import TwilioError
from pyconvo.emulator.refusals import refuse, worded
from pyconvo.emulator.rest.authentication import authenticate, is_rest
from pyconvo.emulator.service import Service
from pyconvo.emulator.webhooks.decisions import Decisions

logger = logging.getLogger("pyconvo.emulator")

LOOPBACK = {"127.0.0.1", "localhost", "::1"}
#: Paths of the client's API, for which a direct request must carry a token, and of the REST API for servers.
CLIENT_API = ("/Client/", "/v3/", "/v4/", "/v1/")
#: Paths that change or read the service's data: they take turns with the tunnelled requests.
SERVICE = (*CLIENT_API, "/emulator/", "/token", "/media-content/")
#: Of the media service, whose requests may be large.
MEDIA = re.compile(r"/v1/Services/[^/]+/Media(Set)?(/|$)")
#: Of those, what must not wait for its turn: receivers of webhooks, and who waits for webhooks to be delivered.
OUT_OF_TURN = ("/emulator/hooks/", "/emulator/webhooks/deliveries", "/emulator/inspector/")
#: The page of the inspector: a file, which has no part in the service's order either.
INSPECTOR = "/emulator/"
LARGEST_BODY = 64 * 1024 * 1024
#: A whole state, with its media.
IMPORT = "/emulator/import"
LARGEST_IMPORT = 1024 * 1024 * 1024
#: A whole medium, and what a form adds to it.
LARGEST_UPLOAD = 151 * 1024 * 1024


class Gate:
    def __init__(self, app: ASGIApp, service: Service) -> None:
        self._app = app
        self._service = service
        self._origins = re.compile(origins(service.config.open_hosts))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._guarded(scope, receive, send)
            return
        refusal = _beyond_clients(scope["path"]) if SCOPE_KEY in scope else self._refused(scope)
        if refusal is not None:
            await refuse(refusal)(scope, receive, send)
        elif (
            SCOPE_KEY in scope
            or scope["type"] == "websocket"
            or not scope["path"].startswith(SERVICE)
            or scope["path"].startswith(OUT_OF_TURN)
            or scope["path"] == INSPECTOR
        ):
            await self._guarded(scope, receive, send)
        else:
            await self._in_turn(scope, receive, send)

    def _refused(self, scope: Scope) -> TwilioError | None:
        """Why a direct request, or a socket that is to be opened, is not for us."""
        if not self._known_host(scope):
            text = "This emulator is for this machine only; address it as 127.0.0.1 or localhost"
            return TwilioError(403, 20403, text)
        if not scope["path"].startswith(SERVICE) or self._known_origin(scope):
            return None
        text = "Pages of other machines may not use this emulator; serve the page from localhost, or use --allow-host"
        if scope["type"] == "websocket":
            # A browser does not tell its page why a socket was refused.
            logger.warning("a socket was refused: %s", text)
        return TwilioError(403, 20403, text)

    def _known_host(self, scope: Scope) -> bool:
        host = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"host"), "")
        name = host.rpartition(":")[0] if ":" in host and not host.endswith("]") else host
        return name.strip("[]") in LOOPBACK or name in self._service.config.open_hosts

    def _known_origin(self, scope: Scope) -> bool:
        """Any page of the web can send a plain POST to this machine, and open sockets; only local ones are obeyed."""
        origin = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"origin"), None)
        return origin is None or self._origins.fullmatch(origin) is not None

    async def _in_turn(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The body is read before the turn and the answer sent after it: a slow peer must not stop the others."""
        hub = self._service.hub
        try:
            body = await _whole(receive, _largest(scope["path"]))
            self._rate(scope)
        except TwilioError as error:
            await refuse(error)(scope, receive, send)
            return
        if body is None:
            return
        answer: list[Message] = []

        async def collect(message: Message) -> None:
            answer.append(message)

        decisions = Decisions()
        while True:
            answer.clear()
            async with hub.turn:
                with hub.deferred() as actions, decisions.running():
                    await self._handed_on(dict(scope), _replayed(body, receive), collect)
                for action in actions:
                    action()
            if decisions.asked is None:
                break
            await decisions.asked.asker.decide(decisions)
        for message in answer:
            await send(message)

    async def _handed_on(self, scope: Scope, receive: Receive, send: Send) -> None:
        """To the application, with whoever calls entered in the scope."""
        try:
            if is_rest(scope["path"]):
                authenticate(Request(scope).headers.get("authorization"), self._service.config.secret)
            elif scope["path"].startswith(CLIENT_API) and scope["method"] != "OPTIONS":
                scope[SCOPE_KEY] = self._caller(scope)
            meant = self._meant(scope)
        except TwilioError as error:
            answer = refuse(error)
            if error.status == 401 and is_rest(scope["path"]):
                answer.headers["WWW-Authenticate"] = 'Basic realm="Twilio API"'
            await answer(scope, receive, send)
            return
        with origin.acting(_origin(scope)), self._service.chats.meaning(meant):
            await self._guarded(scope, receive, send)

    def _meant(self, scope: Scope) -> str | None:
        """The chat service that a direct request is for; the REST API finds its own in the path.

        Raises:
            TwilioError: 404/20404 for one that there is not.
        """
        if SCOPE_KEY in scope:
            caller: Caller = scope[SCOPE_KEY]
            return caller.service_sid
        if is_rest(scope["path"]):
            return None
        sid = Request(scope).query_params.get("service")
        return None if sid is None else self._service.chats.get(sid).sid

    def _rate(self, scope: Scope) -> None:
        """Raises Twilio's 429 when the caller has asked too often. The control plane may always be used."""
        if not scope["path"].startswith(CLIENT_API) or scope["method"] == "OPTIONS":
            return
        try:
            caller = self._service.verify(Request(scope).headers.get("x-twilio-token")).identity
        except TwilioError:
            caller = ""
        limited = self._service.rates.take(caller, scope["method"], scope["path"])
        if limited is not None:
            raise limited

    def _caller(self, scope: Scope) -> Caller:
        service = self._service
        access = service.verify(Request(scope).headers.get("x-twilio-token"))
        return Caller(access.identity, service.ensure_user(access), None, access.claims, access.service_sid)

    async def _guarded(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Errors become JSON; what nobody foresaw becomes a 500 and a line in the log, never a dead connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def watch(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, watch)
        except Exception as error:
            refusal = refuse(worded(error, scope))
            if started and refusal.status_code >= 500:
                raise
            await refusal(scope, receive, send)


def origins(open_hosts: Iterable[str]) -> str:
    """A regular expression for the origins of pages that may use the emulator."""
    hosts = (re.escape(f"[{name}]" if ":" in name else name) for name in sorted({*LOOPBACK, *open_hosts}))
    # Of a page in a sandboxed frame of whatever site, too: for whoever asks for it.
    opaque = "|null" if "null" in open_hosts else ""
    return rf"https?://({'|'.join(hosts)})(:\d+)?{opaque}"


def _beyond_clients(path: str) -> TwilioError | None:
    """Why a request through a client's socket is not for clients. Some of what else there is would wait for others,
    who wait for the turn that the request has.
    """
    if is_rest(path):
        return TwilioError(403, 20403, "A client's token does not open the REST API")
    return None if path.startswith(CLIENT_API) else TwilioError(404, 20404, f"{path} is not an address for clients")


def _replayed(body: bytes, receive: Receive) -> Receive:
    """The body once; who asks on waits for the caller's going, as some kinds of answers do."""
    rest = iter([body])

    async def replay() -> Message:
        for whole in rest:
            return {"type": "http.request", "body": whole, "more_body": False}
        return await receive()

    return replay


def _origin(scope: Scope) -> origin.Origin:
    """Who is behind a direct request: a client, or a program on a server."""
    if SCOPE_KEY in scope:
        return origin.client(scope[SCOPE_KEY].identity)
    asked_for = Request(scope).headers.get("x-twilio-webhook-enabled", "")
    return origin.api(webhooks=asked_for.lower() == "true")


def _largest(path: str) -> int:
    if path == IMPORT:
        return LARGEST_IMPORT
    return LARGEST_UPLOAD if MEDIA.match(path) else LARGEST_BODY


async def _whole(receive: Receive, largest: int) -> bytes | None:
    """A request's body; None when the peer has gone before its end."""
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        chunks.append(message.get("body", b""))
        size += len(chunks[-1])
        if size > largest:
            raise TwilioError(413, 20001, f"The request body is larger than {largest} bytes")
        if not message.get("more_body"):
            return b"".join(chunks)
