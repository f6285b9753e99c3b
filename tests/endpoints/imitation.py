"""Takes the place of `vllm serve`: any flags, and the stand-in behind `--port`.

`IMITATE` says what goes wrong: `fails` (it ends with words at once), `never` (it does not listen),
`mortal:FILE` (it ends in the middle of its work until FILE exists, which its first end makes),
`slow` (no answer for a minute), `nameless` (it lists no model), `sightless` (it takes no images),
`free` (it heeds no constraint), `broken` (it answers 500 to all that it is asked).
`IMITATE_LOG` names a file that learns when it goes up and down.
"""

from __future__ import annotations

import asyncio
import os
import sys
import threading
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from aiohttp import web

from benchmarks.standin import Behaviour, Standin


def live(name: str, word: str) -> None:
    """Note one event of its life."""
    if log := os.environ.get("IMITATE_LOG"):
        with Path(log).open("a") as file:
            file.write(f"{name}-{word}\n")


@web.middleware
async def nameless(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Lists no model."""
    if request.path == "/v1/models":
        return web.json_response({"object": "list", "data": []})
    return await handler(request)


@web.middleware
async def broken(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Lives, and answers nothing."""
    if request.path == "/v1/chat/completions":
        return web.json_response({"error": {"message": "no such operator"}}, status=500)
    return await handler(request)


def main() -> None:
    how, _, marker = os.environ.get("IMITATE", "").partition(":")
    print(f"imitation of vllm, called with {' '.join(sys.argv[1:])}", flush=True)
    print(f"process {os.getpid()}", flush=True)
    if how == "fails":
        print("ValueError: this model needs more memory than there is", flush=True)
        sys.exit(1)
    if how == "never":
        time.sleep(600)
    standin = Standin(
        Behaviour(
            latency_s=60 if how == "slow" else 0.01,
            refuses="image_url" if how == "sightless" else "",
            ignores_constraints=how == "free",
        )
    )
    if how == "nameless":
        standin.app.middlewares.append(nameless)
    if how == "broken":
        standin.app.middlewares.append(broken)
    if how == "mortal" and not Path(marker).exists():

        def die() -> None:
            while standin.stats.requests < 4:
                time.sleep(0.005)
            Path(marker).write_text("died")
            os._exit(0)  # as a server whose engine was killed ends: with nothing in its exit code

        threading.Thread(target=die, daemon=True).start()
    port = int(sys.argv[sys.argv.index("--port") + 1])
    name = sys.argv[sys.argv.index("--served-model-name") + 1]
    asyncio.set_event_loop(asyncio.new_event_loop())
    live(name, "up")
    web.run_app(standin.app, host="127.0.0.1", port=port, access_log=None, print=lambda _: None)
    live(name, "down")


if __name__ == "__main__":
    main()
