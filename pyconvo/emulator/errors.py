"""Refusals in Twilio's own form. Not responsible for which rule refuses (the domain, the store, the doors)."""

from __future__ import annotations

from typing import Any


class TwilioError(Exception):
    """An answer other than success: HTTP ``status``, Twilio's error ``code``, and words for people."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message

    def body(self) -> dict[str, Any]:
        """The JSON body of the refusal."""
        return {
            "status": self.status,
            "code": self.code,
            "message": self.message,
            "more_info": f"https://www.twilio.com/docs/errors/{self.code}",
        }
