"""Whether a client's start is over, and how it ended. Not responsible for what is done to start."""

from __future__ import annotations

import asyncio

from pyconvo.errors import ConversationsError
from pyconvo.payloads import StartFailure, raised_as
from pyconvo.twilsock.actions import ConnectionErrorInfo


class Startup:
    """May fail and be tried again; once it has succeeded, that stays."""

    def __init__(self, *, raises: bool) -> None:
        """``raises``: who waits for its end gets a failure as an exception."""
        self._raises = raises
        self._over = self._pending()
        self.succeeded = False
        #: The last one.
        self.failure: ConnectionErrorInfo | StartFailure | None = None

    async def wait(self, *, coming: bool) -> None:
        """Wait for the end. ``coming``: whether one is to be expected; if not, only one that was there counts.

        Raises :class:`pyconvo.InitializationError` for a failure, if that is wanted.
        """
        # A start that succeeded late counts more than the failure before it; and there may be none to wait for.
        if not self.succeeded and (coming or self._over.done()):
            await asyncio.shield(self._over)

    def succeed(self) -> None:
        self.failure = None
        self.succeeded = True
        if not self._over.done():
            self._over.set_result(None)

    def fail(self, failure: ConnectionErrorInfo | StartFailure) -> None:
        self.failure = failure
        if not self._over.done():
            if self._raises:
                self._over.set_exception(raised_as(failure))
            else:
                self._over.set_result(None)

    def again(self) -> None:
        """It has failed, and may be tried once more: who asks from now on waits for that."""
        self._over = self._pending()

    def abandon(self) -> None:
        """The client is closed: a start that is waited for will not come."""
        if not self.succeeded and not self._over.done():
            self.failure = self.failure or StartFailure(True, "The client was shut down")
            self._over.set_result(None)

    def ensure_success(self) -> None:
        """Raises :class:`pyconvo.InitializationError` unless it has succeeded."""
        if not self.succeeded:
            raise raised_as(self.failure or StartFailure(True, "The client did not start"))

    def missed(self) -> ConversationsError:
        """The error of a call that needs what is not there without a start."""
        reason = self.failure.message if self.failure else "it is not connected"
        return ConversationsError(f"The client is not initialized: {reason}")

    @staticmethod
    def _pending() -> asyncio.Future[None]:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        # Nobody may be waiting; init_failed has told it anyway.
        future.add_done_callback(lambda done: done.cancelled() or done.exception())
        return future
