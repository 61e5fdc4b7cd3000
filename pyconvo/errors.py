"""Everything pyconvo raises on purpose.

Each class carries ``js_name`` (the ``name`` of the ``Error`` a page sees) and ``js_fields`` (the attributes
that cross over with it), so that one description serves Python users and the page.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar


class ConversationsError(Exception):
    """Base of all errors of this package. ``str(error)`` is the message; it never holds a token."""

    js_name: ClassVar[str] = "Error"
    js_fields: ClassVar[tuple[str, ...]] = ()

    @property
    def message(self) -> str:
        """The text of the error."""
        return str(self)


class ArgumentError(ConversationsError, TypeError):
    """An argument of the wrong type or shape. Raised before anything is sent."""


class TwilsockError(ConversationsError):
    """The connection failed a request: it was lost, timed out, or could not be made."""


class TransportUnavailableError(TwilsockError):
    """There is no connection and none is being made (never connected, refused, or shut down)."""


class ReplyError(TwilsockError):
    """The service refused a packet.

    ``reply`` is the refusal: ``id``, ``status`` (``code``, ``status``, ``errorCode``, ``description``), the whole
    ``header``, and ``body`` where it had a payload.
    """

    js_fields = ("reply",)

    def __init__(self, message: str, reply: dict[str, Any]) -> None:
        super().__init__(message)
        self.reply = reply


class UpstreamError(TwilsockError):
    """A tunnelled HTTP request was answered with a status outside 200-299.

    ``status`` is the HTTP status, ``description`` its text, ``body`` the parsed answer; the service's own
    error number is ``body["code"]``.
    """

    js_fields = ("status", "description", "body")

    def __init__(self, status: int, description: str, body: Any) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.body = body

    @property
    def code(self) -> int | None:
        """Twilio's error number, where the answer has one (an addition to the official SDK)."""
        code = self.body.get("code") if isinstance(self.body, dict) else None
        return code if isinstance(code, int) else None


class FetchError(ConversationsError):
    """A read was tried as often as the policy allows, without success."""


class SyncError(ConversationsError):
    """A Sync object could not be read, written or watched. ``status`` is HTTP's, ``code`` is Sync's (0: none)."""

    js_name = "SyncError"
    js_fields: ClassVar[tuple[str, ...]] = ("status", "code")

    def __init__(self, text: str, status: int = 0, code: int = 0) -> None:
        super().__init__(f"{text} (status: {status}, code: {code})")
        self.status = status
        self.code = code


class SyncNetworkError(SyncError):
    """A Sync request was refused with a conflict; ``body`` is the answer."""

    js_name = "SyncNetworkError"
    js_fields = ("status", "code", "body")

    def __init__(self, text: str, status: int, code: int, body: Any) -> None:
        super().__init__(text, status, code)
        self.body = body


class MediaTransportError(ConversationsError):
    """A request to the media service failed.

    ``code`` is the HTTP status (0: no answer), ``status`` its text, ``body`` the answer (parsed JSON, or text),
    ``headers`` those of the answer. Twilio's own error number is ``body["code"]``.
    """

    js_fields = ("code", "status", "body", "headers")

    def __init__(self, code: int, status: str, body: Any, headers: Mapping[str, str], shown: str) -> None:
        """``shown``: the body as the message has it."""
        super().__init__(f"{code}: [{status}] {shown}")
        self.code = code
        self.status = status
        self.body = body
        self.headers = dict(headers)


class MediaSetError(ConversationsError):
    """The service did not give one of several media, that with the ``sid``. The page sees the bare text."""

    js_text: ClassVar[bool] = True

    def __init__(self, sid: str) -> None:
        super().__init__(f"Failed to obtain detailed information about Media items (failed SID {sid})")
        self.sid = sid


class InitializationError(ConversationsError):
    """The client could not start. ``terminal``: it does not try again by itself.

    The page sees a plain object of these fields, not an ``Error``.
    """

    js_plain: ClassVar[bool] = True

    def __init__(self, terminal: bool, message: str, codes: tuple[int | None, int | None] | None = None) -> None:
        """``codes``: HTTP status and Twilio's number, of a failed connection only (the page sees them only then)."""
        super().__init__(message)
        self.terminal = terminal
        self.http_status_code, self.error_code = codes or (None, None)
        names = ("terminal", "message")
        self._js_fields = names if codes is None else (*names, "http_status_code", "error_code")

    @property
    def js_fields(self) -> tuple[str, ...]:  # type: ignore[override]
        """As for every error; here it depends on the kind of failure."""
        return self._js_fields


class HostError(ConversationsError):
    """The platform could not do what was asked (a socket or URL that cannot be opened)."""


class ClientClosedError(ConversationsError):
    """The client was shut down, so that what is waited for cannot happen any more."""


class EventsLostError(ConversationsError):
    """A stream of events was read too slowly. ``limit``: how many it keeps; all of them were given before this."""

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"More than {limit} events were waiting to be read, so that later ones were lost: "
            "read the stream without long pauses, or give events() a higher limit"
        )
        self.limit = limit
