"""The pool against servers that fail in every way that servers do."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import orjson
import pytest

from benchmarks.standin import Behaviour
from m3ds.endpoints.errors import Poisoned, RequestRefused
from m3ds.endpoints.pool import Pool
from m3ds.endpoints.probe import Probe
from m3ds.endpoints.wire import Completion
from m3ds.errors import M3dsError, ModelUnavailable
from tests.standing import Standing, standing


def body(text: str = "hello", **more: Any) -> Callable[[], bytes]:
    content = {"model": "standin", "messages": [{"role": "user", "content": text}], **more}
    return lambda: orjson.dumps(content)


CHOICE = {"structured_outputs": {"choice": ["1", "2", "3", "4", "5"]}, "max_tokens": 1}


def ask_all(
    urls: list[str],
    texts: list[str],
    *,
    window: int = 8,
    probe: Probe | None = None,
    **options: Any,
) -> tuple[list[Completion | BaseException], Pool]:
    """Ask for all texts at once; the text is also the tag."""

    async def work() -> tuple[list[Completion | BaseException], Pool]:
        settings: dict[str, Any] = {"wait_s": 0.01, "patience_s": 5.0, **options}
        async with Pool(urls, window=window, **settings) as pool:
            pool.start(probe)
            asked = (pool.ask(body(text, **CHOICE), tag=text) for text in texts)
            return await asyncio.gather(*asked, return_exceptions=True), pool

    return asyncio.run(work())


def texts(n: int) -> list[str]:
    return [f"text {k}" for k in range(n)]


def all_answered(found: list[Completion | BaseException]) -> bool:
    return all(isinstance(one, Completion) and one.text == "5" for one in found)


def test_answers_come_with_their_probabilities() -> None:
    with standing() as server:
        found, pool = ask_all([server.url], ["a"])
    answer = found[0]
    assert isinstance(answer, Completion)
    assert answer.top is not None
    assert set(answer.top) == {"3", "4", "5"}
    assert (answer.finish, answer.usage.prompt) == ("stop", 900)
    assert (pool.counts.requests, pool.counts.prompt_tokens) == (1, 900)


def test_no_endpoint_gets_more_than_its_window() -> None:
    with standing(Behaviour(latency_s=0.01)) as one, standing(Behaviour(latency_s=0.01)) as two:
        found, _ = ask_all([one.url, two.url], texts(100), window=4)
        assert all_answered(found)
        assert (one.standin.stats.most, two.standin.stats.most) == (4, 4)
        assert min(one.answered, two.answered) >= 30


@pytest.mark.parametrize(
    "faults",
    [{"status": 0.3}, {"drop": 0.3}, {"busy": 0.3}, {"status": 0.1, "drop": 0.1, "busy": 0.1}],
    ids=lambda faults: "-".join(faults),
)
def test_passing_failures_cost_nothing_but_time(faults: dict[str, float]) -> None:
    with standing(Behaviour(**faults)) as server:  # type: ignore[arg-type]
        found, pool = ask_all([server.url], texts(60))
        assert all_answered(found)
        assert server.answered == 60
        assert server.standin.stats.repeated == 0
    assert pool.counts.retries > 0


def test_a_refused_request_is_refused_at_once_with_the_servers_words() -> None:
    with standing(Behaviour(refuses="text 3")) as server:
        found, _ = ask_all([server.url], texts(6))
        assert [isinstance(one, RequestRefused) for one in found].count(True) == 1
        refused = found[3]
        assert isinstance(refused, RequestRefused)
        assert "this image cannot be processed" in refused.seen
        assert server.standin.stats.failed == {"400": 1}


def test_a_dead_endpoint_leaves_the_others_alone() -> None:
    with standing(Behaviour(latency_s=0.005)) as alive:
        gone = "http://127.0.0.1:9/v1"
        found, pool = ask_all([gone, alive.url], texts(80), window=4)
        assert all_answered(found)
        assert alive.standin.stats.most == 4
    assert not pool.endpoints[0].up


def test_an_endpoint_that_comes_back_is_taken_up_again() -> None:
    with standing(Behaviour(kills="text 0", away_s=0.3, latency_s=0.01)) as server:

        async def work() -> list[Completion | BaseException]:
            async with Pool([server.url], window=4, wait_s=0.01, patience_s=5) as pool:
                pool.start(None)
                first = asyncio.gather(
                    *(pool.ask(body(t, **CHOICE), tag=t) for t in texts(4)), return_exceptions=True
                )
                while not pool.endpoints[0].deaths:
                    await asyncio.sleep(0.01)
                server.behaviour.kills = ""
                return await first

        found = asyncio.run(work())
    assert all_answered(found)


def test_what_kills_the_engine_is_run_alone_and_then_set_aside() -> None:
    with standing(Behaviour(kills="text 7", away_s=0.1, latency_s=0.02)) as server:
        found, pool = ask_all([server.url], texts(20), window=6)
    culprits = [k for k, one in enumerate(found) if isinstance(one, Poisoned)]
    assert culprits == [7]
    assert all_answered(found[:7] + found[8:])
    assert pool.endpoints[0].deaths == 3


def test_several_that_kill_the_engine_are_all_found_and_nobody_else() -> None:
    with standing(Behaviour(kills="text 1", away_s=0.1, latency_s=0.02)) as server:
        found, _ = ask_all([server.url], texts(12), window=6)  # text 1, 10 and 11
    culprits = [k for k, one in enumerate(found) if isinstance(one, Poisoned)]
    assert culprits == [1, 10, 11]
    assert all_answered([one for one in found if not isinstance(one, Poisoned)])


def test_when_nobody_answers_patience_ends() -> None:
    found, _ = ask_all(["http://127.0.0.1:9/v1"], texts(3), patience_s=0.2)
    assert all(isinstance(one, ModelUnavailable) for one in found)
    assert "away for" in str(found[0])


@pytest.mark.parametrize("order", [1, -1])
def test_patience_ends_too_where_the_others_cannot_be_used(order: int) -> None:
    async def work(urls: list[str]) -> None:
        async with Pool(urls, window=1, wait_s=0.01, patience_s=0.2) as pool, asyncio.timeout(20):
            assert pool.away_s is None
            pool.start(None)
            asked = (pool.ask(body(text, **CHOICE), tag=text) for text in texts(4))
            found = await asyncio.gather(*asked, return_exceptions=True)
            assert all(isinstance(one, ModelUnavailable) for one in found)
            assert pool.away_s is None  # nobody is waited for any more

    with standing() as server:
        asyncio.run(work([f"{server.url}/nowhere", "http://127.0.0.1:9/v1"][::order]))


def test_a_request_that_fails_for_ever_waits_for_another_run() -> None:
    with standing(Behaviour(status=1.0)) as server:
        found, _ = ask_all([server.url], ["a"], wait_s=0.001)
    assert isinstance(found[0], ModelUnavailable)
    assert "12 failures in a row, the last one: 500: internal error" in str(found[0])


def test_an_ignored_constraint_is_noticed_before_anything_is_taken() -> None:
    with standing(Behaviour(ignores_constraints=True)) as server:
        found, _ = ask_all([server.url], texts(5), probe=Probe("standin", "vllm"))
    assert all(isinstance(one, ModelUnavailable) for one in found)
    assert "had to be {'word': 'm3ds-probe'}" in str(found[0])


def test_a_good_server_passes_the_probe_even_if_it_stumbles() -> None:
    with standing(Behaviour(status=0.5)) as server:
        found, _ = ask_all([server.url], texts(5), probe=Probe("standin", "vllm"))
        assert all_answered(found)
        assert server.standin.stats.answered["probe"] == 1


def test_lower_ranks_go_first() -> None:
    order: list[str] = []

    async def work(server: Standing) -> None:
        async with Pool([server.url], window=1) as pool:
            pool.start(None)

            async def one(tag: str, rank: int) -> None:
                await pool.ask(body(tag, **CHOICE), tag=tag, rank=rank)
                order.append(tag)

            await asyncio.gather(one("first", 2), one("b", 2), one("c", 1), one("a", 0))

    with standing() as server:
        asyncio.run(work(server))
    assert order == ["first", "a", "c", "b"]


def test_an_unknown_model_or_key_is_said_at_once() -> None:
    said: list[str] = []

    async def work(url: str) -> None:
        urls = [f"{url}/nowhere", "http://127.0.0.1:9/v1"]
        async with Pool(urls, window=1, wait_s=0.01, tell=said.append) as pool:
            await pool.served("the author m")

    with standing() as server:
        with pytest.raises(ModelUnavailable, match="no endpoint of the author m can be asked"):
            asyncio.run(work(server.url))
        first = f"{server.url}/nowhere cannot be used (the server answers 404: "
    assert said[0].startswith(first)
    assert said[1:] == ["http://127.0.0.1:9/v1 does not answer (no connection to 127.0.0.1:9)"]


def test_one_that_is_away_from_the_start_is_looked_for_where_another_answers() -> None:
    said: list[str] = []

    async def work(url: str) -> str:
        urls = ["http://127.0.0.1:9/v1", url]
        async with Pool(urls, window=1, patience_s=30, tell=said.append) as pool:
            return (await pool.served("the author m")).name

    with standing() as server:
        assert asyncio.run(work(server.url)) == "standin"
    assert [line.partition("; ")[2] for line in said] == ["looked for again for 30 s"]


def test_giving_up_frees_the_slots() -> None:
    async def work(server: Standing) -> int:
        async with Pool([server.url], window=2) as pool:
            pool.start(None)
            waiting = [asyncio.create_task(pool.ask(body(t, **CHOICE), tag=t)) for t in texts(6)]
            while server.standin.stats.requests < 2:
                await asyncio.sleep(0.005)
            for task in waiting:
                task.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)
            return pool.endpoints[0].in_flight

    with standing(Behaviour(latency_s=0.2)) as server:
        assert asyncio.run(work(server)) == 0


def test_errors_of_the_room_are_meant_to_be_read() -> None:
    assert issubclass(RequestRefused, M3dsError)
    assert issubclass(Poisoned, M3dsError)
