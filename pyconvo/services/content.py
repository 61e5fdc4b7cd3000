"""Content templates as the service lists them, kept for a few seconds; and the rich content of a message.

Not responsible for what either holds (``pyconvo/content.py``).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pyconvo.content import ContentData, ContentTemplate, content_data
from pyconvo.described import list_of
from pyconvo.errors import ConversationsError, HostError, MediaTransportError
from pyconvo.hosts.base import HttpRequest
from pyconvo.json_values import encode_component

if TYPE_CHECKING:
    from pyconvo.media import Media
    from pyconvo.services.session import Core

_PAGE_SIZE = 100
#: Seconds.
_LIFETIME = 5.0
_RICH = "application/x-vnd.com.twilio.rich."


class ContentTemplates:
    """For one client."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._kept: tuple[ContentTemplate, ...] | None = None
        #: Counts how often they were read.
        self.generation = 0

    async def all(self) -> tuple[ContentTemplate, ...]:
        """All templates of the account; the same for five seconds."""
        if self._kept is not None:
            return self._kept
        found: list[ContentTemplate] = []
        token: str | None = None
        while True:
            url = f"Client/v2/ContentTemplates?PageSize={_PAGE_SIZE}"
            body = await self._core.commands.fetch(
                url if token is None else f"{url}&PageToken={encode_component(str(token))}"
            )
            try:
                found += [ContentTemplate.read(one) for one in list_of(body["templates"])]
                token = body["meta"].get("next_token")
            except (AttributeError, KeyError, TypeError) as error:
                raise ConversationsError("The service's list of content templates cannot be understood") from error
            if token is None:
                break
        self._kept = tuple(found)
        self.generation += 1
        self._core.host.call_later(_LIFETIME, self._forget)
        return self._kept

    def _forget(self) -> None:
        self._kept = None


def rich(bodies: list[Media]) -> Media | None:
    """The medium that carries a message's rich content."""
    return next((one for one in bodies if one.content_type.startswith(_RICH)), None)


async def read(core: Core, media: Media) -> ContentData | None:
    """The content that ``media`` carries; ``None`` when it has no address.

    Raises :class:`pyconvo.MediaTransportError`, and :class:`ConversationsError` when its content cannot be had.
    """
    url = await media.get_content_temporary_url()
    if url is None:
        return None
    try:
        response = await core.host.fetch(HttpRequest("GET", url))
    except HostError as error:
        # Without the address, which works without a token.
        raise MediaTransportError(0, "", "", {}, "") from error
    kind = media.content_type.removeprefix(_RICH).replace(".", "/", 1)
    if not 200 <= response.status < 300:
        raise ConversationsError(f"The content of the message cannot be read: {response.status} {response.reason}")
    try:
        data: Any = json.loads(response.body)
        return content_data(kind, data["data"])
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise ConversationsError(f"The content of the message, {kind}, cannot be understood: {error}") from error
