"""Record and replay: what passed through the sockets as a file, and its server side played to a client again.

A bug report becomes something that can be run: record with ``--record``, send the file, play it with ``--replay``.
"""

from pyconvo.emulator.replay.player import Player
from pyconvo.emulator.replay.recording import Recorder, Recording, RecordingError

__all__ = ["Player", "Recorder", "Recording", "RecordingError"]
