"""The emulator's settings. Not responsible for reading them from anywhere (the command line does)."""

from __future__ import annotations

from dataclasses import dataclass

ACCOUNT_SID = "AC" + "0" * 32
AUTH_TOKEN = "emulator"
SERVICE_SID = "IS" + "0" * 32
API_KEY_SID = "SK" + "0" * 32
API_KEY_SECRET = "emulator-secret-for-development-only"


@dataclass(frozen=True, slots=True)
class EmulatorConfig:
    """``mounts``: pairs of URL and directory (or single file), served as static files after the service's own paths.

    ``seed`` makes identifiers repeatable. ``typing_timeout`` is in seconds. ``open_hosts``: host names, besides
    loopback ones, under which the emulator may be addressed; ``null`` lets in pages of no origin (from the disk).
    """

    db: str | None = None
    host: str = "127.0.0.1"
    port: int = 8080
    mounts: tuple[tuple[str, str], ...] = ()
    seed: int | None = None
    reachability: bool = True
    typing_timeout: int = 5
    open_hosts: tuple[str, ...] = ()
    seed_file: str | None = None
    """A fixture (JSON or YAML) to start with, when there is no data yet."""
    import_file: str | None = None
    """An exported state to start with, instead of what there was."""
    export_file: str | None = None
    """Where to write the whole state at the end."""
    ping_interval: float | None = 30.0
    """Real seconds between pings of a connection; three without a sign of life end it. None: no pings."""
    log_size: int = 10_000
    """How many packets the record keeps; older ones give way."""
    record: str | None = None
    """A file to which every packet is written as it passes, for ``replay``."""
    replay: str | None = None
    """A recording whose server side is played to clients, instead of serving them."""
    secret: str = API_KEY_SECRET
    service_sid: str = SERVICE_SID
    delivery_interval: float | None = None
    """Seconds from one status of a delivery receipt to the next; None: receipts advance only when told to."""
    token_warning: float = 180.0
    """Seconds before a token's expiry at which its connection is told."""

    @property
    def url(self) -> str:
        """The address it is reached at; only with the real port once it listens."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"
