"""The table of the REST API: every resource, for the default chat service and for one named by its sid.

Not responsible for what happens there.
"""

from __future__ import annotations

from pyconvo.emulator.rest import conversations, messages, participants, push, users, webhooks
from pyconvo.emulator.rest.call import Handler
from pyconvo.emulator.rest.router import RestRouter, below
from pyconvo.emulator.service import Service


def rest_route(service: Service) -> RestRouter:
    shared: list[tuple[str, str, Handler]] = [
        *conversations.TABLE,
        *participants.TABLE,
        *messages.TABLE,
        *users.TABLE,
        *webhooks.TABLE,
    ]
    of_service = below("/Services/{service}", [*shared, *webhooks.SERVICE_TABLE, *push.TABLE])
    return RestRouter(service, [*shared, *webhooks.ACCOUNT_TABLE, *push.CREDENTIALS, *of_service])
