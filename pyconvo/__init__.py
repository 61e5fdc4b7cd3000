"""Twilio Conversations in pure Python: the public API.

``async with Client(token) as client:`` is the door; everything else is reached from there. Names, behaviour and
events follow the official JavaScript SDK, in Python's spelling.
"""

import logging

from pyconvo.channels import (
    ChannelMetadata,
    EmailRecipientDescriptor,
    EmailRecipientLevel,
    RecipientDescriptor,
    UnknownRecipientDescriptor,
)
from pyconvo.client import Client
from pyconvo.content import (
    ContentData,
    ContentDataAction,
    ContentDataActionOther,
    ContentDataActionPhone,
    ContentDataActionReply,
    ContentDataActionUrl,
    ContentDataCallToAction,
    ContentDataCard,
    ContentDataListItem,
    ContentDataListPicker,
    ContentDataLocation,
    ContentDataMedia,
    ContentDataOther,
    ContentDataQuickReply,
    ContentDataReply,
    ContentDataText,
    ContentTemplate,
    ContentTemplateVariable,
)
from pyconvo.conversation import Conversation
from pyconvo.errors import (
    ArgumentError,
    ClientClosedError,
    ConversationsError,
    EventsLostError,
    FetchError,
    HostError,
    InitializationError,
    MediaSetError,
    MediaTransportError,
    ReplyError,
    SyncError,
    TransportUnavailableError,
    TwilsockError,
    UpstreamError,
)
from pyconvo.event_stream import EventStream
from pyconvo.events import Event, Signal
from pyconvo.json_values import JSONValue
from pyconvo.media import FormData, Media, MediaCategory, MediaContent, SendMediaOptions, UploadProgress
from pyconvo.message import Message
from pyconvo.message_builder import MessageBuilder, UnsentMessage
from pyconvo.options import ClientOptions
from pyconvo.paginator import Paginator, PaginatorOptions, RestPaginator
from pyconvo.participant import Participant
from pyconvo.payloads import (
    ClientSynchronizationStatus,
    ConversationSynchronizationStatus,
    ConversationUpdated,
    InitFailed,
    MessageUpdated,
    ParticipantUpdated,
    StartFailure,
    UserUpdated,
)
from pyconvo.push import NotificationsChannelType, NotificationTypes, PushNotification, PushNotificationData
from pyconvo.receipts import AggregatedDeliveryReceipt, DeliveryAmount, DeliveryStatus, DetailedDeliveryReceipt
from pyconvo.services.configuration import ConversationLimits
from pyconvo.services.conversation_fields import ConversationState, LastMessage
from pyconvo.twilsock.actions import ConnectionErrorInfo
from pyconvo.user import User
from pyconvo.version import __version__

__all__ = [
    "AggregatedDeliveryReceipt",
    "ArgumentError",
    "ChannelMetadata",
    "Client",
    "ClientClosedError",
    "ClientOptions",
    "ClientSynchronizationStatus",
    "ConnectionErrorInfo",
    "ContentData",
    "ContentDataAction",
    "ContentDataActionOther",
    "ContentDataActionPhone",
    "ContentDataActionReply",
    "ContentDataActionUrl",
    "ContentDataCallToAction",
    "ContentDataCard",
    "ContentDataListItem",
    "ContentDataListPicker",
    "ContentDataLocation",
    "ContentDataMedia",
    "ContentDataOther",
    "ContentDataQuickReply",
    "ContentDataReply",
    "ContentDataText",
    "ContentTemplate",
    "ContentTemplateVariable",
    "Conversation",
    "ConversationLimits",
    "ConversationState",
    "ConversationSynchronizationStatus",
    "ConversationUpdated",
    "ConversationsError",
    "DeliveryAmount",
    "DeliveryStatus",
    "DetailedDeliveryReceipt",
    "EmailRecipientDescriptor",
    "EmailRecipientLevel",
    "Event",
    "EventStream",
    "EventsLostError",
    "FetchError",
    "FormData",
    "HostError",
    "InitFailed",
    "InitializationError",
    "JSONValue",
    "LastMessage",
    "Media",
    "MediaCategory",
    "MediaContent",
    "MediaSetError",
    "MediaTransportError",
    "Message",
    "MessageBuilder",
    "MessageUpdated",
    "NotificationTypes",
    "NotificationsChannelType",
    "Paginator",
    "PaginatorOptions",
    "Participant",
    "ParticipantUpdated",
    "PushNotification",
    "PushNotificationData",
    "RecipientDescriptor",
    "ReplyError",
    "RestPaginator",
    "SendMediaOptions",
    "Signal",
    "StartFailure",
    "SyncError",
    "TransportUnavailableError",
    "TwilsockError",
    "UnknownRecipientDescriptor",
    "UnsentMessage",
    "UploadProgress",
    "UpstreamError",
    "User",
    "UserUpdated",
    "__version__",
]

# A library says nothing unless its user asks for it.
logging.getLogger("pyconvo").addHandler(logging.NullHandler())
