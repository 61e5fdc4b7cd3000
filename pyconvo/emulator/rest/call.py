"""One request of the REST API: which chat service it means, under which address, with which parameters.

A service is reached by its sid, or as the account's default one without; addresses in answers are of the same kind.
Not responsible for finding the handler (``router``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from starlette.responses import Response

from pyconvo.emulator.conversations.model import Conversations
from pyconvo.emulator.rest.forms import Parameters
from pyconvo.emulator.service import Service
from pyconvo.emulator.webhooks import Webhooks


@dataclass(frozen=True, slots=True)
class Call:
    service: Service
    model: Conversations
    """The domain of the chat service that is meant."""
    webhooks: Webhooks
    """Of that service."""
    root: str
    """``http://HOST/v1``."""
    named: bool
    """Whether the chat service was named by its sid."""
    address: str
    """Of this request, without its query."""
    path: Mapping[str, str]
    """What stands for the parts of the path that vary."""
    form: Parameters
    query: Parameters

    @property
    def base(self) -> str:
        """Address of the service's resources."""
        return f"{self.root}/Services/{self.model.settings.service_sid}" if self.named else self.root

    @property
    def account(self) -> dict[str, str]:
        return {"account_sid": self.model.settings.account_sid}

    @property
    def owner(self) -> dict[str, str]:
        """Whose a resource is: account and chat service."""
        return {**self.account, "chat_service_sid": self.model.settings.service_sid}

    @property
    def inner(self) -> dict[str, str]:
        """As ``owner``, for what is in a conversation: there the service is told only to who named it."""
        return self.owner if self.named else self.account


Handler = Callable[[Call], Response]
