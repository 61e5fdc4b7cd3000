"""Who takes part in a conversation: reading, adding and removing participants, joining and leaving.

Not responsible for keeping them up to date (``services/roster.py``).
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self

from pyconvo.json_values import JSONValue, encode_component, to_json
from pyconvo.participant import Participant
from pyconvo.services.roster import Roster
from pyconvo.services.session import Session
from pyconvo.services.streams import Streams
from pyconvo.validation import NON_EMPTY_STRING, OPTIONAL_JSON, checked, instance_of

if TYPE_CHECKING:
    from pyconvo.conversation import ConversationLinks


class Membership:
    """Mixed into conversations."""

    _links: ConversationLinks
    _session: Session
    _streams: Streams
    _roster: Roster

    @property
    @abstractmethod
    def status(self) -> str: ...

    @property
    @abstractmethod
    def _url(self) -> str: ...

    @checked(NON_EMPTY_STRING, OPTIONAL_JSON)
    async def add(self, identity: str, attributes: JSONValue = None) -> dict[str, Any]:
        """Add a user as a participant, with ``attributes`` (default ``{}``). Returns the service's description."""
        body = {"identity": identity, "attributes": to_json({} if attributes is None else attributes)}
        answer: dict[str, Any] = await self._session.commands.post(self._links.participants, body)
        return answer

    @checked(NON_EMPTY_STRING, NON_EMPTY_STRING, OPTIONAL_JSON, OPTIONAL_JSON)
    async def add_non_chat_participant(
        self,
        proxy_address: str,
        address: str,
        attributes: JSONValue = None,
        binding_options: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Add somebody by SMS, WhatsApp or e-mail. Returns the service's description.

        ``address`` is theirs, ``proxy_address`` the one of the service that they write to: ``"+15550100"``,
        ``"whatsapp:+15550100"`` or ``"eve@example.com"``. ``binding_options``, for e-mail:
        ``{"email": {"name": "Eve", "level": "to"}}``; levels are ``to``, ``from`` and ``cc``.
        """
        options = binding_options if isinstance(binding_options, Mapping) else {}
        email = options["email"] if isinstance(options.get("email"), Mapping) else {}
        binding = {"address": address, "proxy_address": proxy_address}
        binding |= {name: email[name] for name in ("name", "level") if name in email}
        body = {"attributes": to_json({} if attributes is None else attributes), "messaging_binding": binding}
        answer: dict[str, Any] = await self._session.commands.post(self._links.participants, body)
        return answer

    @checked([NON_EMPTY_STRING, instance_of(Participant)])
    async def remove_participant(self, participant: str | Participant) -> None:
        """Remove a participant, given itself, its sid or its identity."""
        name = participant if isinstance(participant, str) else participant.sid
        await self._session.commands.delete(f"{self._links.participants}/{encode_component(name)}")

    async def join(self) -> Self:
        """Become a participant."""
        await self._session.commands.post(self._links.participants, {"identity": self._session.configuration.identity})
        return self

    async def leave(self) -> Self:
        """Stop being a participant; nothing happens for who is none."""
        if self.status == "joined":
            identity = encode_component(self._session.configuration.identity)
            await self._session.commands.delete(f"{self._links.participants}/{identity}")
        return self

    async def get_participants(self) -> list[Participant]:
        """All participants."""
        await self._streams.follow()
        return self._roster.present

    @checked(NON_EMPTY_STRING)
    async def get_participant_by_sid(self, participant_sid: str) -> Participant | None:
        """``None`` when the participants were never read. Raises :class:`ConversationsError` when there is no such."""
        return await self._roster.by_sid(participant_sid)

    @checked(NON_EMPTY_STRING)
    async def get_participant_by_identity(self, identity: str = "") -> Participant | None:
        """``None`` when the participants were never read. Raises :class:`ConversationsError` when there is no such."""
        return await self._roster.by_identity(identity)

    async def get_participants_count(self) -> int:
        """Number of participants, as of a moment ago."""
        body = await self._session.network.get(self._url)
        return body.get("participants_count") or 0
