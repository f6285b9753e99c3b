"""The least that a client can do: aiohttp sending one ready-made body, and reading each answer.

No image is opened, no prompt written, nothing is checked or kept. What the driver takes beside
this is what its work costs, on whichever machine.

    python benchmarks/bare.py --url http://127.0.0.1:8000/v1 --requests 2000 --slots 256
"""

from __future__ import annotations

import argparse
import asyncio

import aiohttp
import orjson


def body(kilobytes: int) -> bytes:
    """A question of one token about an image of that size."""
    image = {"url": "data:image/jpeg;base64," + "A" * (1000 * kilobytes)}
    content = [{"type": "image_url", "image_url": image}, {"type": "text", "text": "yes or no?"}]
    messages = [{"role": "user", "content": content}]
    return orjson.dumps({"model": "standin", "max_tokens": 1, "messages": messages})


async def send(url: str, requests: int, slots: int, data: bytes) -> None:
    """Send all, `slots` at a time."""
    free = asyncio.Semaphore(slots)
    headers = {"Content-Type": "application/json"}
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

        async def one() -> None:
            async with (
                free,
                session.post(f"{url}/chat/completions", data=data, headers=headers) as r,
            ):
                orjson.loads(await r.read())

        await asyncio.gather(*(one() for _ in range(requests)))


def main() -> None:
    """Send."""
    parser = argparse.ArgumentParser(description="A client that does nothing but ask.")
    parser.add_argument("--url", required=True)
    parser.add_argument("--requests", type=int, default=2000)
    parser.add_argument("--slots", type=int, default=256)
    parser.add_argument("--kilobytes", type=int, default=76, help="of an image, as it is sent")
    given = parser.parse_args()
    work = send(given.url, given.requests, given.slots, body(given.kilobytes))
    try:
        import uvloop
    except ImportError:  # not made for every system
        asyncio.run(work)
    else:
        uvloop.run(work)


if __name__ == "__main__":
    main()
