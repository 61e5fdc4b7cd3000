"""What channels tell about messages, asked of the service once per message; that there is nothing is kept, too.

Not responsible for knowing which messages to ask about (the message does).
"""

from __future__ import annotations

from typing import Any

from pyconvo.channels import ChannelMetadata, metadata_of
from pyconvo.errors import FetchError, UpstreamError
from pyconvo.services.commands import Commands
from pyconvo.services.kept import Kept

#: The service's number for "this message has none".
_NONE = 50530


class ChannelMetadataReader:
    """For one client."""

    def __init__(self, commands: Commands, conversations_url: str, capacity: int) -> None:
        self._commands = commands
        self._url = conversations_url
        self._kept: Kept[tuple[str, str], tuple[ChannelMetadata | None]] = Kept(capacity)

    async def of(self, conversation_sid: str, message_sid: str) -> ChannelMetadata | None:
        """``None``: there is none. Raises :class:`pyconvo.FetchError`, also without the permission to read it."""
        key = conversation_sid, message_sid
        if (kept := self._kept.get(key)) is not None:
            return kept[0]
        url = f"{self._url}/{conversation_sid}/Messages/{message_sid}/ChannelMetadata"
        found: ChannelMetadata | None = None
        try:
            body = await self._commands.fetch(url, final=_says_none)
        except UpstreamError:
            pass
        except FetchError as error:
            # Worded as by the official SDK, which makes an error of the error.
            raise FetchError(f"Error: {error}") from error
        else:
            found = _read(body)
        self._kept.put(key, (found,))
        return found


def _read(body: Any) -> ChannelMetadata:
    try:
        return metadata_of(body)
    except TypeError as error:
        raise FetchError("The service's metadata of the message cannot be understood") from error


def _says_none(error: Exception) -> bool:
    return isinstance(error, UpstreamError) and error.status == 404 and error.code == _NONE
