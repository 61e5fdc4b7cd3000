"""The access token in use, and who waits for the service to accept a new one.

Tokens are numbered, because the answer to an init or update settles the token it carried and all before it, while a
newer one may be waiting already. Not responsible for sending them.
"""

from __future__ import annotations

from pyconvo.twilsock.actions import Action, Settle


class Tokens:
    def __init__(self, token: str) -> None:
        self.current = token
        self._newest = 0
        self._carried = 0
        self._waiting: list[int] = []

    @staticmethod
    def _key(number: int) -> str:
        return f"token:{number}"

    def renew(self, token: str) -> str:
        """Use ``token`` from now on. Returns the key under which its acceptance is settled."""
        self._newest += 1
        self.current = token
        self._waiting.append(self._newest)
        return self._key(self._newest)

    def sent(self) -> None:
        """The current token is on its way, in an init or update."""
        self._carried = self._newest

    @property
    def has_news(self) -> bool:
        """Whether somebody waits for a token that has not been sent."""
        return any(number > self._carried for number in self._waiting)

    def answered(self, error: Exception | None) -> list[Action]:
        """The token that was sent is accepted, or refused with ``error``."""
        settled = [number for number in self._waiting if number <= self._carried]
        self._waiting = [number for number in self._waiting if number > self._carried]
        return [Settle(self._key(number), error=error) for number in settled]

    def abandoned(self, error: Exception) -> list[Action]:
        """No token will be sent any more."""
        settled, self._waiting = self._waiting, []
        return [Settle(self._key(number), error=error) for number in settled]
