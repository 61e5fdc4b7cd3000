"""The table of the REST API: every resource, for the default chat service and for one named by its sid.

Not responsible for what happens there.
"""

from __future__ import annotations

from pyconvo.emulator.rest import (
    account,
    conversations,
    messages,
    participants,
    push,
    roles,
    services,
    users,
    webhooks,
)
from pyconvo.emulator.rest.call import Handler
from pyconvo.emulator.rest.router import RestRouter, below
from pyconvo.emulator.service import Service


def rest_route(service: Service) -> RestRouter:
    shared: list[tuple[str, str, Handler]] = [
        *conversations.TABLE,
        *participants.TABLE,
        *messages.TABLE,
        *users.TABLE,
        *roles.TABLE,
        *webhooks.TABLE,
    ]
    of_account = [*account.TABLE, *webhooks.ACCOUNT_TABLE, *push.CREDENTIALS, *services.ACCOUNT_TABLE]
    of_service = [*shared, *webhooks.SERVICE_TABLE, *push.TABLE, *services.SERVICE_TABLE]
    return RestRouter(service, [*shared, *of_account, *below("/Services/{service}", of_service)])
