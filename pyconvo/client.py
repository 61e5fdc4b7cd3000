"""``Client``: one user's connection to the service, and the door to everything else.

Puts the layers together, starts them, and passes their events on. What conversations, users and typing do is in
``services/``, what to do about conversations and push notifications in ``conversation_lookup`` and ``push_members``.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any, ClassVar, Self

from pyconvo.content import ContentTemplate
from pyconvo.conversation_lookup import ConversationLookup
from pyconvo.entity import Entity
from pyconvo.errors import ConversationsError
from pyconvo.event_names import ClientEvents
from pyconvo.hosts.base import Host
from pyconvo.hosts.default import default_host
from pyconvo.lifetime import Lifetime
from pyconvo.media_urls import MediaUrls
from pyconvo.options import ClientOptions
from pyconvo.payloads import ClientSynchronizationStatus, InitFailed, StartFailure
from pyconvo.push_members import PushMembers
from pyconvo.services.commands import Commands
from pyconvo.services.configuration import PRODUCT_ID, Configuration
from pyconvo.services.content import ContentTemplates
from pyconvo.services.conversations import Conversations
from pyconvo.services.foresight import expected_list
from pyconvo.services.media import MediaService
from pyconvo.services.network import CachedNetwork
from pyconvo.services.push import PushRegistrations
from pyconvo.services.session import Core, Session
from pyconvo.services.startup import Startup
from pyconvo.services.tasks import Tasks
from pyconvo.services.transport import transport
from pyconvo.services.typing import TypingIndicator
from pyconvo.services.users import Users
from pyconvo.sync import SyncClient, SyncOptions
from pyconvo.twilsock.actions import ConnectionErrorInfo
from pyconvo.user import User
from pyconvo.validation import NON_EMPTY_STRING, OMITTED, PURE_OBJECT, STRING, UNDEFINED, check, checked
from pyconvo.version import OFFICIAL_SDK_VERSION

logger = logging.getLogger("pyconvo.client")

_STARTUP = "conversations.client.startup"


class Client(Entity, ClientEvents, ConversationLookup, MediaUrls, PushMembers):
    """One user's connection. Starts connecting at once; needs a running event loop.

    ``token``: an access token with a grant for conversations. ``options``: :class:`ClientOptions`, or a mapping
    with the official names. ``host``: the platform; found by itself.

    ``async with Client(token) as client:`` waits for the start, raises :class:`InitializationError` when it fails,
    and shuts down at the end: also after an exception in its block, and when its task is cancelled.

    Raises :class:`ArgumentError` for a token that is no text or empty, and for options that are no mapping.

    Official: ``Client``. Here and in all other classes the official name of a member or event is its name in
    camelCase, unless its documentation says otherwise.
    """

    #: The official SDK's version that this one behaves like.
    version: ClassVar[str] = OFFICIAL_SDK_VERSION

    def __init__(
        self, token: str, options: ClientOptions | Mapping[str, Any] | None = None, *, host: Host | None = None
    ) -> None:
        check(1, NON_EMPTY_STRING, token)
        check(2, [PURE_OBJECT, OMITTED], UNDEFINED if options is None else options)
        super().__init__(Lifetime())
        self._token = token
        self._options = ClientOptions.read(options)
        self._options.apply_log_level()
        self._connection_state = "unknown"
        self._configuration: Configuration | None = None
        self._session: Session | None = None
        self._conversations: Conversations | None = None
        self._listing: asyncio.Task[None] | None = None
        self._synchronization: ClientSynchronizationStatus = "started"
        self._core = self._build(host or default_host())
        self._content = ContentTemplates(self._core)
        self._push = PushRegistrations(self._core, self._options.registrations_url, token)
        self._myself = User(self._core, ready=self._ready_session)
        self._startup = Startup(raises=self._options.throw_errors_always)
        self._listen()
        self._core.twilsock.connect()

    @classmethod
    async def create(
        cls,
        token: str,
        options: ClientOptions | Mapping[str, Any] | None = None,
        *,
        host: Host | None = None,
    ) -> Self:
        """A client whose start is over.

        Returns also when the start failed (``init_failed`` tells), unless the option ``throw_errors_always`` is
        set: then raises :class:`InitializationError`, and the client is shut down. It is, too, when the waiting task
        is cancelled. Arguments as for the class.
        """
        check(1, STRING, token)
        check(2, [OMITTED, PURE_OBJECT], UNDEFINED if options is None else options)
        client = cls(token, options, host=host)
        try:
            await client._wait_ready()
        except BaseException:
            # Nobody will ever hold this client.
            await client._close()
            raise
        return client

    # -- state -----------------------------------------------------------------------------------------------

    @property
    def connection_state(self) -> str:
        """``unknown``, ``connecting``, ``connected``, ``disconnecting``, ``disconnected``, ``denied``, ``retrying``.

        ``denied``: the token was refused; ``retrying``: a socket failed, another is tried soon.
        """
        return self._connection_state

    @property
    def synchronization_status(self) -> ClientSynchronizationStatus:
        """How much of the user's data is here, in the mobile SDKs' terms.

        ``"started"``; ``"conversations_completed"``: the list of conversations is known (iOS:
        ``conversationsListCompleted``); ``"completed"``: all its conversations are followed, their participants read;
        ``"failed"``: the start or the list failed. ``initialized`` does not wait for any of it.

        Mobile SDKs: ``SynchronizationStatus`` of the client. Guide: "Initializing Conversations SDK Clients".
        """
        return self._synchronization

    @property
    def token(self) -> str:
        """The access token in use: the last one that the service has accepted, or the first."""
        return self._token

    @property
    def user(self) -> User:
        """The own user; without content before the start is over."""
        return self._myself

    @property
    def reachability_enabled(self) -> bool:
        """Whether the service tells who is online. Raises :class:`ConversationsError` before it is known."""
        if self._configuration is None:
            raise ConversationsError("Whether reachability is enabled is not known before the client is initialized")
        return self._configuration.reachability_enabled

    # -- life ------------------------------------------------------------------------------------------------

    async def shutdown(self) -> None:
        """Close the connection, after the start is over. Nothing is announced afterwards.

        Streams of events and :meth:`wait_for` end. What was read stays readable.
        """
        await self._wait_ready()
        self._core.tasks.is_ending = True
        await self._core.twilsock.disconnect()
        self._startup.abandon()
        self._core.twilsock.after_events(self._core.lifetime.finish)

    @checked(NON_EMPTY_STRING)
    async def update_token(self, token: str) -> Client:
        """Go on with another token, for the same user.

        Also connects a client that was refused or has lost its connection. Raises
        :class:`pyconvo.errors.ReplyError` when the service refuses the token; the old one is kept then.
        """
        if self._startup.failure is None:
            await self._wait_ready()
        logger.info("updating the token")
        if token != self._token:
            await self._core.twilsock.update_token(token)
            self._token = token
            self._push.use_token(token)
            if self._session is not None:
                self._session.media.token = token
        return self

    async def __aenter__(self) -> Self:
        try:
            await self._wait_ready()
            self._startup.ensure_success()
        except BaseException:
            # Cancelled, too: the end of the block will not be reached.
            await self._close()
            raise
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._close()

    async def _close(self) -> None:
        core = self._core
        try:
            await core.twilsock.disconnect()
        finally:
            core.tasks.cancel()
            self._startup.abandon()
            core.sync.shutdown()
            core.twilsock.after_events(core.lifetime.finish)

    # -- templates and users ---------------------------------------------------------------------------------

    async def get_content_templates(self) -> tuple[ContentTemplate, ...]:
        """The account's content templates, for :meth:`MessageBuilder.set_content_template`; kept for five seconds."""
        await self._wait_ready()
        return await self._content.all()

    @checked(NON_EMPTY_STRING)
    async def get_user(self, identity: str) -> User:
        """A user, subscribed to from now on. When too many are, the first one is let go."""
        return await (await self._ready_session()).users.get(identity)

    async def get_subscribed_users(self) -> list[User]:
        """The own user, then the others in order of subscription."""
        return await (await self._ready_session()).users.subscribed()

    # -- construction ----------------------------------------------------------------------------------------

    def _build(self, host: Host) -> Core:
        options = self._options
        twilsock = transport(host, self._token, options)
        # Ours first: the client's own state must be right before Sync acts on a new connection.
        twilsock.on("token_about_to_expire", lambda: self.emit("token_about_to_expire"))
        twilsock.on("token_expired", lambda: self.emit("token_expired"))
        twilsock.on("connection_error", lambda error: self.emit("connection_error", error))
        twilsock.on("state_changed", self._on_state_changed)
        kept = options.storage(host)
        sync = SyncClient(host, twilsock, SyncOptions(options.sync_url, PRODUCT_ID, storage=kept))
        commands = Commands(host, twilsock, options.base_url, PRODUCT_ID)
        return Core(host, Tasks(), twilsock, sync, commands, self._lifetime or Lifetime())

    def _listen(self) -> None:
        twilsock = self._core.twilsock
        twilsock.once("connection_error", self._fail)
        twilsock.once("disconnected", self._on_disconnected)
        twilsock.once("connected", self._on_connected)

    def _on_state_changed(self, state: str) -> None:
        if state == "connecting":
            self._core.lifetime.begin()
            self._core.tasks.is_ending = False
        if state != self._connection_state:
            logger.debug("the connection is %s", state)
            self._connection_state = state
            self._mark_dirty()
            self.emit("connection_state_changed", state)

    # -- start -----------------------------------------------------------------------------------------------

    def _on_connected(self) -> None:
        twilsock = self._core.twilsock
        twilsock.off("connection_error", self._fail)
        twilsock.off("disconnected", self._on_disconnected)
        twilsock.add_telemetry_start(_STARTUP, "Conversations client startup", "")
        self._reach("started")
        self._core.tasks.start(self._start(), "starting the client")

    async def _start(self) -> None:
        try:
            await self._initialize()
        except ConversationsError as error:
            self._fail(StartFailure(True, str(error)))
        except Exception as error:
            # An answer that nobody could foresee must not leave everybody waiting.
            logger.error("the client cannot start", exc_info=error)
            self._fail(StartFailure(True, f"{type(error).__name__}: {error}"))

    async def _initialize(self) -> None:
        core = self._core
        # Right after the request below is out, whose answer is to name what is asked for here, and most likely does.
        asyncio.get_running_loop().call_soon(core.sync.ask_ahead, "map", expected_list(self._token))
        response = await core.commands.fetch("Client/v2/Configuration")
        configuration = Configuration.read(response, self._options, core.host.now())
        self._configuration = configuration
        self._mark_dirty()
        self._myself._become(configuration)
        network = CachedNetwork(core.host, core.twilsock, configuration)
        users = Users(core, network, configuration, self._myself)
        typing = TypingIndicator(core.host, core.twilsock, configuration)
        media = MediaService(core.host, configuration, self._options.media_region, self._token)
        self._session = Session.over(core, configuration, network, users, typing, media)
        self._conversations = Conversations(self._session, lambda: self._reach("conversations_completed"))
        users._relay = self._conversations._relay = self._pass_on
        self._listing = core.tasks.start(self._conversations.load(), "reading the list of conversations")
        try:
            # As a task like the listing, so that their first requests go out in this order.
            await core.tasks.start(self._myself._ensure_fetched(), "reading the own user")
            typing.listen(self._with_conversation)
            self._startup.succeed()
            self.emit("state_changed", "initialized")
            self.emit("initialized")
        finally:
            self._conversations.announce()
        core.twilsock.add_telemetry_end(_STARTUP)
        core.tasks.start(self._synchronize(self._conversations, self._listing), "waiting for all conversations")

    async def _synchronize(self, conversations: Conversations, listing: asyncio.Task[None]) -> None:
        try:
            await asyncio.shield(listing)
        except ConversationsError:
            self._reach("failed")
            return
        await conversations.followed()
        self._reach("completed")

    def _reach(self, status: ClientSynchronizationStatus) -> None:
        self._synchronization = status
        self.emit("synchronization_status_updated", status)

    def _pass_on(self, event: str, payload: tuple[Any, ...]) -> None:
        """What conversations and users tell are the client's own events, under the same names."""
        self.emit(event, payload[0])

    def _fail(self, failure: ConnectionErrorInfo | StartFailure) -> None:
        self._startup.fail(failure)
        self._reach("failed")
        self.emit("state_changed", "failed")
        self.emit("init_failed", InitFailed(failure))

    def _on_disconnected(self) -> None:
        # The connection may be tried again: then this is not the end.
        self._fail(StartFailure(not self._core.twilsock.active, "Twilsock has disconnected."))
        self._startup.again()

    # -- helpers ---------------------------------------------------------------------------------------------

    async def _wait_ready(self) -> None:
        await self._startup.wait(coming=self._core.twilsock.active)

    async def _ready_session(self) -> Session:
        await self._wait_ready()
        if self._session is None:
            raise self._startup.missed()
        return self._session

    async def _ready_conversations(self) -> Conversations:
        await self._ready_session()
        if self._conversations is None:
            raise self._startup.missed()
        return self._conversations
