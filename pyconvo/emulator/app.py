"""The emulator as an ASGI application: all doors on one service.

Not responsible for listening on a port (``server``).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

from pyconvo.emulator.channel_control import ChannelControl
from pyconvo.emulator.clock import drive
from pyconvo.emulator.config import EmulatorConfig
from pyconvo.emulator.control import Control
from pyconvo.emulator.conversations.model import Conversations
from pyconvo.emulator.conversations.push.control import PushControl
from pyconvo.emulator.conversations.routes import routes as conversation_routes
from pyconvo.emulator.errors import TwilioError
from pyconvo.emulator.faults.door import Door
from pyconvo.emulator.gate import Gate, origins
from pyconvo.emulator.json_body import JSONResponse
from pyconvo.emulator.refusals import refuse, worded
from pyconvo.emulator.replay.control import ReplayControl
from pyconvo.emulator.rest.routes import rest_route
from pyconvo.emulator.routing import Endpoint, Endpoints, Shaped
from pyconvo.emulator.rules_control import RulesControl
from pyconvo.emulator.service import Service
from pyconvo.emulator.static import static
from pyconvo.emulator.sync.routes import SyncRoutes
from pyconvo.emulator.sync.subscriptions import Subscriptions
from pyconvo.emulator.twilsock.connection import Connection
from pyconvo.emulator.twilsock.tunnel import Tunnel
from pyconvo.emulator.webhooks.control import HookControl

LONGEST_TTL = 86_400.0
INSPECTOR = Path(__file__).parent / "inspector"


class Doors(NamedTuple):
    """The routes of one chat service's domain, for who sends an answer and for who takes one."""

    model: Conversations
    router: Shaped
    endpoints: Endpoints


class ClientApi:
    """The Conversations routes of the chat service that is meant; a reset makes new domain objects."""

    def __init__(self, service: Service) -> None:
        self._service = service
        #: By the service's sid: one each, for the handlers hold the domain that they are of.
        self._made: dict[str, Doors] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._doors().router(scope, receive, send)

    def find(self, scope: Scope) -> Endpoint | None:
        """The function that would answer."""
        return self._doors().endpoints.find(scope)

    def _doors(self) -> Doors:
        model = self._service.conversations
        sid = model.settings.service_sid
        made = self._made.get(sid)
        if made is None or made.model is not model:
            routes = conversation_routes(model)
            made = self._made[sid] = Doors(model, Shaped(routes, default=not_found), Endpoints(routes))
        return made


async def not_found(scope: Scope, receive: Receive, send: Send) -> None:
    text = f"{scope['path']} is not an address of this service"
    await refuse(TwilioError(404, 20404, text))(scope, receive, send)


async def http_error(request: Request, error: Exception) -> Response:
    """No such address, or not with this method: in the form of every other refusal."""
    return refuse(worded(error, request.scope))


async def welcome(request: Request) -> Response:
    """What a person sees who opens the address in a browser, unless something is mounted there."""
    return PlainTextResponse(
        "pyconvo emulator: Twilio Conversations on this machine, for development and tests only.\n"
        "Everybody who can reach it can log in as anybody. Never open it to a network.\n\n"
        f"Twilsock:  ws://{request.url.netloc}/v3/wsconnect\n"
        f"Inspector: http://{request.url.netloc}/emulator/\n"
        f"Token:     http://{request.url.netloc}/token?identity=alice\n"
        f"State:     http://{request.url.netloc}/emulator/state\n"
        f"Packets:   http://{request.url.netloc}/emulator/log\n"
    )


def token_route(service: Service) -> Route:
    """``/token?identity=alice&ttl=3600``: what an application's own server would give its page."""

    async def token(request: Request) -> Response:
        identity = request.query_params.get("identity", "")
        if not identity:
            raise TwilioError(400, 20001, "say for whom: /token?identity=alice")
        try:
            seconds = float(request.query_params.get("ttl", "3600"))
        except ValueError:
            seconds = -1.0
        if not 0 < seconds <= LONGEST_TTL:
            raise TwilioError(400, 20001, "ttl must be a number of seconds, up to 86400")
        return JSONResponse({"token": service.token(identity, seconds), "identity": identity, "ttl": int(seconds)})

    return Route("/token", token)


async def to_inspector(request: Request) -> Response:
    return RedirectResponse("/emulator/")


def create_app(config: EmulatorConfig | None = None) -> Starlette:
    """The whole emulator; ``app.state.service`` is the service behind it, ``app.state.tunnel`` its sockets' way in."""
    service = Service(config or EmulatorConfig())

    async def socket(websocket: WebSocket) -> None:
        if service.player is not None:
            await service.player.play(websocket)
        else:
            await Connection(service, tunnel, websocket).run()

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        clock = asyncio.create_task(drive(service.clock, service.hub.turn))
        try:
            yield
        finally:
            clock.cancel()
            for one in list(service.sockets.values()):
                one.drop()
            await service.close()

    api = ClientApi(service)
    sync = [
        *SyncRoutes(lambda: service.store, lambda: service.chats.current.sid).routes(),
        *Subscriptions(lambda: service.store, service.hub).routes(),
    ]
    routes: list[BaseRoute] = [
        WebSocketRoute("/v3/wsconnect", socket),
        token_route(service),
        *Control(service).routes(),
        Route("/emulator", to_inspector),
        static("/emulator/", str(INSPECTOR / "index.html")),
        static("/emulator/inspector", str(INSPECTOR)),
        *ReplayControl(service).routes(),
        *RulesControl(service).routes(),
        rest_route(service),
        *HookControl(lambda: service.webhooks).routes(),
        *PushControl(lambda: service.conversations.push).routes(),
        *ChannelControl(service).routes(),
        *sync,
        Mount("/Client", _restored(api)),
        Mount("/v1/Instances", _restored(api)),
        Mount("/v1/Services", _restored(api)),
        Route("/v1/registrations{rest:path}", api),
        Mount("/media-content", _restored(api)),
        *([] if any(prefix.strip("/") == "" for prefix, _ in service.config.mounts) else [Route("/", welcome)]),
        *(static(prefix, path) for prefix, path in sorted(service.config.mounts, key=lambda mount: -len(mount[0]))),
    ]
    app = Starlette(
        exception_handlers={HTTPException: http_error},
        middleware=[
            Middleware(
                CORSMiddleware,
                allow_origin_regex=origins(service.config.open_hosts),
                allow_methods=["*"],
                allow_headers=["*"],
            ),
            Middleware(Door, faults=service.faults, cut=service.peers.cut),
            Middleware(Gate, service=service),
        ],
    )
    app.router = Shaped(routes, lifespan=lifespan)
    app.state.service = service
    app.state.tunnel = tunnel = Tunnel(app, _shortcut(service, Endpoints(sync), api))
    return app


def _shortcut(service: Service, sync: Endpoints, api: ClientApi) -> Callable[[Scope], Endpoint | None]:
    """Finds the function for a request that came through a socket. What stands in front of it is there for the others:
    the peer's host, a page's origin, a token. Faults may strike anybody.
    """

    def find(scope: Scope) -> Endpoint | None:
        if service.faults:
            return None
        if scope["path"].startswith(("/v3/", "/v4/")):
            return sync.find(scope)
        return api.find(scope) if scope["path"].startswith("/Client/") else None

    return find


def _restored(app: ASGIApp) -> ASGIApp:
    """Undo a mount's change of root: the domain's routes are written with whole paths."""

    async def call(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, "root_path": ""}, receive, send)

    return call
