"""The client REST calls: from an HTTP request to one command of the model and back.

Not responsible for: rules (the model), addresses (``routes``), rendering errors and finding the caller
(the application).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import Response

from pyconvo.emulator.caller import SCOPE_KEY
from pyconvo.emulator.conversations import resources
from pyconvo.emulator.conversations.errors import Code, refusal
from pyconvo.emulator.conversations.model import Conversations
from pyconvo.emulator.conversations.records import Conversation, Participant, User
from pyconvo.emulator.json_body import JSONResponse, read
from pyconvo.emulator.query import whole

Handler = Callable[[Request], Awaitable[Response]]
#: What a new message may be made of.
_SENT = ("body", "attributes", "subject", "media_sids", "content_sid", "content_variables")
_TEMPLATES_PAGE = 100


class Handlers:
    """One method per call. ``_mutate`` gives each command its transaction and answers repeated ones."""

    def __init__(self, model: Conversations) -> None:
        self._model = model
        self._resources = model.resources

    # -- start-up --------------------------------------------------------------------------------------------------

    async def configuration(self, request: Request) -> Response:
        return JSONResponse(self._resources.configuration(self._model.ensure_user(_caller(request))))

    async def content_templates(self, request: Request) -> Response:
        after, size = _page_asked_for(request, _TEMPLATES_PAGE)
        found, following = self._model.content.page(after=after, size=size)
        token = None if following is None else str(following)
        entries = [self._resources.content_template(one) for one in found]
        return JSONResponse(resources.page("templates", entries, next_token=token))

    # -- conversations ---------------------------------------------------------------------------------------------

    async def create_conversation(self, request: Request) -> Response:
        body = await read(request)
        given: dict[str, Any] = {key: body.get(key) for key in ("friendly_name", "unique_name", "attributes", "access")}

        def create(actor: str) -> dict[str, Any]:
            return self._conversation(actor, self._model.conversations.create(actor, **given))

        return self._mutate(request, create, status=201)

    async def get_conversation(self, request: Request) -> Response:
        actor = _caller(request)
        return JSONResponse(self._conversation(actor, self._model.conversations.read(actor, _key(request))))

    async def update_conversation(self, request: Request) -> Response:
        changes = _only(await read(request), "friendly_name", "unique_name", "attributes")

        def update(actor: str) -> dict[str, Any]:
            return self._conversation(actor, self._model.conversations.update(actor, _key(request), changes))

        return self._mutate(request, update)

    async def delete_conversation(self, request: Request) -> Response:
        return self._mutate(request, lambda actor: self._model.conversations.delete(actor, _key(request)))

    # -- participants ----------------------------------------------------------------------------------------------

    async def add_participant(self, request: Request) -> Response:
        body = await read(request)
        binding, attributes = body.get("messaging_binding"), body.get("attributes")

        def add(actor: str) -> dict[str, Any]:
            people, key = self._model.participants, _key(request)
            if binding is None:
                found = people.add(actor, key, body.get("identity"), attributes=attributes)
            else:
                found = people.add_non_chat(actor, key, binding, attributes=attributes)
            return self._resources.participant(found)

        return self._mutate(request, add, status=201)

    async def get_participant(self, request: Request) -> Response:
        conversation = self._model.conversations.read(_caller(request), _key(request))
        found = self._model.participants.get(conversation.sid, request.path_params["participant"])
        return JSONResponse(self._resources.participant(found))

    async def update_participant(self, request: Request) -> Response:
        changes = _only(await read(request), "attributes")

        def update(actor: str) -> dict[str, Any]:
            who = request.path_params["participant"]
            return self._resources.participant(self._model.participants.update(actor, _key(request), who, changes))

        return self._mutate(request, update)

    async def remove_participant(self, request: Request) -> Response:
        who = request.path_params["participant"]
        return self._mutate(request, lambda actor: self._model.participants.remove(actor, _key(request), who))

    # -- messages --------------------------------------------------------------------------------------------------

    async def send_message(self, request: Request) -> Response:
        body = await read(request)
        given: dict[str, Any] = {key: body.get(key) for key in _SENT}

        def send(actor: str) -> dict[str, Any]:
            return self._resources.message(self._model.messages.send(actor, _key(request), **given))

        return self._mutate(request, send, status=201)

    async def get_message(self, request: Request) -> Response:
        found = self._model.messages.read(_caller(request), _key(request), request.path_params["message"])
        return JSONResponse(self._resources.message(found))

    async def edit_message(self, request: Request) -> Response:
        changes = _only(await read(request), "body", "attributes")

        def edit(actor: str) -> dict[str, Any]:
            sid = request.path_params["message"]
            return self._resources.message(self._model.messages.edit(actor, _key(request), sid, changes))

        return self._mutate(request, edit)

    async def remove_message(self, request: Request) -> Response:
        sid = request.path_params["message"]
        return self._mutate(request, lambda actor: self._model.messages.remove(actor, _key(request), sid))

    # -- users -----------------------------------------------------------------------------------------------------

    async def get_user(self, request: Request) -> Response:
        return JSONResponse(self._resources.user(self._model.users.get(request.path_params["user"])))

    async def update_user(self, request: Request) -> Response:
        changes = _only(await read(request), "friendly_name", "attributes")

        def update(actor: str) -> dict[str, Any]:
            return self._resources.user(self._model.users.update(actor, request.path_params["user"], changes))

        return self._mutate(request, update)

    # -- my conversations ------------------------------------------------------------------------------------------

    async def list_memberships(self, request: Request) -> Response:
        user = self._own_user(request)
        after, size = _page_asked_for(request, self._model.settings.conversations_page)
        found, following = self._model.participants.page(user.identity, after=after, size=size)
        entries = [self._membership(user, self._model.conversations.get(own.conversation_sid), own) for own in found]
        token = None if following is None else str(following)
        return JSONResponse(resources.page("conversations", entries, next_token=token))

    async def get_membership(self, request: Request) -> Response:
        user = self._own_user(request)
        return JSONResponse(self._own_membership(user, _key(request)))

    async def update_membership(self, request: Request) -> Response:
        user = self._own_user(request)
        changes = _only(await read(request), "last_read_message_index", "notification_level")

        def update(actor: str) -> dict[str, Any]:
            self._own_membership(user, _key(request))
            if "last_read_message_index" in changes:
                self._model.participants.read_up_to(actor, _key(request), changes["last_read_message_index"])
            if "notification_level" in changes:
                self._model.participants.set_notification_level(actor, _key(request), changes["notification_level"])
            return self._own_membership(user, _key(request))

        return self._mutate(request, update)

    # -- typing ----------------------------------------------------------------------------------------------------

    async def typing(self, request: Request) -> Response:
        try:
            form = parse_qs((await request.body()).decode("utf-8"))
        except UnicodeDecodeError:
            raise refusal(Code.BAD_REQUEST, "the form is not UTF-8") from None
        sid = form.get("ChannelSid", [""])[0]
        if not sid:
            raise refusal(Code.CONVERSATION_SID_MISSING, "ChannelSid")
        return JSONResponse({"typing_timeout": self._model.typing.typed(_caller(request), sid)})

    # -- shared ----------------------------------------------------------------------------------------------------

    def _mutate(
        self, request: Request, command: Callable[[str], dict[str, Any] | None], *, status: int = 200
    ) -> Response:
        """Runs the command once per mutation id; its answer, or where to find that of the first time."""
        actor = _caller(request)
        mutation_id = request.headers.get("X-Twilio-Mutation-Id")
        with self._model.context.store.transaction():
            earlier = self._model.mutations.result(actor, mutation_id) if mutation_id else None
            if earlier is not None:
                return JSONResponse({"resource_url": earlier}, 202) if earlier else Response(status_code=204)
            answer = command(actor)
            if mutation_id:
                self._model.mutations.done(actor, mutation_id, "" if answer is None else str(answer["url"]))
        return Response(status_code=204) if answer is None else JSONResponse(answer, status)

    def _conversation(self, actor: str, found: Conversation) -> dict[str, Any]:
        own = self._model.participants.of_user(found.sid, actor)
        unread = self._model.messages.unread(own) if own else None
        return self._resources.conversation(found, self._model.conversations.counts(found), own, unread)

    def _membership(self, user: User, found: Conversation, own: Participant) -> dict[str, Any]:
        return self._resources.membership(found, own, user, self._model.messages.unread(own))

    def _own_membership(self, user: User, key: str) -> dict[str, Any]:
        """The entry of the caller's own list; a conversation that is not in it is unknown (404/50350)."""
        found = self._model.conversations.find(key)
        own = None if found is None else self._model.participants.of_user(found.sid, user.identity)
        if found is None or own is None:
            raise refusal(Code.CONVERSATION_NOT_FOUND, f"{key} in the list of {user.identity}")
        return self._membership(user, found, own)

    def _own_user(self, request: Request) -> User:
        actor = _caller(request)
        user = self._model.users.get(request.path_params["user"])
        if user.identity != actor:
            raise refusal(Code.NOT_AUTHORIZED, f"{actor} may not see the conversations of {user.identity}")
        return user


def _caller(request: Request) -> str:
    return str(request.scope[SCOPE_KEY].identity)


def _key(request: Request) -> str:
    return str(request.path_params["conversation"])


def _only(body: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: body[name] for name in names if name in body}


def _page_asked_for(request: Request, largest: int) -> tuple[int, int]:
    """Where to start (0: from the beginning) and how many entries."""
    query = request.query_params
    after, size = whole(query.get("PageToken") or "0", "PageToken"), query.get("PageSize")
    return after, largest if not size else max(1, min(whole(size, "PageSize"), largest))
