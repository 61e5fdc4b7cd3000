"""What client and messages have in common: asking for the addresses of several media at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pyconvo.errors import ConversationsError
from pyconvo.media import Media
from pyconvo.services.media import MediaService
from pyconvo.validation import STRING, array_of, checked, instance_of


class MediaUrls:
    """Mixed into classes with a session, which may be ``None`` before the start."""

    _session: Any

    @checked(array_of("media", instance_of(Media), non_empty=True))
    async def get_temporary_content_urls_for_media(self, content_set: Sequence[Media]) -> dict[str, str]:
        """Addresses of these media's contents by sid, see :meth:`Media.get_content_temporary_url`; one request.

        Raises :class:`pyconvo.MediaSetError`, :class:`pyconvo.MediaTransportError`.
        """
        return await self.get_temporary_content_urls_for_media_sids([media.sid for media in content_set])

    @checked(array_of("strings", STRING, non_empty=True))
    async def get_temporary_content_urls_for_media_sids(self, media_sids: Sequence[str]) -> dict[str, str]:
        """The same, by the media's sids."""
        if self._session is None:
            raise ConversationsError("Media Content Service is unavailable")
        service: MediaService = self._session.media
        return await service.get_urls(media_sids)
