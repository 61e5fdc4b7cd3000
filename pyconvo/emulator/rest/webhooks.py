"""The webhook resources: configuration of account and service, and a conversation's own.

Not responsible for the rules (``webhooks.settings``), nor for authentication (the gate).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from pyconvo.emulator.conversations.errors import Code, refusal
from pyconvo.emulator.service import Service
from pyconvo.emulator.webhooks.records import ACCOUNT, HookSettings, ScopedHook
from pyconvo.emulator.webhooks.settings import MOST_PER_CONVERSATION, HookRules


def webhook_routes(service: Service) -> list[Route]:
    resources = WebhookResources(service)
    routes = [
        Route("/v1/Configuration/Webhooks", resources.fetch_account, methods=["GET"]),
        Route("/v1/Configuration/Webhooks", resources.update_account, methods=["POST"]),
        Route("/v1/Services/{service}/Configuration/Webhooks", resources.fetch_service, methods=["GET"]),
        Route("/v1/Services/{service}/Configuration/Webhooks", resources.update_service, methods=["POST"]),
    ]
    for base in ("/v1", "/v1/Services/{service}"):
        hooks = f"{base}/Conversations/{{conversation}}/Webhooks"
        routes += [
            Route(hooks, resources.list, methods=["GET"]),
            Route(hooks, resources.create, methods=["POST"]),
            Route(f"{hooks}/{{sid}}", resources.fetch, methods=["GET"]),
            Route(f"{hooks}/{{sid}}", resources.update, methods=["POST"]),
            Route(f"{hooks}/{{sid}}", resources.remove, methods=["DELETE"]),
        ]
    return routes


class WebhookResources:
    def __init__(self, service: Service) -> None:
        self._service = service

    # -- of the account and of a service

    async def fetch_account(self, request: Request) -> Response:
        return JSONResponse(self._account(self._rules.get(ACCOUNT)))

    async def update_account(self, request: Request) -> Response:
        changes = _settings(await request.form())
        return JSONResponse(self._account(self._rules.update(ACCOUNT, changes)))

    async def fetch_service(self, request: Request) -> Response:
        return JSONResponse(self._of_service(self._rules.get(self._known_service(request))))

    async def update_service(self, request: Request) -> Response:
        scope = self._known_service(request)
        changes = _settings(await request.form())
        return JSONResponse(self._of_service(self._rules.update(scope, changes)))

    # -- of a conversation

    async def list(self, request: Request) -> Response:
        """All at once: there are never more than five."""
        sid, show = self._conversation(request)
        url = self._url(request.url.path)
        # As the service's own: pages are counted, also where there is one.
        here = f"{url}?PageSize={_page_size(request)}&Page=0"
        found = self._rules.of(sid)[: _page_size(request)]
        meta = {
            "page": 0,
            "page_size": _page_size(request),
            "first_page_url": here,
            "previous_page_url": None,
            "url": here,
            "next_page_url": None,
            "key": "webhooks",
        }
        return JSONResponse({"meta": meta, "webhooks": [show(hook) for hook in found]})

    async def create(self, request: Request) -> Response:
        sid, show = self._conversation(request)
        form = await request.form()
        made = self._rules.create(sid, _scoped(form) | {"target": form.get("Target")})
        self._service.webhooks.replay(made)
        return JSONResponse(show(made), status_code=201)

    async def fetch(self, request: Request) -> Response:
        sid, show = self._conversation(request)
        return JSONResponse(show(self._rules.find(sid, request.path_params["sid"])))

    async def update(self, request: Request) -> Response:
        sid, show = self._conversation(request)
        return JSONResponse(show(self._rules.change(sid, request.path_params["sid"], _scoped(await request.form()))))

    async def remove(self, request: Request) -> Response:
        sid, _ = self._conversation(request)
        self._rules.remove(sid, request.path_params["sid"])
        return Response(status_code=204)

    # -- shared

    @property
    def _rules(self) -> HookRules:
        return self._service.webhooks.rules

    def _url(self, path: str) -> str:
        return self._service.config.url + path

    def _known_service(self, request: Request) -> str:
        sid = str(request.path_params["service"])
        if sid != self._service.config.service_sid:
            raise refusal(Code.NOT_FOUND, f"service {sid}")
        return sid

    def _conversation(self, request: Request) -> tuple[str, Callable[[ScopedHook], dict[str, Any]]]:
        """The sid of the conversation meant, and how to show its webhooks under the address that was used."""
        base = "/v1"
        ids: dict[str, str] = {}
        if "service" in request.path_params:
            ids = {"chat_service_sid": self._known_service(request)}
            base = f"/v1/Services/{ids['chat_service_sid']}"
        found = self._service.conversations.conversations.get(request.path_params["conversation"])

        def show(hook: ScopedHook) -> dict[str, Any]:
            return {
                "account_sid": self._service.conversations.settings.account_sid,
                **ids,
                "conversation_sid": hook.conversation_sid,
                "sid": hook.sid,
                "target": hook.target,
                "configuration": _configuration(hook),
                "date_created": hook.date_created,
                "date_updated": hook.date_updated,
                "url": self._url(f"{base}/Conversations/{hook.conversation_sid}/Webhooks/{hook.sid}"),
            }

        return found.sid, show

    def _account(self, found: HookSettings) -> dict[str, Any]:
        url = self._url("/v1/Configuration/Webhooks")
        return self._settings(found) | {"target": found.target, "url": url}

    def _of_service(self, found: HookSettings) -> dict[str, Any]:
        url = self._url(f"/v1/Services/{found.scope}/Configuration/Webhooks")
        return self._settings(found) | {"chat_service_sid": found.scope, "url": url}

    def _settings(self, found: HookSettings) -> dict[str, Any]:
        return {
            "account_sid": self._service.conversations.settings.account_sid,
            "pre_webhook_url": found.pre_url,
            "post_webhook_url": found.post_url,
            "method": found.method,
            "filters": found.names,
        }


def _settings(form: FormData) -> dict[str, Any]:
    """What is to be changed, by the rules' names."""
    names = {"PreWebhookUrl": "pre_webhook_url", "PostWebhookUrl": "post_webhook_url", "Method": "method"}
    changes: dict[str, Any] = {ours: form[theirs] for theirs, ours in names.items() if theirs in form}
    if "Target" in form:
        changes["target"] = form["Target"]
    if "Filters" in form:
        changes["filters"] = _list(form, "Filters")
    return changes


def _scoped(form: FormData) -> dict[str, Any]:
    names = {"Url": "url", "Method": "method", "FlowSid": "flow_sid"}
    changes: dict[str, Any] = {
        ours: form[f"Configuration.{theirs}"] for theirs, ours in names.items() if f"Configuration.{theirs}" in form
    }
    for theirs, ours in (("Filters", "filters"), ("Triggers", "triggers")):
        if f"Configuration.{theirs}" in form:
            changes[ours] = _list(form, f"Configuration.{theirs}")
    after = form.get("Configuration.ReplayAfter")
    if after is not None:
        text = str(after)
        changes["replay_after"] = int(text) if text.isascii() and text.isdigit() else text
    return changes


def _list(form: FormData, name: str) -> list[str]:
    """Every value given; an empty one alone stands for none."""
    values = [str(value) for value in form.getlist(name)]
    return [] if values == [""] else values


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


def _page_size(request: Request) -> int:
    text = request.query_params.get("PageSize", "")
    size = int(text) if text.isascii() and text.isdigit() else 50
    return max(MOST_PER_CONVERSATION, min(size, 100))
