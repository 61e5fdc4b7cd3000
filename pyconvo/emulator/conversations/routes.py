"""The addresses of the client REST API.

Not responsible for: what happens there (``handlers``). Names and identities may hold slashes, hence ``:path``.
"""

from __future__ import annotations

from starlette.routing import Route

from pyconvo.emulator.conversations.channel_handlers import ChannelHandlers
from pyconvo.emulator.conversations.handlers import Handler, Handlers
from pyconvo.emulator.conversations.media_handlers import media_routes
from pyconvo.emulator.conversations.model import Conversations
from pyconvo.emulator.conversations.push.routes import push_routes


def routes(model: Conversations) -> list[Route]:
    """The routes in the order in which they must be tried. The caller is expected in ``scope["pyconvo.caller"]``."""
    handlers = Handlers(model)
    channels = ChannelHandlers(model)
    service = f"/Client/v2/Services/{model.settings.service_sid}"
    conversation = f"{service}/Conversations/{{conversation}}"
    message = f"{conversation}/Messages/{{message}}"
    participant = f"{conversation}/Participants/{{participant:path}}"
    memberships = f"{service}/Users/{{user}}/Conversations"
    table: list[tuple[str, str, Handler]] = [
        ("GET", "/Client/v2/Configuration", handlers.configuration),
        ("GET", "/Client/v2/ContentTemplates", handlers.content_templates),
        ("POST", f"{service}/Conversations", handlers.create_conversation),
        ("POST", f"{conversation}/Participants", handlers.add_participant),
        ("GET", participant, handlers.get_participant),
        ("POST", participant, handlers.update_participant),
        ("DELETE", participant, handlers.remove_participant),
        ("POST", f"{conversation}/Messages", handlers.send_message),
        ("GET", f"{message}/Receipts", channels.receipts),
        ("GET", f"{message}/ChannelMetadata", channels.channel_metadata),
        ("GET", message, handlers.get_message),
        ("POST", message, handlers.edit_message),
        ("DELETE", message, handlers.remove_message),
        ("GET", f"{conversation}/MessageRecipients", channels.message_recipients),
        ("GET", conversation, handlers.get_conversation),
        ("POST", conversation, handlers.update_conversation),
        ("DELETE", conversation, handlers.delete_conversation),
        ("GET", memberships, handlers.list_memberships),
        ("GET", f"{memberships}/{{conversation:path}}", handlers.get_membership),
        ("POST", f"{memberships}/{{conversation:path}}", handlers.update_membership),
        ("GET", f"{service}/Users/{{user:path}}", handlers.get_user),
        ("POST", f"{service}/Users/{{user:path}}", handlers.update_user),
        ("POST", f"/v1/Instances/{model.settings.service_sid}/Typing", handlers.typing),
    ]
    api = [Route(path, handler, methods=[method]) for method, path, handler in table]
    return api + media_routes(model) + push_routes(model.push.bindings)
