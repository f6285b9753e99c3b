"""The attempts at one sample, as `m3ds explain` shows them: text, verdicts, objections, prompt."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape

from m3ds.ledger.ledger import Ledger
from m3ds.ledger.views import documents_of, requests_of
from m3ds.report.record import LEVELS
from m3ds.schema.text import Steps

Rows = dict[str, list[dict[str, Any]]]
Messages = list[dict[str, Any]]

_EMBEDDED = "facts"
_INDENT = 17


def show(console: Console, history: Rows, prompts: Mapping[str, Messages] | None) -> None:
    """Print each attempt with what was said of it; the last build's and earlier ones'.

    Args:
        console: Where.
        history: See `views.life`.
        prompts: By call key, to be shown as well; None where they were not asked for.
    """
    steps = {row["sha"]: row["steps"] for row in history["texts"]}
    current = _current(history)
    for attempt in history["attempts"]:
        _heading(console, attempt, is_current=attempt["text_sha"] in current)
        if prompts is not None:
            _prompt(console, attempt, prompts.get(attempt["call_key"]))
        for name in Steps.model_fields:
            if text := steps[attempt["text_sha"]][name]:
                console.print(f"[cyan]{name:>15}[/]  {escape(text)}")
        for verdict in history["verdicts"]:
            if verdict["text_sha"] == attempt["text_sha"]:
                _verdict(console, verdict)
        for objection in history["objections"]:
            if objection["text_sha"] == attempt["text_sha"]:
                origin = objection["origin"].replace("_", " ")
                console.print(f"{'':>15}  [yellow]objection[/] of {origin}")
                _failures(console, objection["failures"])


def prompts_of(ledger: Ledger, history: Rows) -> dict[str, Messages]:
    """The messages that each attempt's author was sent, by call key.

    The fixed system prompt, which requests name by hash, is put in its place; a request of the
    embedded author, which reads no prompt, is left out.
    """
    keys = [row["call_key"] for row in history["attempts"] if not _is_embedded(row)]
    sent = {key: request["call"]["messages"] for key, request in requests_of(ledger, keys).items()}
    named = {said["sha256"] for messages in sent.values() for said in messages if "sha256" in said}
    texts = documents_of(ledger, sorted(named))
    return {
        key: [
            {**said, "text": texts.get(said["sha256"])} if "sha256" in said else said
            for said in messages
        ]
        for key, messages in sent.items()
    }


def _is_embedded(attempt: Mapping[str, Any]) -> bool:
    return bool(attempt["author"]["backend"] == _EMBEDDED)


def _current(history: Rows) -> set[str]:
    """The texts that led to the newest outcome."""
    parents = {row["sha"]: row["parent"] for row in history["texts"]}
    found: set[str] = set()
    sha = history["outcomes"][-1]["text_sha"] if history["outcomes"] else None
    while sha is not None and sha not in found:
        found.add(sha)
        sha = parents.get(sha)
    return found


def _heading(console: Console, attempt: Mapping[str, Any], *, is_current: bool) -> None:
    author = attempt["author"]
    level = attempt["hint_level"]
    told = LEVELS[level] if level is None else f"hint level {level}: {LEVELS[level]}"
    heat = "" if author["temperature"] is None else f", temperature {author['temperature']:g}"
    console.print(
        f"\n[bold]attempt {attempt['attempt']}[/] by {author['backend']} "
        f"{escape(author['model'])} (prompt {author['prompt_version']}, seed {author['seed']}"
        f"{heat}, {told}, "
        f"call {attempt['call_key'][:12]})"
        + ("" if is_current else "  [dim]of an earlier build[/]")
    )


def _prompt(console: Console, attempt: Mapping[str, Any], messages: Messages | None) -> None:
    """The messages as they were sent; pictures by name."""
    if messages is None:
        reads = "the embedded author reads the facts, and no prompt"
        unknown = "the request is not in the ledger"
        console.print(f"{'':>15}  [dim]{reads if _is_embedded(attempt) else unknown}[/]")
        return
    for said in messages:
        console.print(f"[magenta]{said['role']:>15}[/]")
        if said.get("pictures"):
            made = ", ".join(f"{name} {value}" for name, value in said["made"].items())
            names = ", ".join(said["pictures"])
            console.print(f"{'':>{_INDENT}}[dim]pictures: {names} ({made})[/]")
        text = said["text"]
        if text is None:
            text = f"(the fixed prompt {said['sha256']} is not in the ledger)"
        for line in text.splitlines():
            console.print(f"{'':>{_INDENT}}{escape(line)}".rstrip())


def _verdict(console: Console, verdict: Mapping[str, Any]) -> None:
    word = "[green]accepted[/]" if verdict["accepted"] else "[red]refused[/]"
    judge = escape(verdict["judge"])
    console.print(f"{'':>15}  {word} by {judge} (version {verdict['version']})")
    _failures(console, verdict["failures"])
    if verdict["judgement"] is not None:
        for line in _judgement(verdict["judgement"]):
            console.print(f"{'':>{_INDENT}}[dim]{escape(line)}[/]")


def _failures(console: Console, failures: Sequence[Mapping[str, str]]) -> None:
    for failure in failures:
        quoted = f"“{failure['sentence']}” says " if failure["sentence"] else ""
        said = f"{quoted}{failure['claimed']}, expected {failure['expected']}"
        console.print(f"{'':>{_INDENT}}{failure['code']}: {escape(said)}")


def _judgement(found: Mapping[str, Any]) -> Iterator[str]:
    """What a critic answered, in lines: scores with their entropy, vetoes, and its critiques."""
    if scores := found["expected"]:
        entropy = found["entropy"]
        told = (f"{name} {score:.2f} ({entropy[name]:.2f})" for name, score in scores.items())
        yield f"scores of 5 (entropy in bits): {', '.join(told)}"
    if vetoes := found["vetoes"]:
        told = (f"{name} {share:.0%}" for name, share in vetoes.items())
        yield f"vetoes, probability of a yes: {', '.join(told)}"
    for view, critique in found["critiques"].items():
        sentence, _, fault = critique.rpartition(" | ")
        said = f"“{sentence}”: {fault}" if sentence or fault else "no fault named"
        knows = "blind to" if view == "blind" else "knowing"
        yield f"critique, {knows} the diagnosis: {said}"
