"""The refusals of the Conversations domain: Twilio's error numbers, with the HTTP status and text each one gets.

Not responsible for: rendering them (the application does), nor for Sync's or the connection's own errors.
"""

from __future__ import annotations

from enum import IntEnum

from pyconvo.emulator.errors import TwilioError


class Code(IntEnum):
    """Twilio's numbers, by what they mean."""

    BAD_REQUEST = 20001
    NOT_FOUND = 20404
    FRIENDLY_NAME_MISSING = 50000
    FRIENDLY_NAME_TOO_LONG = 50003
    UNIQUE_NAME_TOO_LONG = 50004
    WEBHOOK_FORMAT = 50054
    WEBHOOK_METHOD = 50055
    PRE_WEBHOOK_URL = 50077
    POST_WEBHOOK_URL = 50078
    ROLE_NOT_FOUND = 50100
    SERVICE_ROLE_NOT_FOUND = 50102
    PERMISSION_NOT_FOUND = 50104
    ROLE_TYPE_INVALID = 50105
    NOT_AUTHORIZED = 50107
    CONVERSATION_ROLE_NOT_FOUND = 50109
    USER_NOT_FOUND = 50200
    USER_EXISTS = 50201
    IDENTITY_MISSING = 50204
    IDENTITY_LIKE_SID = 50206
    IDENTITY_TOO_LONG = 50207
    BINDING_TYPE_INVALID = 50209
    NOTIFICATION_LEVEL_INVALID = 50210
    IDENTITY_NOT_ACCEPTABLE = 50211
    TOO_MANY_CONVERSATIONS = 50214
    ATTRIBUTES_TOO_LONG = 50303
    ATTRIBUTES_NOT_JSON = 50304
    DATE_CREATED_INVALID = 50308
    DATE_UPDATED_INVALID = 50309
    AUTHOR_TOO_LONG = 50310
    MESSAGING_SERVICE_INVALID = 50341
    CONVERSATION_NOT_FOUND = 50350
    CONVERSATION_SID_MISSING = 50351
    UNIQUE_NAME_EXISTS = 50353
    WEBHOOK_NOT_FOUND = 50360
    TOO_MANY_WEBHOOKS = 50361
    TOO_MANY_TRIGGERS = 50362
    WEBHOOK_SID_INVALID = 50363
    WEBHOOK_TYPE_INVALID = 50364
    WEBHOOK_FILTER_INVALID = 50365
    WEBHOOK_TRIGGER_INVALID = 50366
    WEBHOOK_FLOW_INVALID = 50367
    WEBHOOK_TYPE_MISSING = 50368
    WEBHOOK_URL_MISSING = 50369
    WEBHOOK_FILTER_MISSING = 50370
    WEBHOOK_TRIGGER_MISSING = 50371
    WEBHOOK_URL_TOO_LONG = 50372
    STATE_MISSING = 50374
    INACTIVE_TIMER_TOO_SHORT = 50375
    CLOSED_TIMER_TOO_SHORT = 50376
    CONVERSATION_CLOSED = 50377
    STATE_INVALID = 50378
    INACTIVE_TIMER_FORMAT = 50379
    CLOSED_TIMER_FORMAT = 50380
    TIMER_WITHOUT_STATE = 50382
    INITIAL_STATE_CLOSED = 50384
    UNIQUE_NAME_LIKE_SID = 50390
    READ_TIMESTAMP_FORMAT = 50405
    BINDING_EXISTS = 50416
    TOO_MANY_PARTICIPANTS = 50417
    BINDING_PARAMETERS = 50420
    READ_INDEX_FORMAT = 50421
    TOO_MANY_NON_CHAT = 50422
    PARTICIPANT_REQUEST_INVALID = 50424
    TOO_MANY_AT_ONCE = 50426
    NOT_A_PARTICIPANT = 50430
    PARTICIPANT_NOT_FOUND = 50432
    PARTICIPANT_EXISTS = 50433
    PROXY_NOT_REMOVED = 50440
    ONE_LOOKUP_PARAMETER = 50451
    BODY_MISSING = 50503
    BODY_TOO_LONG = 50504
    MEDIA_NOT_FOUND = 50507
    MEDIA_SID_INVALID = 50510
    NO_CHANNEL_METADATA = 50530
    CHANNEL_METADATA_FORBIDDEN = 50531


_ANSWERS: dict[Code, tuple[int, str]] = {
    Code.BAD_REQUEST: (400, "Bad request"),
    Code.NOT_FOUND: (404, "The requested resource was not found"),
    Code.FRIENDLY_NAME_MISSING: (400, "Friendly name was not provided"),
    Code.FRIENDLY_NAME_TOO_LONG: (400, "Friendly name is too long"),
    Code.UNIQUE_NAME_TOO_LONG: (400, "Unique name is too long"),
    Code.WEBHOOK_FORMAT: (400, "Invalid webhook format"),
    Code.WEBHOOK_METHOD: (400, "Invalid webhook method"),
    Code.PRE_WEBHOOK_URL: (400, "Invalid pre-webhook url"),
    Code.POST_WEBHOOK_URL: (400, "Invalid post-webhook url"),
    Code.ROLE_NOT_FOUND: (400, "Role not found"),
    Code.SERVICE_ROLE_NOT_FOUND: (400, "Service role not found"),
    Code.PERMISSION_NOT_FOUND: (400, "Permission not found"),
    Code.ROLE_TYPE_INVALID: (400, "Invalid role type"),
    Code.CONVERSATION_ROLE_NOT_FOUND: (400, "Conversation role not found"),
    Code.NOT_AUTHORIZED: (403, "User not authorized for command"),
    Code.USER_NOT_FOUND: (404, "User not found"),
    Code.USER_EXISTS: (409, "User already exists"),
    Code.IDENTITY_MISSING: (400, "Identity was not provided"),
    Code.IDENTITY_LIKE_SID: (400, "Identity must not look like a user sid"),
    Code.BINDING_TYPE_INVALID: (400, "Invalid binding type"),
    Code.NOTIFICATION_LEVEL_INVALID: (400, "Invalid notification level"),
    Code.IDENTITY_NOT_ACCEPTABLE: (400, "Identity is not acceptable for this participant"),
    Code.IDENTITY_TOO_LONG: (400, "Identity is too long"),
    Code.TOO_MANY_CONVERSATIONS: (403, "User is in too many conversations"),
    Code.ATTRIBUTES_TOO_LONG: (400, "Attributes are too long"),
    Code.ATTRIBUTES_NOT_JSON: (400, "Attributes are not valid JSON"),
    Code.DATE_CREATED_INVALID: (400, "Invalid date of creation"),
    Code.DATE_UPDATED_INVALID: (400, "Invalid date of update"),
    Code.AUTHOR_TOO_LONG: (400, "Author is too long"),
    Code.MESSAGING_SERVICE_INVALID: (400, "Invalid messaging service sid"),
    Code.CONVERSATION_NOT_FOUND: (404, "Conversation not found"),
    Code.CONVERSATION_SID_MISSING: (400, "Conversation sid was not provided"),
    Code.UNIQUE_NAME_EXISTS: (409, "Conversation with this unique name already exists"),
    Code.WEBHOOK_NOT_FOUND: (404, "Conversation webhook not found"),
    Code.TOO_MANY_WEBHOOKS: (400, "Too many conversation webhooks"),
    Code.TOO_MANY_TRIGGERS: (400, "Too many conversation webhook triggers"),
    Code.WEBHOOK_SID_INVALID: (400, "Invalid conversation webhook SID"),
    Code.WEBHOOK_TYPE_INVALID: (400, "Invalid conversation webhook type"),
    Code.WEBHOOK_FILTER_INVALID: (400, "Invalid conversation webhook filter"),
    Code.WEBHOOK_TRIGGER_INVALID: (400, "Invalid conversation webhook trigger"),
    Code.WEBHOOK_FLOW_INVALID: (400, "Invalid conversation webhook flow SID"),
    Code.WEBHOOK_TYPE_MISSING: (400, "Conversation webhook type not provided"),
    Code.WEBHOOK_URL_MISSING: (400, "Conversation webhook URL not provided"),
    Code.WEBHOOK_FILTER_MISSING: (400, "Conversation webhook filter not provided"),
    Code.WEBHOOK_TRIGGER_MISSING: (400, "Conversation webhook trigger not provided"),
    Code.WEBHOOK_URL_TOO_LONG: (400, "Conversation webhook URL is too long"),
    Code.STATE_MISSING: (400, "State must not be empty"),
    Code.INACTIVE_TIMER_TOO_SHORT: (400, "The timer to inactive must be at least a minute"),
    Code.CLOSED_TIMER_TOO_SHORT: (400, "The timer to closed must be at least ten minutes"),
    Code.STATE_INVALID: (400, "Invalid state"),
    Code.INACTIVE_TIMER_FORMAT: (400, "The timer to inactive is no ISO 8601 duration"),
    Code.CLOSED_TIMER_FORMAT: (400, "The timer to closed is no ISO 8601 duration"),
    Code.CONVERSATION_CLOSED: (400, "Conversation is closed"),
    Code.TIMER_WITHOUT_STATE: (400, "A timer needs a state"),
    Code.INITIAL_STATE_CLOSED: (400, "The initial state of a conversation cannot be closed"),
    Code.UNIQUE_NAME_LIKE_SID: (400, "Unique name must not look like a conversation sid"),
    Code.READ_TIMESTAMP_FORMAT: (400, "Invalid time of the last read message"),
    Code.BINDING_PARAMETERS: (400, "These parameters of a messaging binding do not go together"),
    Code.READ_INDEX_FORMAT: (400, "Invalid index of the last read message"),
    Code.PARTICIPANT_REQUEST_INVALID: (400, "One of the participants is not a valid JSON object"),
    Code.TOO_MANY_AT_ONCE: (400, "Too many participants in one request"),
    Code.PROXY_NOT_REMOVED: (400, "Failed to remove the proxy address of a participant"),
    Code.ONE_LOOKUP_PARAMETER: (400, "Either Identity or Address is needed, and not both"),
    Code.BINDING_EXISTS: (409, "This address and proxy address are already bound in a conversation"),
    Code.TOO_MANY_PARTICIPANTS: (403, "Conversation has too many participants"),
    Code.TOO_MANY_NON_CHAT: (403, "Conversation has too many non-chat participants"),
    Code.NOT_A_PARTICIPANT: (403, "User is not a participant of the conversation"),
    Code.PARTICIPANT_NOT_FOUND: (404, "Participant not found"),
    Code.PARTICIPANT_EXISTS: (409, "Participant already exists"),
    Code.BODY_MISSING: (400, "Message body was not provided"),
    Code.BODY_TOO_LONG: (400, "Message body is too long"),
    Code.MEDIA_NOT_FOUND: (404, "Media not found"),
    Code.MEDIA_SID_INVALID: (400, "Invalid message media sid"),
    Code.NO_CHANNEL_METADATA: (404, "Message has no channel metadata"),
    Code.CHANNEL_METADATA_FORBIDDEN: (403, "User not authorized to read channel metadata"),
}


def refusal(code: Code, detail: str = "") -> TwilioError:
    """The error for ``code``; ``detail`` (what exactly was wrong) is appended to its text."""
    status, text = _ANSWERS[code]
    return TwilioError(status, int(code), f"{text}: {detail}" if detail else text)


def cancelled() -> TwilioError:
    """A pre-event webhook has refused the command. The words are the service's; its code is not documented."""
    return TwilioError(403, int(Code.NOT_AUTHORIZED), "Webhook cancelled processing of command")
