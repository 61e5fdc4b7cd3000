"""The page's own calls: it sends what was put together there (messages of ``prepareMessage()``, media), and waits.

The builder itself lives on the page (its methods are synchronous there), and so does whatever holds binary content;
both cross when they are sent. Not responsible for the checks: the page has made them, and the core's own methods do.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from pyconvo.content import ContentTemplateVariable
from pyconvo.media import FormData, MediaContent, SendMediaOptions
from pyconvo.validation import UNDEFINED

_SETTERS = {"body": "set_body", "subject": "set_subject", "attributes": "set_attributes"}


async def _send_prepared(
    conversation: Any, message: dict[str, Any], *data: bytes, progress: Callable[[Any], None] | None = None
) -> Any:
    """Returns the new message's index.

    ``progress`` is told how uploads go. ``message``: the set fields among ``body``, ``subject``, ``attributes``; under
    ``media`` a category and a description for each of ``data``; ``content`` is a template's sid, ``variables`` pairs
    of name and value.
    """
    parts, content = message.pop("media", []), message.pop("content", None)
    variables = message.pop("variables", [])
    builder = conversation.prepare_message()
    for field, value in message.items():
        getattr(builder, _SETTERS[field])(value)
    if content is not None:
        builder.set_content_template(content, [ContentTemplateVariable(*pair) for pair in variables])
    unsent = builder.build()
    unsent.on_upload_progress = progress
    for (category, description), content in zip(parts, data, strict=True):
        unsent.media_content.append((category, _content(description, content)))
    return await unsent.send()


async def _send_media(conversation: Any, description: dict[str, Any], data: bytes, attributes: Any) -> Any:
    given = {} if attributes is UNDEFINED else {"attributes": attributes}
    return await conversation.send_message(_content(description, data), **given)


def _content(description: dict[str, Any], data: bytes) -> MediaContent:
    if description.get("form"):
        return FormData.of(description["contentType"], data)
    return SendMediaOptions(description["contentType"], data, description.get("filename"))


async def _content_templates(client: Any, known: int) -> dict[str, Any] | None:
    """The templates, under a number; ``None`` when they are still those that the page has under ``known``."""
    templates = await client.get_content_templates()
    number: int = client._content.generation
    return None if number == known else {"number": number, "templates": templates}


async def _ready(client: Any) -> None:
    await client._wait_ready()


#: By class, and the page's names for these.
PREPARED: dict[str, dict[str, Callable[..., Awaitable[Any]]]] = {
    "Conversation": {"$send": _send_prepared, "$sendMedia": _send_media},
    "Client": {"$ready": _ready, "$contentTemplates": _content_templates},
}
