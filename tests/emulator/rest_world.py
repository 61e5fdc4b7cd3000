"""What tests of the REST API have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from pyconvo.emulator.config import SERVICE_SID


@pytest.fixture(params=["default", "named"])
def api(request: pytest.FixtureRequest, twilio_client: Client) -> Any:
    """The resources of the default service, and of the same one named by its sid."""
    v1 = twilio_client.conversations.v1
    return v1 if request.param == "default" else v1.services(SERVICE_SID)


def refused(command: Callable[[], Any]) -> tuple[int, int]:
    """Status and code of the refusal."""
    with pytest.raises(TwilioRestException) as caught:
        command()
    return caught.value.status, caught.value.code
