"""Measure `docsight serve`: throughput, latency, overload and memory.

    .venv/bin/python benchmarks/serving.py
    .venv/bin/python benchmarks/serving.py --memory 20000

Starts a server on a free port of the loopback address, and sends short texts from this process. Every number of
requests is bounded. Docs: docs/serving.md.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

CLIENTS = 64
OVERLOAD = 4
_NAMES = ("Ada Lovelace", "Charles Babbage", "Grace Hopper", "Alan Turing", "Mary Somerville")
_PLACES = ("London", "Paris", "New York", "Manchester", "Geneva")
_WORDS = ("engine", "machine", "letter", "reciept", "calender", "bridge", "museum", "seperate")


def text_of(number: int) -> str:
    """Return a short text, another one for each number; some have a misspelled word."""
    name, place = _NAMES[number % 5], _PLACES[number // 5 % 5]
    return f"{name} sent the {_WORDS[number // 25 % 8]} from {place} in the year {1800 + number % 150}."


@contextmanager
def server(*options: str) -> Iterator[tuple[str, int, int]]:
    """Run a server as long as the block runs; yields its host, its port and its process id."""
    command = [sys.executable, "-m", "docsight", "serve", "--port", "0", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            if "http" not in line:
                raise SystemExit("the server did not start; run `docsight serve` to see why")
            address = urlsplit(line.split()[-1])
            time.sleep(5)  # its worker for documents is still starting
            yield str(address.hostname), int(address.port or 0), process.pid
        finally:
            process.terminate()
            process.wait(timeout=60)


@dataclass
class Connection:
    """A kept-alive connection for one request at a time."""

    host: str
    port: int
    _streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = field(default=None, repr=False)

    async def post(self, body: bytes, path: str = "/v1/text") -> tuple[int, bytes]:
        """Send a request and return the status and the body of the answer."""
        if self._streams is None:
            self._streams = await asyncio.open_connection(self.host, self.port)
        reader, writer = self._streams
        head = f"POST {path} HTTP/1.1\r\nHost: {self.host}\r\nContent-Type: application/json\r\n"
        writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        answer = await reader.readuntil(b"\r\n\r\n")
        lines = answer.decode("latin-1").lower().split("\r\n")
        size = next(int(line.split(":")[1]) for line in lines if line.startswith("content-length:"))
        content = await reader.readexactly(size)
        if "connection: close" in lines:
            self.close()
        return int(lines[0].split()[1]), content

    def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


@dataclass
class Tally:
    """What happened to requests: the seconds of those that were answered with 200, and the number of each outcome."""

    seconds: list[float] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)
    elapsed: float = 0.0

    def percentile(self, fraction: float) -> float:
        ordered = sorted(self.seconds)
        return 1000 * ordered[min(len(ordered) - 1, int(fraction * len(ordered)))] if ordered else float("nan")

    @property
    def throughput(self) -> float:
        return len(self.seconds) / self.elapsed

    def __str__(self) -> str:
        outcomes = ", ".join(f"{count:,} {name}" for name, count in sorted(self.outcomes.items()))
        latency = f"p50 {self.percentile(0.5):.1f} ms, p99 {self.percentile(0.99):.1f} ms"
        return f"{self.throughput:.0f} texts/s, {latency} ({outcomes})"


async def send(connection: Connection, number: int, tally: Tally) -> None:
    text = text_of(number)
    started = time.perf_counter()
    try:
        status, content = await connection.post(json.dumps({"text": text}).encode())
    except (OSError, EOFError) as err:
        connection.close()
        tally.outcomes[type(err).__name__] += 1
        return
    if status == 200:
        tally.seconds.append(time.perf_counter() - started)
        if json.loads(content)["documents"][0]["text"] != text:
            tally.outcomes["wrong answers"] += 1
    tally.outcomes[str(status)] += 1


async def closed_loop(host: str, port: int, *, clients: int, requests: int) -> Tally:
    """Let some clients send requests, each as soon as its last one is answered."""
    tally, numbers = Tally(), iter(range(requests))

    async def client() -> None:
        connection = Connection(host, port)
        for number in numbers:
            await send(connection, number, tally)
        connection.close()

    started = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(clients)))
    tally.elapsed = time.perf_counter() - started
    return tally


async def open_loop(host: str, port: int, *, rate: float, seconds: float) -> Tally:
    """Send requests at a rate, whether or not the earlier ones are answered."""
    tally, free, tasks = Tally(), [], set[asyncio.Task[None]]()
    started = time.perf_counter()

    async def one(number: int) -> None:
        connection = free.pop() if free else Connection(host, port)
        await send(connection, number, tally)
        free.append(connection)

    number = 0
    while (now := time.perf_counter() - started) < seconds:
        while number < now * rate:
            task = asyncio.create_task(one(number))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
            number += 1
        await asyncio.sleep(0.002)
    await asyncio.gather(*tasks)
    tally.elapsed = time.perf_counter() - started
    tally.outcomes["lost"] = number - sum(count for name, count in tally.outcomes.items() if name != "wrong answers")
    for connection in free:
        connection.close()
    return tally


async def type_keys(host: str, port: int, *, keys: int) -> Tally:
    """Type a text in a session, each key when the answer to the last one has come."""
    tally, connection, session = Tally(), Connection(host, port), None
    text = "".join(f"{text_of(number)} " for number in range(keys))[:keys]
    begun = time.perf_counter()
    for number, key in enumerate(text):
        body = json.dumps({"session": session, "sequence": number, "keys": key}).encode()
        started = time.perf_counter()
        status, content = await connection.post(body, "/v1/type")
        tally.seconds.append(time.perf_counter() - started)
        tally.outcomes[str(status)] += 1
        session = json.loads(content)["session"]
    tally.elapsed = time.perf_counter() - begun
    connection.close()
    return tally


def resident_megabytes(pid: int) -> float:
    with open(f"/proc/{pid}/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / (1 << 20)


def cpu_seconds(pid: int) -> float:
    """Return the CPU time of the server, which other programs on the machine hardly change."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        user, system = file.read().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


async def measure(host: str, port: int, pid: int, *, requests: int, seconds: float, memory: int) -> None:
    await closed_loop(host, port, clients=CLIENTS, requests=500)  # warm
    started = cpu_seconds(pid)
    alone = await closed_loop(host, port, clients=1, requests=requests)
    between = cpu_seconds(pid)
    print(f"1 client: {alone}, {1000 * (between - started) / requests:.1f} ms of CPU time a text")
    together = await closed_loop(host, port, clients=CLIENTS, requests=10 * requests)
    cpu = (cpu_seconds(pid) - between) / (10 * requests)
    print(f"{CLIENTS} clients: {together}, {1000 * cpu:.1f} ms of CPU time a text")
    print(f"throughput of {CLIENTS} clients / 1 client: {together.throughput / alone.throughput:.1f}")
    rate = OVERLOAD * together.throughput
    overload = await open_loop(host, port, rate=rate, seconds=seconds)
    print(f"{OVERLOAD} times that ({rate:.0f} requests/s for {seconds:g} s): {overload}")
    print(f"p99 of accepted requests / p99 of 1 client: {overload.percentile(0.99) / alone.percentile(0.99):.2f}")
    again = await closed_loop(host, port, clients=1, requests=requests)
    print(f"1 client, afterwards: {again}")
    typing = await type_keys(host, port, keys=requests)
    print(f"keystrokes of 1 client: p50 {typing.percentile(0.5):.1f} ms, p99 {typing.percentile(0.99):.1f} ms")
    if memory:
        before = resident_megabytes(pid)
        for part in range(4):
            await closed_loop(host, port, clients=16, requests=memory // 4)
            now = resident_megabytes(pid)
            print(f"memory after {(part + 1) * memory // 4:,} more requests: {now:.0f} MB ({now - before:+.1f})")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--requests", type=int, default=500, help="requests of one client (default: %(default)s)")
    parser.add_argument("--seconds", type=float, default=10, help="time of the overload (default: %(default)s)")
    parser.add_argument("--memory", type=int, default=0, metavar="N", help="also send N requests and watch the memory")
    parser.add_argument("options", nargs="*", help="options of docsight serve, after --")
    args = parser.parse_args()
    with server(*args.options) as (host, port, pid):
        asyncio.run(measure(host, port, pid, requests=args.requests, seconds=args.seconds, memory=args.memory))


if __name__ == "__main__":
    main()
