"""What the driver relies on in an answer: form, scores, seeds, counts of tokens."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from .client import STEPS_SCHEMA, Reply, chat, get, picture, post
from .serving import NAME, Server

pytestmark = pytest.mark.vllm

CONSTRAINTS: dict[str, dict[str, Any]] = {
    "structured_outputs": {"structured_outputs": {"json": STEPS_SCHEMA}},
    "response_format": {
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "steps", "strict": True, "schema": STEPS_SCHEMA},
        }
    },
}
LIKERT = ["1", "2", "3", "4", "5"]


@pytest.mark.parametrize("images", [1, 2])
@pytest.mark.parametrize("form", CONSTRAINTS)
def test_a_schema_binds_the_answer(qwen: Server, form: str, images: int) -> None:
    pictures = [picture(number) for number in range(images)]
    for seed in range(4):
        reply = chat(qwen, *pictures, seed=seed, max_tokens=600, **CONSTRAINTS[form])
        assert reply.choice["finish_reason"] == "stop"
        _validate(json.loads(reply.text))


def test_a_truncated_answer_says_so(qwen: Server) -> None:
    reply = chat(qwen, picture(), max_tokens=5, **CONSTRAINTS["structured_outputs"])
    assert reply.choice["finish_reason"] == "length"
    with pytest.raises(ValueError, match=r"Unterminated|Expecting"):
        json.loads(reply.text)


def test_a_constraint_under_an_unknown_name_is_ignored(qwen: Server) -> None:
    """So the driver probes a server before it trusts it, and validates every answer."""
    reply = chat(qwen, picture(), guided_json=STEPS_SCHEMA)
    assert not reply.text.startswith("{")


@pytest.mark.parametrize("sampling", [{"temperature": 0}, {"temperature": 1, "top_p": 0.5}])
def test_scores_are_exact(qwen: Server, sampling: dict[str, Any]) -> None:
    """The five probabilities are those after masking, whatever the sampling, and sum to 1."""
    reply = _score(qwen, LIKERT, 5, **sampling)
    assert reply.text in LIKERT
    assert reply.choice["finish_reason"] == "length"  # one token was asked for
    assert set(reply.probabilities()) == set(LIKERT)
    assert sum(reply.probabilities().values()) == pytest.approx(1, abs=1e-3)
    assert reply.probabilities() == pytest.approx(_score(qwen, LIKERT, 5).probabilities())


def test_a_word_may_come_in_pieces(qwen: Server) -> None:
    """`no` may begin with the token `n`: what counts is what a first token is the beginning of."""
    likely = {token: p for token, p in _score(qwen, ["yes", "no"], 20).probabilities().items() if p}
    assert {"yes", "no"} <= set(likely)
    assert all(token and ("yes".startswith(token) or "no".startswith(token)) for token in likely)
    assert sum(likely.values()) == pytest.approx(1, abs=1e-3)
    whole = chat(qwen, picture(), max_tokens=8, structured_outputs={"choice": ["yes", "no"]})
    assert whole.text in {"yes", "no"}
    assert whole.choice["finish_reason"] == "stop"


def test_the_image_is_seen(qwen: Server) -> None:
    assert _score(qwen, LIKERT, 5, number=1).probabilities() != pytest.approx(
        _score(qwen, LIKERT, 5, number=2).probabilities(), abs=1e-4
    )


def test_the_same_seed_gives_the_same_text_in_any_company(qwen: Server) -> None:
    asked = [7, 8, 9, 7, 10, 11, 12, 7]
    with ThreadPoolExecutor(len(asked)) as pool:
        texts = list(pool.map(lambda seed: chat(qwen, picture(), seed=seed).text, asked))
    alone = chat(qwen, picture(), seed=7).text
    assert {text for seed, text in zip(asked, texts, strict=True) if seed == 7} == {alone}
    assert len(set(texts)) > 3


def test_tokens_are_counted(qwen: Server) -> None:
    """An image costs one token for each cell of 28 × 28 px."""
    usage = chat(qwen, picture(width=280, height=140), max_tokens=3, ignore_eos=True).body["usage"]
    assert usage["completion_tokens"] == 3
    assert usage["prompt_tokens_details"]["multimodal_tokens"] == {"image": 50}


def test_a_shared_beginning_is_cached(qwen: Server) -> None:
    rules = "Rule. " * 100
    first, again = (chat(qwen, picture(), system=rules).body["usage"] for _ in range(2))
    assert first["prompt_tokens_details"]["cached_tokens"] == 0
    assert again["prompt_tokens_details"]["cached_tokens"] >= 128  # a block on a CPU


def test_a_request_may_carry_its_name(qwen: Server) -> None:
    message = {"role": "user", "content": "Answer."}
    body = {"model": NAME, "messages": [message], "max_tokens": 1, "user": "sample-1"}
    reply = post(qwen, "/v1/chat/completions", body, **{"X-Request-Id": "sample-1-author-0"})
    assert reply.status == 200
    assert reply.body["id"] == "chatcmpl-sample-1-author-0"


def test_the_server_says_what_it_serves(qwen: Server) -> None:
    (model,) = get(qwen, "/v1/models").body["data"]
    assert model["id"] == NAME
    assert model["root"] == str(qwen.model)
    assert model["max_model_len"] == 4096
    assert get(qwen, "/version").body == {"version": "0.32.0"}


def test_the_server_says_how_busy_it_is(qwen: Server) -> None:
    metrics = get(qwen, "/metrics").body
    for state in ("running", "waiting"):
        name = f'vllm:num_requests_{state}{{engine="0",model_name="{NAME}"}}'
        assert re.search(rf"^{re.escape(name)} \d+\.0$", metrics, re.MULTILINE)


def _score(server: Server, choices: list[str], top: int, number: int = 0, **fields: Any) -> Reply:
    """One constrained token with its alternatives."""
    one = {"max_tokens": 1, "temperature": 0, "logprobs": True, "top_logprobs": top}
    form = {"structured_outputs": {"choice": choices}}
    return chat(server, picture(number), **{**one, **form, **fields})


def _validate(steps: dict[str, Any]) -> None:
    """By hand what `STEPS_SCHEMA` says."""
    assert set(steps) == {"modality", "findings", "analysis"}
    assert steps["modality"] in {"ultrasound", "dermoscopy"}
    assert 1 <= len(steps["findings"]) <= 3
    assert all(len(finding) <= 40 for finding in steps["findings"])
    assert 20 <= len(steps["analysis"]) <= 200
