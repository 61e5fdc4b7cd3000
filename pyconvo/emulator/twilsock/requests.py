"""The requests of a connection: each is carried out by the application, in its turn, unless a fault strikes.

The answer goes out first, what it caused after it. Not responsible for what a request does.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from pyconvo.emulator.caller import Caller
from pyconvo.emulator.conversations import origin
from pyconvo.emulator.errors import TwilioError
from pyconvo.emulator.faults import Fault
from pyconvo.emulator.refusals import reason
from pyconvo.emulator.service import Service
from pyconvo.emulator.twilsock.login import Login
from pyconvo.emulator.twilsock.tunnel import Answer, Tunnel
from pyconvo.emulator.webhooks.decisions import Decisions
from pyconvo.twilsock.packet import JSON_TYPE

if TYPE_CHECKING:
    from pyconvo.emulator.twilsock.connection import Connection

OK = {"code": 200, "status": "OK"}


class Requests:
    def __init__(self, service: Service, tunnel: Tunnel, connection: Connection, login: Login) -> None:
        self._service = service
        self._tunnel = tunnel
        self._connection = connection
        self._login = login

    async def message(self, header: dict[str, Any], body: bytes) -> None:
        """Answer one ``message`` packet."""
        http = header.get("http_request")
        if not isinstance(http, dict) or not isinstance(http.get("path"), str):
            description = "a message needs http_request with host, path and method"
            self._connection.reply(header, {"code": 400, "status": "BAD_REQUEST", "description": description})
            return
        method = str(http.get("method", "GET")).upper()
        fault = self._service.faults.take("request", self._connection.identity, method, http["path"])
        limited = self._service.rates.take(self._connection.identity or "", method, http["path"])
        if limited is not None:
            self._send(header, Answer(limited.status, reason(limited.status), {}, limited.body()))
        elif fault is None:
            await self._answer(header, body, http)
        elif fault.action == "delay":
            # Beside the others: one slow answer does not hold up the next.
            self._service.background(self._delayed(header, body, http, self._service.faults.wait(fault)))
        else:
            await self._faulty(header, body, http, fault)

    async def _answer(
        self,
        header: dict[str, Any],
        body: bytes,
        http: dict[str, Any],
        *,
        silent: bool = False,
        decisions: Decisions | None = None,
    ) -> None:
        """``silent``: cut the socket instead of answering. ``decisions``: on an earlier run of the same request."""
        service, connection = self._service, self._connection
        access = self._login.access
        begun = decisions is not None
        decisions = decisions or Decisions()
        async with service.hub.turn:
            # A dropped connection's data may be gone with it (a reset): what it asked for is lost, not done late.
            if (connection.ended and not begun) or access is None:
                return
            acting = origin.acting(origin.client(access.identity))
            with service.chats.meaning(access.service_sid):
                with service.hub.deferred() as actions, decisions.running(), acting:
                    identity, sid = access.identity, access.service_sid
                    caller = Caller(identity, self._login.user_sid, connection.id, access.claims, sid)
                    content_type = str(header.get("payload_type") or JSON_TYPE)
                    answer = await self._tunnel.request(caller, http, body, content_type)
                if decisions.asked is not None:
                    pass
                elif silent:
                    connection.drop()
                else:
                    self._send(header, answer)
                for action in actions:
                    action()
        if decisions.asked is not None:
            # Beside the others: who is asked may take seconds.
            service.background(self._decided(header, body, http, silent, decisions))

    async def _decided(
        self, header: dict[str, Any], body: bytes, http: dict[str, Any], silent: bool, decisions: Decisions
    ) -> None:
        """Once asked, it is carried out even if nobody is left to be answered, unless the data is gone meanwhile."""
        if decisions.asked is None:
            return
        asker = decisions.asked.asker
        await asker.decide(decisions)
        if not asker.closed:
            await self._answer(header, body, http, silent=silent, decisions=decisions)

    async def _delayed(self, header: dict[str, Any], body: bytes, http: dict[str, Any], delay: float) -> None:
        await asyncio.sleep(delay)
        await self._answer(header, body, http)

    async def _faulty(self, header: dict[str, Any], body: bytes, http: dict[str, Any], fault: Fault) -> None:
        """``refuse`` is the transport's own answer; ``ignore`` does nothing at all; ``drop_after`` does what was asked
        for and cuts the socket."""
        if fault.action == "respond":
            content = fault.body
            if content is None:
                content = TwilioError(fault.status, 20000 + fault.status, reason(fault.status)).body()
            self._send(header, Answer(fault.status, reason(fault.status), fault.headers or {}, content))
        elif fault.action == "refuse":
            self._connection.reply(header, fault.refusal(), fault.hint())
        elif fault.action == "drop_after":
            await self._answer(header, body, http, silent=True)
        elif fault.action == "drop":
            self._connection.drop()

    def _send(self, to: dict[str, Any], answer: Answer) -> None:
        http_status = {"code": answer.status, "status": answer.reason}
        self._connection.reply(to, OK, answer.body, http_status=http_status, http_headers=answer.headers)
