"""Payloads of events that carry more than one object. All are frozen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from pyconvo.errors import InitializationError
from pyconvo.twilsock.actions import ConnectionErrorInfo

if TYPE_CHECKING:
    from pyconvo.conversation import Conversation
    from pyconvo.message import Message
    from pyconvo.participant import Participant
    from pyconvo.user import User


#: See :attr:`pyconvo.Client.synchronization_status`.
ClientSynchronizationStatus: TypeAlias = Literal["started", "conversations_completed", "completed", "failed"]

#: See :attr:`pyconvo.Conversation.synchronization_status`.
ConversationSynchronizationStatus: TypeAlias = Literal["identifier", "metadata", "all", "failed"]


@dataclass(frozen=True, slots=True)
class ConversationUpdated:
    """``update_reasons`` are names of members of the conversation."""

    conversation: Conversation
    update_reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ParticipantUpdated:
    """``update_reasons`` are names of members of the participant."""

    participant: Participant
    update_reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MessageUpdated:
    """``update_reasons`` are names of members of the message; ``delivery_receipt`` means the aggregated one."""

    message: Message
    update_reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UserUpdated:
    """``update_reasons``: ``friendly_name``, ``attributes``, ``reachability_online``, ``reachability_notifiable``."""

    user: User
    update_reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StartFailure:
    """Why a start failed when it was not the connection itself. ``terminal``: the client does not try again."""

    terminal: bool
    message: str

    @property
    def http_status_code(self) -> None:
        """Only a failed connection has one."""

    @property
    def error_code(self) -> None:
        """Only a failed connection has one."""


@dataclass(frozen=True, slots=True)
class InitFailed:
    """The client could not start; ``error`` says why."""

    error: ConnectionErrorInfo | StartFailure


def raised_as(failure: ConnectionErrorInfo | StartFailure) -> InitializationError:
    """The same as an exception."""
    codes = (failure.http_status_code, failure.error_code) if isinstance(failure, ConnectionErrorInfo) else None
    return InitializationError(failure.terminal, failure.message, codes)
