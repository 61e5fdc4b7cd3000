"""The control plane of recordings: ``/emulator/recording``, ``/emulator/replay``. Not responsible for playing."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from pyconvo.emulator.errors import TwilioError
from pyconvo.emulator.json_body import BAD_REQUEST, JSONResponse, optional, read
from pyconvo.emulator.replay.recording import Recording, RecordingError, written
from pyconvo.emulator.service import Service


class ReplayControl:
    def __init__(self, service: Service) -> None:
        self._service = service

    def routes(self) -> list[Route]:
        return [
            Route("/emulator/recording", self.recording, methods=["GET"]),
            Route("/emulator/replay", self.show, methods=["GET"]),
            Route("/emulator/replay", self.start, methods=["POST"]),
            Route("/emulator/replay", self.stop, methods=["DELETE"]),
            Route("/emulator/replay/skip", self.skip, methods=["POST"]),
        ]

    async def recording(self, request: Request) -> Response:
        """What the record of packets still holds, as a file for ``--replay``."""
        service = self._service
        text = written(service.log, service.clock, service.config.url)
        return PlainTextResponse(text, media_type="application/x-ndjson")

    async def show(self, request: Request) -> Response:
        """How far each session is, what it waits for, and in what the client differs from the recorded one."""
        player = self._service.player
        return JSONResponse({"playing": player is not None} | ({} if player is None else player.describe()))

    async def start(self, request: Request) -> Response:
        """``recording``: its text. ``attended``: whether somebody does again what was done. ``pause``: the longest."""
        body = await read(request)
        text, pause = optional(body, "recording", str), body.get("pause", 1.0)
        attended = body.get("attended", True)
        if not isinstance(attended, bool) or not isinstance(pause, int | float) or not 0 <= pause <= 3600:
            raise TwilioError(400, BAD_REQUEST, "attended must be true or false, pause a number of seconds up to 3600")
        try:
            recording = Recording.parse(text or "")
        except RecordingError as error:
            raise TwilioError(400, BAD_REQUEST, str(error)) from error
        self._service.replay(recording, attended=attended, longest_pause=float(pause))
        return await self.show(request)

    async def stop(self, request: Request) -> Response:
        self._service.stop_replay()
        return await self.show(request)

    async def skip(self, request: Request) -> Response:
        """Go on without what is waited for."""
        if self._service.player is not None:
            self._service.player.skip()
        return await self.show(request)
