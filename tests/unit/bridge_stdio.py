"""A core for the facade in Node: the real bridge, client and native host; texts travel as lines of stdin and stdout."""

from __future__ import annotations

import asyncio
import sys

from pyconvo.bridge import start
from pyconvo.hosts.default import default_host


async def main() -> None:
    reader = asyncio.StreamReader(limit=2**24)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    bridge = start(lambda text: print(text, flush=True), default_host())
    while line := await reader.readline():
        bridge.receive(line.decode())
    bridge.close()


if __name__ == "__main__":
    asyncio.run(main())
