"""How much one emulator process carries: N of our own clients at once, M messages a second. Prints JSON.

    PYTHONPATH=.:tests .venv/bin/python -m bench.emulator_capacity --clients 200 --rate 500 --seconds 10

The emulator is a process of its own; all clients share this one, so that each has a core where there are two. Sends
start at their planned moments whatever became of earlier ones, so that waiting counts as latency. With ``--profile``
the emulator runs under cProfile and its hottest functions are printed. Not responsible for comparing SDKs (``bench``).
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import math
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from pyconvo import Client, Conversation, Message

READY = "Ready: "
#: Clients that log in at the same time.
AT_ONCE = 20
#: Real seconds after the last send for everything to arrive.
PATIENCE = 30.0


@contextmanager
def emulator(profile: str | None, *arguments: str) -> Iterator[tuple[int, str]]:
    """Its process id and its address."""
    profiler = ["-m", "cProfile", "-o", profile] if profile else []
    command = [sys.executable, *profiler, "-m", "pyconvo.emulator", "--port", "0", *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        url = next(line.removeprefix(READY).strip().rstrip("/") for line in process.stdout if line.startswith(READY))
        yield process.pid, url
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


def rss(pid: int) -> float:
    """Resident megabytes."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return round(int(line.split()[1]) / 1024, 1)
    return math.nan


def busy(pid: int) -> float:
    """Seconds of a core that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def spread(seconds: Sequence[float]) -> dict[str, float]:
    """In milliseconds."""
    ordered = sorted(seconds)
    at = {"p50": 0.5, "p90": 0.9, "p99": 0.99, "max": 1.0}
    return {
        name: round(1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))], 1) for name, share in at.items()
    }


class Load:
    def __init__(self, url: str, clients: int, room_size: int) -> None:
        self._url = url
        self._count = clients
        self._size = room_size
        self._clients: list[Client] = []
        self._rooms: list[list[Conversation]] = []
        self._begun: dict[str, float] = {}
        self.sent: list[float] = []
        self.delivered: list[float] = []
        self.failed: list[str] = []
        self._expected = math.inf
        self._done = asyncio.Event()

    @property
    def rooms(self) -> int:
        return self._count // self._size

    async def connect(self) -> float:
        """Log everybody in; how long it took."""
        people = [[f"u{room}-{n}" for n in range(self._size)] for room in range(self.rooms)]
        rooms = [{"uniqueName": f"r{number}", "participants": names} for number, names in enumerate(people)]
        options = {"emulator": self._url}
        gate = asyncio.Semaphore(AT_ONCE)
        async with httpx.AsyncClient(trust_env=False, timeout=60) as http:
            (await http.post(f"{self._url}/emulator/seed", json={"conversations": rooms})).raise_for_status()

            async def one(identity: str, room: str) -> Conversation:
                async with gate:
                    answer = (await http.get(f"{self._url}/token", params={"identity": identity})).json()
                    client = await Client.create(answer["token"], options)
                    self._clients.append(client)
                    client.on("message_added", self._heard)
                    return await client.get_conversation_by_unique_name(room)

            start = time.perf_counter()
            jobs = [one(name, f"r{number}") for number, names in enumerate(people) for name in names]
            found = await asyncio.gather(*jobs)
            took = time.perf_counter() - start
            self._rooms = [list(found[at : at + self._size]) for at in range(0, len(found), self._size)]
            await self._subscribed(http)
        return took

    async def run(self, rate: float, seconds: float) -> float:
        """Send at ``rate`` a second; how long it took until everything had arrived."""
        total = int(rate * seconds)
        start = time.perf_counter()
        tasks: set[asyncio.Task[None]] = set()
        for number in range(total):
            due = start + number / rate
            if (wait := due - time.perf_counter()) > 0:
                await asyncio.sleep(wait)
            room = self._rooms[number % len(self._rooms)]
            task = asyncio.create_task(self._send(room[number // len(self._rooms) % len(room)], str(number), due))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
        self._expected = total * self._size
        self._check()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._done.wait(), PATIENCE)
        return time.perf_counter() - start

    async def close(self) -> None:
        await asyncio.gather(*(client.shutdown() for client in self._clients))

    async def _send(self, room: Conversation, text: str, due: float) -> None:
        self._begun[text] = due
        try:
            await room.send_message(text)
        except Exception as error:
            self.failed.append(repr(error))
            self._check()
            return
        self.sent.append(time.perf_counter() - due)

    def _heard(self, message: Message) -> None:
        self.delivered.append(time.perf_counter() - self._begun[message.body or ""])
        self._check()

    def _check(self) -> None:
        if self.failed or len(self.delivered) >= self._expected:
            self._done.set()

    async def _subscribed(self, http: httpx.AsyncClient) -> None:
        """Wait until the emulator knows every subscription."""
        before = -1
        while True:
            connections = (await http.get(f"{self._url}/emulator/connections")).json()["connections"]
            now = sum(one["subscriptions"] for one in connections)
            if now == before and len(connections) == self._count:
                return
            before = now
            await asyncio.sleep(0.5)


async def measure(options: argparse.Namespace, pid: int, url: str) -> dict[str, Any]:
    load = Load(url, options.clients, options.room_size)
    empty = rss(pid)
    connecting = await load.connect()
    connected, before, own = rss(pid), busy(pid), time.process_time()
    took = await load.run(options.rate, options.seconds)
    used, own = busy(pid) - before, time.process_time() - own
    result = {
        "clients": options.clients,
        "roomSize": options.room_size,
        "connectSeconds": round(connecting, 2),
        "wantedRate": options.rate,
        "sent": len(load.sent),
        "failed": load.failed[:5],
        "delivered": len(load.delivered),
        "rate": round(len(load.sent) / took, 1),
        "sendMs": spread(load.sent),
        "deliveryMs": spread(load.delivered),
        "emulatorCore": round(used / took, 2),
        # What the rate costs, whatever else the machine does meanwhile.
        "emulatorCpuMs": round(1000 * used / max(1, len(load.sent)), 3),
        "clientsCore": round(own / took, 2),
        "rssMb": {"empty": empty, "connected": connected, "after": rss(pid)},
    }
    await load.close()
    return result


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--room-size", type=int, default=2)
    parser.add_argument("--rate", type=float, default=500, help="messages a second")
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--file", action="store_true", help="keep the data in a file instead of in memory")
    parser.add_argument("--profile", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        arguments = ["--db", f"{folder}/db"] if options.file else []
        profile = f"{folder}/profile" if options.profile else None
        with emulator(profile, *arguments) as (pid, url):
            result = asyncio.run(measure(options, pid, url))
        print(json.dumps(result, indent=1))
        if profile:
            import pstats

            pstats.Stats(profile).sort_stats("tottime").print_stats(45)
    # The rate was reached when everything arrived in the time that the sending took, give or take a twentieth.
    return 0 if result["rate"] >= 0.95 * options.rate and not result["failed"] else 1


if __name__ == "__main__":
    sys.exit(main())
