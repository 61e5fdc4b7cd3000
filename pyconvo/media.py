"""Files of messages: what is uploaded (:class:`SendMediaOptions`, :class:`FormData`) and what came (:class:`Media`).

Not responsible for the requests (``services/media.py``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias
from uuid import uuid4

from pyconvo.json_values import whole_characters
from pyconvo.names import camel
from pyconvo.validation import NON_EMPTY_STRING, NULL, OMITTED, STRING, Rule, instance_of, literal, never, rule, schema

if TYPE_CHECKING:
    from pyconvo.services.media import MediaService

#: What a medium is in its message: an attachment, or an e-mail's body or history.
MediaCategory: TypeAlias = Literal["media", "body", "history"]


@dataclass(frozen=True, slots=True)
class SendMediaOptions:
    """One medium to upload: its MIME type, its content (text is sent as UTF-8), and perhaps a file name."""

    content_type: str | None
    media: str | bytes | None
    filename: str | None = None


class FormData:
    """A form to upload as ``multipart/form-data``; the service takes its first file."""

    def __init__(self) -> None:
        self._parts: list[tuple[str, bytes]] = []
        self._encoded: tuple[str, bytes] | None = None

    def append(
        self, name: str, value: str | bytes, filename: str | None = None, content_type: str | None = None
    ) -> FormData:
        """Add a part. Bytes are a file, called ``blob`` and of no known type unless said otherwise."""
        is_file = filename is not None or not isinstance(value, str)
        head = f'Content-Disposition: form-data; name="{_quoted(name)}"'
        if is_file:
            head += f'; filename="{_quoted(filename or "blob")}"'
        if is_file or content_type:
            head += f"\r\nContent-Type: {content_type or 'application/octet-stream'}"
        self._parts.append((head, _bytes(value)))
        return self

    @classmethod
    def of(cls, content_type: str, body: bytes) -> FormData:
        """A form that is encoded already; ``content_type`` names its boundary."""
        form = cls()
        form._encoded = (content_type, body)
        return form

    def encode(self) -> tuple[str, bytes]:
        """Content type and body."""
        if self._encoded is not None:
            return self._encoded
        boundary = f"pyconvo-{uuid4().hex}"
        pieces = [f"--{boundary}\r\n{head}\r\n\r\n".encode() + data + b"\r\n" for head, data in self._parts]
        return f"multipart/form-data; boundary={boundary}", b"".join((*pieces, f"--{boundary}--\r\n".encode()))


@dataclass(frozen=True, slots=True)
class UploadProgress:
    """How far a message's media are. (No counterpart in the official SDK; the mobile ones have it.)

    ``index`` of ``count``: which one is being uploaded, from 0. ``loaded`` of ``total``: its bytes, with what a form
    adds to them.
    """

    category: MediaCategory
    index: int
    count: int
    loaded: int
    total: int


#: What can be uploaded. A mapping has the fields of :class:`SendMediaOptions`, in Python's or the official spelling.
MediaContent: TypeAlias = FormData | SendMediaOptions | Mapping[str, Any]


def official_media(content: Any) -> Any:
    """Media options in any form as a mapping with the official names; anything else as it is."""
    if isinstance(content, SendMediaOptions):
        return {"contentType": content.content_type, "media": content.media, "filename": content.filename}
    if isinstance(content, Mapping):
        return {camel(str(name)): value for name, value in content.items()}
    return content


def _options(name: str, keys: Mapping[str, Rule | Sequence[Rule]]) -> Rule:
    checked = schema(name, keys)
    return Rule(checked.expected, lambda value: checked.examine(official_media(value)))


def _is_binary(value: Any) -> bool:
    return isinstance(value, (bytes, bytearray, memoryview))


#: What the builder takes, and what ``send_message`` takes; they differ in the official SDK, too.
MEDIA_RULES: Final = (
    instance_of(FormData),
    _options(
        "send media options",
        {
            "contentType": [NULL, STRING],
            "filename": [STRING, OMITTED],
            "media": [
                literal("null"),
                STRING,
                rule("an instance of Buffer", _is_binary),
                never("an instance of Blob"),
            ],
        },
    ),
)
SENT_MEDIA_RULE: Final = _options(
    "media options",
    {
        "contentType": NON_EMPTY_STRING,
        "media": rule(
            "a non-empty string, an instance of Buffer or an instance of Blob",
            lambda value: (isinstance(value, str) and bool(value)) or _is_binary(value),
        ),
    },
)


def upload_of(content: MediaContent) -> tuple[str, bytes, str | None]:
    """Content type (``""``: none), bytes and file name to upload."""
    if isinstance(content, FormData):
        return (*content.encode(), None)
    options = official_media(content)
    filename = options.get("filename")
    content_type, data = options.get("contentType") or "", _bytes(options.get("media") or b"")
    return content_type, data, None if filename is None else str(filename)


def _bytes(value: Any) -> bytes:
    return whole_characters(value).encode() if isinstance(value, str) else bytes(value)


def _quoted(name: str) -> str:
    return whole_characters(name).replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")


class Media:
    """A file that belongs to a message. Its content is behind an address that has to be asked for."""

    def __init__(self, data: Mapping[str, Any], service: MediaService) -> None:
        """``data``: as messages carry it, with camelCase keys."""
        self._service = service
        self._state: dict[str, Any] = {
            name: data.get(name) for name in ("sid", "category", "filename", "contentType", "size")
        }

    def __repr__(self) -> str:
        return f"Media({self.sid!r}, {self.category!r}, {self.filename!r}, {self.content_type!r}, {self.size})"

    @property
    def sid(self) -> str:
        """``ME…``."""
        return str(self._state["sid"] or "")

    @property
    def filename(self) -> str | None:
        """``None`` without one."""
        name: str | None = self._state["filename"]
        return name

    @property
    def content_type(self) -> str:
        """The MIME type."""
        return self._state["contentType"] or ""

    @property
    def size(self) -> int:
        """In bytes."""
        return self._state["size"] or 0

    @property
    def category(self) -> MediaCategory:
        """An attachment (``"media"``), or an e-mail's ``"body"`` or ``"history"``."""
        return self._state["category"] or "media"

    async def get_content_temporary_url(self) -> str | None:
        """A fresh address of the content, which works without a token for some minutes; ``None`` if there is none.

        Raises :class:`pyconvo.MediaTransportError`.
        """
        record = await self._service.get(self.sid)
        return record.temporary_url
