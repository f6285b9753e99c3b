"""What is known of a model when it is first used: commit, licence, terms."""

from __future__ import annotations

import hashlib
from pathlib import Path

from m3ds.recipe import is_commit
from m3ds.schema.base import Frozen

UNKNOWN = "unknown"
_WAIT_S = 10.0
_FOLDER_FILES = ("config.json", "model.safetensors.index.json", "generation_config.json")


class Card(Frozen):
    """A model as it was found.

    Args:
        revision: The commit; for a folder, a hash of its configuration and weights' sizes.
        licence: As its card says, or `unknown`.
        terms: Where they can be read.
        origin: How it became known: `recipe`, `folder`, `cache`, `hub`, or `unreachable`.
    """

    model: str
    revision: str
    licence: str
    terms: str
    origin: str

    @property
    def is_whole(self) -> bool:
        """Whether asking again would find no more."""
        return self.origin in {"hub", "folder"}


def look_up(model: str, revision: str | None) -> Card:
    """Find out about a model: from its folder, the Hub, or what the Hub's client has cached.

    Never fails: where nothing answers, the revision is the recipe's or `unknown`, and says so.
    """
    folder = Path(model)
    if folder.is_dir():
        return Card(
            model=model,
            revision=_folder_sha(folder),
            licence=UNKNOWN,
            terms=str(folder),
            origin="folder",
        )
    terms = f"https://huggingface.co/{model}"
    from huggingface_hub import HfApi

    try:
        info = HfApi().model_info(model, revision=revision, timeout=_WAIT_S)
    except Exception:  # noqa: BLE001 - its HTTP client has errors of its own, and none matters here
        return _cached(model, revision, terms)
    card = info.card_data
    licence = str(getattr(card, "license", None) or getattr(card, "license_name", None) or UNKNOWN)
    if info.gated:
        licence += ", gated"
    return Card(model=model, revision=str(info.sha), licence=licence, terms=terms, origin="hub")


def _cached(model: str, revision: str | None, terms: str) -> Card:
    from huggingface_hub import try_to_load_from_cache
    from huggingface_hub.errors import HFValidationError

    try:
        found = try_to_load_from_cache(model, "config.json", revision=revision)
    except (HFValidationError, ValueError):
        found = None
    if isinstance(found, str) and is_commit(Path(found).parent.name):
        return Card(
            model=model,
            revision=Path(found).parent.name,
            licence=UNKNOWN,
            terms=terms,
            origin="cache",
        )
    return Card(
        model=model,
        revision=revision or UNKNOWN,
        licence=UNKNOWN,
        terms=terms,
        origin="recipe" if revision else "unreachable",
    )


def _folder_sha(folder: Path) -> str:
    seen = hashlib.sha256()
    for name in _FOLDER_FILES:
        if (folder / name).is_file():
            seen.update(name.encode() + b"\0" + (folder / name).read_bytes())
    for weights in sorted(folder.glob("*.safetensors")):
        seen.update(f"{weights.name}\0{weights.stat().st_size}".encode())
    return seen.hexdigest()[:40]
