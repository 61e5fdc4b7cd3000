"""The command line: ``pyconvo emulator`` and ``pyconvo token``.

Not responsible for what they do. Prints words, not tracebacks.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from pyconvo.version import __version__

NOTICE = "For development and tests only: everybody on this machine can log in as anybody."
EXPOSED = "Whoever reaches it can read and change everything."
LOOPBACK = ("127.0.0.1", "localhost", "::1")
MISSING = "this command needs the extra 'emulator': pip install 'pyconvo[emulator]'"


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns the exit status."""
    options = _parser().parse_args(arguments)
    try:
        return _emulator(options) if options.command == "emulator" else _token(options)
    except ModuleNotFoundError as error:
        print(f"pyconvo: {error.name} is not installed; {MISSING}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="pyconvo", description="Twilio Conversations in Python: tools")
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command", required=True)

    emulator = commands.add_parser("emulator", help="run the local service")
    emulator.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine only)")
    emulator.add_argument("--port", type=_port, default=8080)
    emulator.add_argument("--db", metavar="FILE", help="keep the data in this SQLite file (default: in memory)")
    emulator.add_argument(
        "--allow-host",
        action="append",
        default=[],
        metavar="NAME",
        help="also answer under this host name, and to pages from there (null: to pages opened from the disk)",
    )
    emulator.add_argument("--seed", type=int, help="make identifiers repeatable")
    emulator.add_argument(
        "--seed-file", metavar="FILE", help="a fixture (JSON, YAML) to start with when there is no data"
    )
    emulator.add_argument("--import", dest="import_file", metavar="FILE", help="start with this exported state")
    emulator.add_argument(
        "--export", dest="export_file", type=_writable, metavar="FILE", help="write the state at the end"
    )
    emulator.add_argument(
        "--record", type=_writable, metavar="FILE", help="write every packet to this file, for --replay"
    )
    emulator.add_argument("--replay", metavar="FILE", help="play the server side of a recording to whoever connects")
    emulator.add_argument(
        "--log-size", type=int, default=10_000, metavar="PACKETS", help="how many are kept for reading"
    )
    emulator.add_argument("--typing-timeout", type=int, default=5, metavar="SECONDS")
    emulator.add_argument(
        "--delivery-interval",
        type=_seconds,
        metavar="SECONDS",
        help="let delivery receipts advance by one status every so often (default: only when told to)",
    )
    emulator.add_argument(
        "--mount", action="append", default=[], type=_mount, metavar="URL=PATH", help="also serve these files"
    )

    token = commands.add_parser("token", help="print an access token for the emulator")
    token.add_argument("identity")
    token.add_argument("--ttl", type=float, default=3600, help="seconds (default 3600)")
    return parser


def _emulator(options: argparse.Namespace) -> int:
    from pyconvo.emulator.config import ACCOUNT_SID, API_KEY_SECRET, API_KEY_SID, AUTH_TOKEN, EmulatorConfig
    from pyconvo.emulator.database import DatabaseError
    from pyconvo.emulator.fixtures import FixtureError
    from pyconvo.emulator.replay import RecordingError
    from pyconvo.emulator.server import PortInUse, run

    config = EmulatorConfig(
        db=options.db,
        host=options.host,
        port=options.port,
        mounts=tuple(options.mount),
        seed=options.seed,
        seed_file=options.seed_file,
        import_file=options.import_file,
        export_file=options.export_file,
        record=options.record,
        replay=options.replay,
        log_size=options.log_size,
        typing_timeout=options.typing_timeout,
        delivery_interval=options.delivery_interval,
        open_hosts=(*options.allow_host, *(() if options.host in LOOPBACK else (options.host,))),
    )

    def ready(url: str) -> None:
        print(f"pyconvo emulator {__version__}. {NOTICE}")
        if options.host not in LOOPBACK:
            print(f"WARNING: {options.host} can be reached from other machines. {EXPOSED}")
        print(f"Socket: {url.replace('http', 'ws', 1)}/v3/wsconnect   Token: {url}/token?identity=alice")
        print(f"REST: {url}/v1/   Account: {ACCOUNT_SID}   Auth token: {AUTH_TOKEN}")
        print(f"API key: {API_KEY_SID}   Secret: {API_KEY_SECRET}")
        print(f"Ready: {url}/", flush=True)

    try:
        run(config, ready)
    except (PortInUse, DatabaseError, FixtureError, RecordingError) as error:
        print(f"pyconvo: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0
    return 0


def _token(options: argparse.Namespace) -> int:
    from pyconvo.emulator.config import ACCOUNT_SID, API_KEY_SECRET, API_KEY_SID, SERVICE_SID
    from pyconvo.tokens import access_token

    try:
        token = access_token(
            options.identity,
            account_sid=ACCOUNT_SID,
            api_key_sid=API_KEY_SID,
            api_key_secret=API_KEY_SECRET,
            service_sid=SERVICE_SID,
            ttl=options.ttl,
        )
    except ValueError as error:
        print(f"pyconvo: {error}", file=sys.stderr)
        return 1
    print(token)
    return 0


def _port(text: str) -> int:
    if not text.isdigit() or not 0 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError("a port is a number from 0 to 65535")
    return int(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < float("inf"):
        raise argparse.ArgumentTypeError("a time is a number of seconds of at least 0")
    return seconds


def _writable(text: str) -> str:
    if not Path(text).absolute().parent.is_dir() or Path(text).is_dir():
        raise argparse.ArgumentTypeError(f"expected a file in an existing folder, got {text!r}")
    return text


def _mount(text: str) -> tuple[str, str]:
    url, _, path = text.partition("=")
    if not url.startswith("/") or not path or not Path(path).exists():
        raise argparse.ArgumentTypeError(f"expected /URL=PATH with an existing directory or file, got {text!r}")
    return url, path


if __name__ == "__main__":
    sys.exit(main())
