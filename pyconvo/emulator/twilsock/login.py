"""The login of a connection: ``init`` and ``update``, and the token's lifetime on the emulator's clock.

Not responsible for what makes a token valid (``auth``).
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from pyconvo.emulator import auth
from pyconvo.emulator.clock import Timer
from pyconvo.emulator.errors import TwilioError
from pyconvo.emulator.faults import Fault
from pyconvo.emulator.service import Service

if TYPE_CHECKING:
    from pyconvo.emulator.twilsock.connection import Connection

OK = {"code": 200, "status": "OK"}
IDENTITY_CHANGED = 51215
DEFAULT_PRODUCT = "ip_messaging"


class Login:
    def __init__(self, service: Service, connection: Connection) -> None:
        #: What the accepted token says; None before the login.
        self.access: auth.Access | None = None
        self.user_sid = ""
        self._token = ""
        self._service = service
        self._connection = connection
        self._timers: list[Timer] = []

    async def init(self, header: dict[str, Any]) -> None:
        """Log in, again if the connection already was."""
        service, connection = self._service, self._connection
        access: auth.Access | None = None
        refusal: TwilioError | None = None
        try:
            access = service.verify(header.get("token"))
            registrations = _registrations(header.get("registrations"))
        except TwilioError as error:
            refusal = error
        fault = service.faults.take("init", None if access is None else access.identity)
        outdated = fault is not None and fault.action == "expire"
        if not outdated and await self._struck(header, fault):
            return
        if access is None or refusal is not None:
            self._refuse(header, refusal)
            return
        async with service.hub.turn:
            if connection.ended:
                return
            service.hub.remove(connection)
            with service.hub.deferred() as actions:
                try:
                    self.user_sid = service.ensure_user(access)
                except TwilioError as error:
                    self._refuse(header, error)
                    return
                connection.identity, connection.service_sid = access.identity, access.service_sid
                connection.message_types = frozenset(name for one in registrations for name in one["message_types"])
                service.hub.add(connection)
            connection.reply(header, OK, **self._answer(header, access, registrations, outdated))
            self._accept(access, header["token"])
            for action in actions:
                action()

    async def update(self, header: dict[str, Any]) -> None:
        """Take a newer token of the same identity."""
        if await self._struck(header, self._service.faults.take("update", self._connection.identity)):
            return
        try:
            access = self._service.verify(header.get("token"))
            who = self._connection.identity, self._connection.service_sid
            if (access.identity, access.service_sid) != who:
                raise TwilioError(401, IDENTITY_CHANGED, "the new token is for another identity or another service")
        except TwilioError as error:
            self._connection.reply(header, _unauthorized(error))
            return
        self._connection.reply(header, OK)
        self._accept(access, header["token"])

    def forget(self) -> None:
        """No more warnings: the connection is over."""
        for timer in self._timers:
            timer.cancel()

    def _refuse(self, header: dict[str, Any], error: TwilioError | None) -> None:
        if error is not None:
            self._connection.reply(header, _unauthorized(error))
        self._connection.end()

    def _answer(
        self, header: dict[str, Any], access: auth.Access, registrations: list[dict[str, Any]], outdated: bool
    ) -> dict[str, Any]:
        service = self._service
        product = next((one["product"] for one in registrations), DEFAULT_PRODUCT)
        contexts = [{"notification_ctx_id": service.packet_ids.uuid()} | one for one in registrations]
        return {
            "capabilities": ["client_update", "offline_storage"],
            **service.continuation(header.get("continuation_token"), access, outdated=outdated),
            "offline_storage": {product: {"storage_id": service.storage_id(access)}},
            "init_registrations": contexts,
        }

    async def _struck(self, header: dict[str, Any], fault: Fault | None) -> bool:
        """Whether a fault took the place of the normal answer."""
        if fault is None:
            return False
        if fault.action == "delay":
            await asyncio.sleep(self._service.faults.wait(fault))
            return False
        if fault.action == "drop":
            self._connection.drop()
        elif fault.action == "respond":
            self._connection.reply(header, fault.refusal(), fault.hint())
        return True

    def _accept(self, access: auth.Access, token: str) -> None:
        service, connection = self._service, self._connection
        self._token = token
        self.access = access
        self.forget()
        # A token that is born with less than the warning time is warned of at once, not never.
        warning = max(access.expires - service.config.token_warning, service.clock.now())
        self._timers = [
            service.clock.call_at(warning, self.warn),
            service.clock.call_at(access.expires, lambda: connection.close(410)),
        ]

    def expire(self) -> None:
        """From now on the token is refused everywhere, and the connection ends as at a token's end."""
        if self._token:
            self._service.expire(self._token)
            self._connection.close(410)

    def warn(self) -> None:
        """Say that the token is about to expire."""
        left = int(self._service.config.token_warning * 1000)
        self._connection.send(
            {
                "method": "client_update",
                "id": self._service.packet_ids.sid("TM"),
                "client_update_type": "token_about_to_expire",
                "client_update_message": f"Your token is about to expire. Time left: less than {left} ms",
            }
        )


def _unauthorized(error: TwilioError) -> dict[str, Any]:
    return {"code": 401, "status": "UNAUTHORIZED", "errorCode": error.code, "description": error.message}


def _registrations(given: Any) -> list[dict[str, Any]]:
    """What the client wants to be told of, reduced to what is understood. Raises :class:`TwilioError`."""
    if given is None:
        return []
    try:
        return [
            {
                "type": str(one.get("type", "ers")),
                "product": str(one.get("product", DEFAULT_PRODUCT)),
                "message_types": [str(name) for name in one.get("message_types") or []],
            }
            for one in given
        ]
    except (AttributeError, TypeError) as error:
        raise TwilioError(400, 20001, "registrations must be a list of objects with message_types") from error
