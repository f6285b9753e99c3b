"""Who writes and who judges: the embedded ones, and models behind servers."""

from __future__ import annotations

import re
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from m3ds.recipe.part import Part
from m3ds.schema.base import Modality


def _address(url: str) -> str:
    parts = urlsplit(url)
    try:
        sound = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number
        sound = False
    if not sound:
        raise ValueError(f"an address as http://host:8000/v1 is expected, not {url!r}")
    return url


Address = Annotated[str, AfterValidator(_address)]

_LENGTH, _DIGITS = 40, "0123456789abcdef"


def is_commit(revision: str | None) -> bool:
    """Whether a revision names one state for good, and no branch or tag."""
    return revision is not None and len(revision) == _LENGTH and not set(revision) - set(_DIGITS)


_LIKE_A_COMMIT = re.compile("[0-9a-fA-F]{16,}|[0-9a-zA-Z]{40}")
"""No branch is called so, and a slip in a commit must not make one of it."""


def _revision(said: str) -> str:
    if _LIKE_A_COMMIT.fullmatch(said) and not is_commit(said):
        if len(said) != _LENGTH:
            raise ValueError(f"a commit has {_LENGTH} characters, and {said!r} has {len(said)}")
        wrong = next(letter for letter in said if letter not in _DIGITS)
        raise ValueError(f"a commit is made of {_DIGITS}, and {said!r} has {wrong!r} in it")
    return said


Revision = Annotated[str, AfterValidator(_revision)]


class FactsAuthor(Part):
    """The embedded author: a grammar over measured facts. No model, no network."""

    backend: Literal["facts"]
    attempts: int = Field(3, ge=1, le=9)


class Serve(Part):
    """How `vllm serve` is run for this model, by `m3ds` itself or on another machine.

    Args:
        command: What stands before the model's name; another path where vLLM has an environment
            of its own, as it should.
        gpus: Which GPUs it sees; the author and the critic overlap only on different ones.
        tensor_parallel: GPUs that one copy of the model is spread over.
        max_num_seqs: Requests that the engine works on at a time; the driver keeps 1.1 times as
            many under way.
        max_model_len: Longest request and answer together, in tokens.
        chat_template: A file, or the name of one in `prompts/chat/`; for checkpoints without one.
        flags: Any other flags of `vllm serve`, without their dashes; these have the last word.
        env: Environment variables of the server.
        ready_s: How long it may take to come up, in seconds.
        restarts: How often a server that died is started again, within one run.
        recycle: Requests after which it is started afresh (memory creeps in long runs).
    """

    command: tuple[str, ...] = Field(("vllm", "serve"), strict=False, min_length=1)
    gpus: tuple[int, ...] = Field((), strict=False)
    tensor_parallel: int = Field(1, ge=1)
    max_num_seqs: int = Field(256, ge=1)
    max_model_len: int = Field(8192, ge=256)
    chat_template: str | None = None
    flags: dict[str, str | int | float | bool] = Field(default_factory=dict)
    env: dict[str, str] = Field(default_factory=dict)
    port: int = Field(0, ge=0, le=65535)
    ready_s: float = Field(1800, gt=0, strict=False)
    restarts: int = Field(5, ge=0)
    recycle: int = Field(5000, ge=1)


class Picture(Part):
    """How images are sent: longest side in pixels, JPEG quality, padded to a square or not."""

    side: int = Field(1024, ge=64)
    quality: int = Field(92, ge=1, le=100)
    square: bool = False


class _Model(Part):
    """A vision-language model, and how it is reached.

    Args:
        model: Its name on the Hub, or a folder.
        revision: The commit; left out, the newest is taken at first use, recorded and kept to.
        servers: Endpoints to attach to, as `http://host:8000/v1`; none: one is started here.
        served_name: What the endpoint calls the model; asked of it where left out.
        window: Requests under way per endpoint; left out, 1.1 times `serve.max_num_seqs`.
        timeout_s: Of one request.
        patience_s: How long no endpoint may answer before samples are left waiting.
        max_tokens: Longest answer.
    """

    model: str
    revision: Revision | None = None
    servers: tuple[Address, ...] = Field((), strict=False)
    served_name: str | None = None
    window: int | None = Field(None, ge=1)
    timeout_s: float = Field(180, gt=0, strict=False)
    patience_s: float = Field(600, gt=0, strict=False)
    picture: Picture = Picture()
    serve: Serve = Serve()

    @property
    def slots(self) -> int:
        """Requests under way per endpoint."""
        return self.window or -(-11 * self.serve.max_num_seqs // 10)


HintLevel = Annotated[int, Field(ge=0, le=2)]
Temperature = Annotated[float, Field(ge=0, le=2, strict=False)]


class _ModelAuthor(_Model):
    """An author behind a server.

    Args:
        attempts: At most so many texts are written about one sample.
        temperatures, hints: Of each attempt; the last one holds for those that follow. Hint 0 is
            blind (place and shape in words, and all possible labels), 1 a shortlist, 2 the label.
        mode: `json` (constrained to a schema) or `sections` (free text under fixed headings).
        near_duplicate: Share of common wording with another text above which it is sent back;
            null never does.
    """

    attempts: int = Field(3, ge=1, le=9)
    temperatures: tuple[Temperature, ...] = Field((0.2, 0.7, 0.9), strict=False, min_length=1)
    hints: tuple[HintLevel, ...] = Field((0, 1, 2), strict=False, min_length=1)
    mode: Literal["json", "sections"] = "json"
    max_tokens: int = Field(1024, ge=64)
    repetition_penalty: float = Field(1.05, gt=0, le=2, strict=False)
    near_duplicate: float | None = Field(0.9, gt=0, le=1)


class VllmAuthor(_ModelAuthor):
    """A vision-language model behind vLLM."""

    backend: Literal["vllm"]


class _Remote(Part):
    """What an endpoint of somebody else takes beside its address.

    Args:
        api_key_env: The environment variable that holds the key; no recipe holds one.
        accept_unstated_terms: Send images of sources whose terms say nothing of such models.
    """

    api_key_env: str = "OPENAI_API_KEY"
    accept_unstated_terms: bool = False


class OpenaiAuthor(_ModelAuthor, _Remote):
    """A model behind any endpoint that speaks the OpenAI chat protocol."""

    backend: Literal["openai"]
    servers: tuple[Address, ...] = Field(strict=False, min_length=1)


class ChecksCritic(Part):
    """No model follows the checks."""

    backend: Literal["checks"]


Score = Annotated[float, Field(ge=1, le=5, strict=False)]


class Thresholds(Part):
    """The least expected score of each rubric dimension (1 to 5), and of their mean."""

    visual: Score = 3.5
    location: Score = 3.5
    medical: Score = 3.5
    link: Score = 3.0
    specificity: Score = 3.0
    mean: Score = 4.0


Share = Annotated[float, Field(ge=0, le=1, strict=False)]


class Controls(Part):
    """Hidden items with known answers, by which the critic itself is judged.

    Args:
        share: Of the samples, chosen by hash, that a control is made of.
        floor: The least share of planted errors that must be caught.
        false_rejects: The largest share of sound texts that may be refused.
        at_least: Judged controls of a kind (planted, sound) before a rate is held against these.
    """

    share: Share = 0.02
    floor: Share = 0.9
    false_rejects: Share = 0.5
    at_least: int = Field(20, ge=1)


class _ModelCritic(_Model):
    """A critic behind a server.

    Args:
        thresholds: What a text must reach; `by_modality` has others for some modalities.
        veto: Probability of a yes from which a veto question refuses a text.
    """

    thresholds: Thresholds = Thresholds()
    by_modality: dict[Modality, Thresholds] = Field(default_factory=dict)
    veto: Share = 0.5
    max_tokens: int = Field(160, ge=16)
    controls: Controls = Controls()


class VllmCritic(_ModelCritic):
    """A critic model behind vLLM."""

    backend: Literal["vllm"]


class OpenaiCritic(_ModelCritic, _Remote):
    """A critic behind any endpoint that speaks the OpenAI chat protocol."""

    backend: Literal["openai"]
    servers: tuple[Address, ...] = Field(strict=False, min_length=1)


ModelAuthor = VllmAuthor | OpenaiAuthor
ModelCritic = VllmCritic | OpenaiCritic
ModelPart = ModelAuthor | ModelCritic
AnyCritic = Annotated[ChecksCritic | VllmCritic | OpenaiCritic, Field(discriminator="backend")]
