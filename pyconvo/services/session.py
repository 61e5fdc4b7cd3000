"""What the parts of one client share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pyconvo.hosts.base import Host
from pyconvo.lifetime import Lifetime
from pyconvo.services.channel_metadata import ChannelMetadataReader
from pyconvo.services.commands import Commands
from pyconvo.services.configuration import Configuration
from pyconvo.services.media import MediaService
from pyconvo.services.network import CachedNetwork
from pyconvo.services.recipients import Recipients
from pyconvo.services.tasks import Tasks
from pyconvo.sync.client import SyncClient
from pyconvo.twilsock.connection import TwilsockClient

if TYPE_CHECKING:
    from pyconvo.services.typing import TypingIndicator
    from pyconvo.services.users import Users


@dataclass(frozen=True, slots=True)
class Core:
    """There from the client's first moment."""

    host: Host
    tasks: Tasks
    twilsock: TwilsockClient
    sync: SyncClient
    commands: Commands
    lifetime: Lifetime = field(default_factory=Lifetime)


@dataclass(frozen=True, slots=True)
class Session:
    """There once the service has told its configuration."""

    core: Core
    configuration: Configuration
    network: CachedNetwork
    users: Users
    typing: TypingIndicator
    media: MediaService
    recipients: Recipients
    channel_metadata: ChannelMetadataReader

    @classmethod
    def over(
        cls,
        core: Core,
        configuration: Configuration,
        network: CachedNetwork,
        users: Users,
        typing: TypingIndicator,
        media: MediaService,
    ) -> Session:
        """With the parts that need no more than these."""
        urls = configuration.links.conversations
        recipients = Recipients(core.commands, urls, configuration.message_recipients_cache)
        metadata = ChannelMetadataReader(core.commands, urls, configuration.channel_metadata_cache)
        return cls(core, configuration, network, users, typing, media, recipients, metadata)

    @property
    def lifetime(self) -> Lifetime:
        return self.core.lifetime

    @property
    def host(self) -> Host:
        return self.core.host

    @property
    def tasks(self) -> Tasks:
        return self.core.tasks

    @property
    def sync(self) -> SyncClient:
        return self.core.sync

    @property
    def commands(self) -> Commands:
        return self.core.commands
