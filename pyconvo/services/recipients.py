"""Recipients of messages, asked of the service; those of a message are kept once there are any.

Not responsible for what a recipient is (``pyconvo/channels.py``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pyconvo.channels import RecipientDescriptor, recipient_of
from pyconvo.described import list_of, object_of
from pyconvo.errors import FetchError
from pyconvo.json_values import encode_component
from pyconvo.options import official_names
from pyconvo.paginator import PaginatorOptions, RestPaginator
from pyconvo.services.commands import Commands
from pyconvo.services.kept import Kept


class Recipients:
    """For one client."""

    def __init__(self, commands: Commands, conversations_url: str, capacity: int) -> None:
        self._commands = commands
        self._url = conversations_url
        self._kept: Kept[tuple[str, str], list[RecipientDescriptor]] = Kept(capacity)

    async def of_message(self, conversation_sid: str, message_sid: str) -> list[RecipientDescriptor]:
        """Those of one message. Raises :class:`pyconvo.FetchError`."""
        key = conversation_sid, message_sid
        if (kept := self._kept.get(key)) is not None:
            return list(kept)
        body = await self._fetch(conversation_sid, {"MessageSid": message_sid})
        found = _read(body)
        if found:
            self._kept.put(key, found)
        return list(found)

    async def of_conversation(self, conversation_sid: str, query: Mapping[str, Any]) -> RestPaginator[Any]:
        """A page of those of all messages; ``query``: ``PageSize``, ``PageToken``. Raises :class:`FetchError`."""
        body = await self._fetch(conversation_sid, query)
        found = _read(body)
        for one in found:
            if not isinstance(one.message_sid, str):
                continue
            # The same page may be read twice; a message's recipients are who they are all the same.
            known = self._kept.get((conversation_sid, one.message_sid)) or []
            if one not in known:
                self._kept.put((conversation_sid, one.message_sid), [*known, one])
        try:
            meta = object_of(body.get("meta"))
        except TypeError as error:
            raise _misunderstood() from error
        return RestPaginator(
            found,
            lambda token: self.of_conversation(conversation_sid, {"PageToken": token}),
            previous_token=meta.get("previous_token"),
            next_token=meta.get("next_token"),
        )

    async def _fetch(self, conversation_sid: str, query: Mapping[str, Any]) -> Any:
        given = "&".join(f"{name}={encode_component(str(value))}" for name, value in query.items())
        url = f"{self._url.removesuffix('/')}/{encode_component(conversation_sid)}/MessageRecipients"
        return await self._commands.fetch(f"{url}?{given}" if given else url)


def _read(body: Any) -> list[RecipientDescriptor]:
    try:
        return [recipient_of(one) for one in list_of(object_of(body).get("message_recipients"))]
    except TypeError as error:
        raise _misunderstood() from error


def _misunderstood() -> FetchError:
    return FetchError("The service's list of recipients cannot be understood")


def paging(options: PaginatorOptions | Mapping[str, Any] | None) -> dict[str, Any]:
    """The service's names of paging options; a mapping may be in either spelling."""
    if isinstance(options, PaginatorOptions):
        options = {"pageSize": options.page_size}
    given = official_names(options) if isinstance(options, Mapping) else {}
    names = {"PageToken": "pageToken", "PageSize": "pageSize"}
    return {name: given[key] for name, key in names.items() if given.get(key) is not None}
