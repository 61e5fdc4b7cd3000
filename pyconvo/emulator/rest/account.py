"""The account's configuration and its address configurations.

Not responsible for any rule (``emulator.account``).
"""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from pyconvo.emulator.account.addresses import CREATIONS, TYPES, Address
from pyconvo.emulator.account.configuration import Configuration
from pyconvo.emulator.conversations.errors import Code
from pyconvo.emulator.json_body import JSONResponse
from pyconvo.emulator.rest.call import Call, Handler
from pyconvo.emulator.rest.paging import SMALLER, page
from pyconvo.emulator.rest.serializers import moment

# -- configuration -----------------------------------------------------------------------------------------------------


def configuration(call: Call) -> Response:
    return JSONResponse(_configuration(call, call.service.account.configuration.get()))


def update_configuration(call: Call) -> Response:
    form = call.form
    names = {"DefaultChatServiceSid": "chat_service_sid", "DefaultMessagingServiceSid": "messaging_service_sid"}
    changes: dict[str, Any] = {name: value for name, value in form.renamed(names).items() if value}
    if "DefaultInactiveTimer" in form:
        changes["timer_inactive"] = form.duration("DefaultInactiveTimer", Code.INACTIVE_TIMER_FORMAT)
    if "DefaultClosedTimer" in form:
        changes["timer_closed"] = form.duration("DefaultClosedTimer", Code.CLOSED_TIMER_FORMAT)
    return JSONResponse(_configuration(call, call.service.account.configuration.update(changes)))


def _configuration(call: Call, found: Configuration) -> dict[str, Any]:
    service = f"{call.root}/Services/{found.chat_service_sid}/Configuration"
    return {
        **call.account,
        "default_chat_service_sid": found.chat_service_sid,
        "default_messaging_service_sid": found.messaging_service_sid,
        "default_inactive_timer": _duration(found.timer_inactive),
        "default_closed_timer": _duration(found.timer_closed),
        "url": f"{call.root}/Configuration",
        "links": {"service": service, "webhooks": f"{call.root}/Configuration/Webhooks"},
    }


def _duration(seconds: float | None) -> str | None:
    """In ISO 8601, as Java writes durations: hours, minutes, seconds."""
    if seconds is None:
        return None
    hours, rest = divmod(int(seconds), 3_600)
    minutes, rest = divmod(rest, 60)
    return "PT" + "".join(f"{amount}{unit}" for amount, unit in ((hours, "H"), (minutes, "M"), (rest, "S")) if amount)


# -- addresses ---------------------------------------------------------------------------------------------------------


def create_address(call: Call) -> Response:
    form = call.form
    made = call.service.account.addresses.create(
        form.required("Type"),
        form.required("Address"),
        friendly_name=form.text("FriendlyName"),
        country=form.text("AddressCountry") or None,
        automatic=_automatic(call),
    )
    return JSONResponse(_address(call, made), 201)


def addresses(call: Call) -> Response:
    found = call.service.account.addresses.all(call.query.choice("Type", TYPES))
    return page(
        call, "address_configurations", found, lambda one: _address(call, one), sid=lambda one: one.sid, largest=SMALLER
    )


def address(call: Call) -> Response:
    return JSONResponse(_address(call, call.service.account.addresses.get(call.path["sid"])))


def update_address(call: Call) -> Response:
    changes = call.form.renamed({"FriendlyName": "friendly_name"})
    found = call.service.account.addresses.update(call.path["sid"], changes, _automatic(call))
    return JSONResponse(_address(call, found))


def remove_address(call: Call) -> Response:
    call.service.account.addresses.remove(call.path["sid"])
    return Response(status_code=204)


def _automatic(call: Call) -> dict[str, Any]:
    form = call.form
    given: dict[str, Any] = {
        "enabled": form.boolean("AutoCreation.Enabled"),
        "type": form.choice("AutoCreation.Type", CREATIONS),
        "conversation_service_sid": form.text("AutoCreation.ConversationServiceSid"),
        "webhook_url": form.text("AutoCreation.WebhookUrl"),
        "webhook_method": form.text("AutoCreation.WebhookMethod"),
        "webhook_filters": form.list("AutoCreation.WebhookFilters") or None,
        "studio_flow_sid": form.text("AutoCreation.StudioFlowSid"),
        "studio_retry_count": form.integer("AutoCreation.StudioRetryCount"),
    }
    return {name: value for name, value in given.items() if value is not None}


def _address(call: Call, found: Address) -> dict[str, Any]:
    return {
        **call.account,
        "sid": found.sid,
        "type": found.type,
        "address": found.address,
        "friendly_name": found.friendly_name,
        "address_country": found.address_country,
        "auto_creation": found.automatic,
        "date_created": moment(found.date_created),
        "date_updated": moment(found.date_updated),
        "url": f"{call.root}/Configuration/Addresses/{found.sid}",
    }


TABLE: list[tuple[str, str, Handler]] = [
    ("GET", "/Configuration", configuration),
    ("POST", "/Configuration", update_configuration),
    ("POST", "/Configuration/Addresses", create_address),
    ("GET", "/Configuration/Addresses", addresses),
    ("GET", "/Configuration/Addresses/{sid}", address),
    ("POST", "/Configuration/Addresses/{sid}", update_address),
    ("DELETE", "/Configuration/Addresses/{sid}", remove_address),
]
