"""The webhook resources: configuration of account and service, and a conversation's own.

Not responsible for the rules (``webhooks.settings``), nor for authentication (the gate).
"""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from pyconvo.emulator.conversations.errors import Code
from pyconvo.emulator.json_body import JSONResponse
from pyconvo.emulator.rest.call import Call, Handler
from pyconvo.emulator.rest.forms import Parameters
from pyconvo.emulator.rest.paging import page
from pyconvo.emulator.rest.serializers import moment
from pyconvo.emulator.webhooks.records import ACCOUNT, HookSettings, ScopedHook

# -- of the account and of a service -----------------------------------------------------------------------------------


def account(call: Call) -> Response:
    return JSONResponse(_account(call, call.webhooks.rules.get(ACCOUNT)))


def update_account(call: Call) -> Response:
    return JSONResponse(_account(call, call.webhooks.rules.update(ACCOUNT, _settings(call.form))))


def service(call: Call) -> Response:
    return JSONResponse(_of_service(call, call.webhooks.rules.get(call.model.settings.service_sid)))


def update_service(call: Call) -> Response:
    made = call.webhooks.rules.update(call.model.settings.service_sid, _settings(call.form))
    return JSONResponse(_of_service(call, made))


def _account(call: Call, found: HookSettings) -> dict[str, Any]:
    url = f"{call.root}/Configuration/Webhooks"
    return {**call.account, **_described(found), "target": found.target, "url": url}


def _of_service(call: Call, found: HookSettings) -> dict[str, Any]:
    return {**call.owner, **_described(found), "url": f"{call.base}/Configuration/Webhooks"}


def _described(found: HookSettings) -> dict[str, Any]:
    return {
        "pre_webhook_url": found.pre_url,
        "post_webhook_url": found.post_url,
        "method": found.method,
        "filters": found.names,
    }


def _settings(form: Parameters) -> dict[str, Any]:
    """What is to be changed, by the rules' names."""
    changes: dict[str, Any] = form.renamed(
        {
            "PreWebhookUrl": "pre_webhook_url",
            "PostWebhookUrl": "post_webhook_url",
            "Method": "method",
            "Target": "target",
        }
    )
    if "Filters" in form:
        changes["filters"] = form.list("Filters")
    return changes


# -- of a conversation -------------------------------------------------------------------------------------------------


def every(call: Call) -> Response:
    found = call.webhooks.rules.of(_conversation(call))
    return page(call, "webhooks", found, lambda one: _scoped(call, one), sid=lambda one: one.sid)


def create(call: Call) -> Response:
    made = call.webhooks.rules.create(_conversation(call), _given(call.form) | {"target": call.form.text("Target")})
    call.webhooks.replay(made)
    return JSONResponse(_scoped(call, made), 201)


def fetch(call: Call) -> Response:
    return JSONResponse(_scoped(call, call.webhooks.rules.find(_conversation(call), call.path["sid"])))


def update(call: Call) -> Response:
    changed = call.webhooks.rules.change(_conversation(call), call.path["sid"], _given(call.form))
    return JSONResponse(_scoped(call, changed))


def remove(call: Call) -> Response:
    call.webhooks.rules.remove(_conversation(call), call.path["sid"])
    return Response(status_code=204)


def _conversation(call: Call) -> str:
    return call.model.conversations.get(call.path["conversation"]).sid


def _given(form: Parameters) -> dict[str, Any]:
    names = {"Url": "url", "Method": "method", "FlowSid": "flow_sid"}
    changes: dict[str, Any] = form.renamed({f"Configuration.{theirs}": ours for theirs, ours in names.items()})
    for theirs, ours in (("Filters", "filters"), ("Triggers", "triggers")):
        if f"Configuration.{theirs}" in form:
            changes[ours] = form.list(f"Configuration.{theirs}")
    after = form.integer("Configuration.ReplayAfter", Code.WEBHOOK_FORMAT)
    return changes if after is None else {**changes, "replay_after": after}


def _scoped(call: Call, found: ScopedHook) -> dict[str, Any]:
    return {
        **call.inner,
        "conversation_sid": found.conversation_sid,
        "sid": found.sid,
        "target": found.target,
        "configuration": _configuration(found),
        "date_created": moment(found.date_created),
        "date_updated": moment(found.date_updated),
        "url": f"{call.base}/Conversations/{found.conversation_sid}/Webhooks/{found.sid}",
    }


def _configuration(hook: ScopedHook) -> dict[str, Any]:
    """What its target makes use of."""
    if hook.target == "studio":
        shown: dict[str, Any] = {"flow_sid": hook.flow_sid}
        if hook.names:
            shown["filters"] = hook.names
    else:
        shown = {"url": hook.url, "method": hook.method.lower()}
        shown |= {"triggers": hook.words} if hook.target == "trigger" else {"filters": hook.names}
    if hook.replay_after is not None:
        shown["replay_after"] = hook.replay_after
    return shown


_WEBHOOKS = "/Conversations/{conversation}/Webhooks"
TABLE: list[tuple[str, str, Handler]] = [
    ("POST", _WEBHOOKS, create),
    ("GET", _WEBHOOKS, every),
    ("GET", f"{_WEBHOOKS}/{{sid}}", fetch),
    ("POST", f"{_WEBHOOKS}/{{sid}}", update),
    ("DELETE", f"{_WEBHOOKS}/{{sid}}", remove),
]
#: Of the account, and of a service that is named.
ACCOUNT_TABLE: list[tuple[str, str, Handler]] = [
    ("GET", "/Configuration/Webhooks", account),
    ("POST", "/Configuration/Webhooks", update_account),
]
SERVICE_TABLE: list[tuple[str, str, Handler]] = [
    ("GET", "/Configuration/Webhooks", service),
    ("POST", "/Configuration/Webhooks", update_service),
]
