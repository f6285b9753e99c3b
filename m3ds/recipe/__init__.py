"""What a file in `pipelines/` may say.

A recipe is YAML, read strictly: an unknown key, a key given twice or a value of the wrong type
stops the run before any work, with the file, the line and what was expected.
"""

from m3ds.recipe.models import (
    ChecksCritic,
    Controls,
    FactsAuthor,
    ModelAuthor,
    ModelCritic,
    ModelPart,
    OpenaiAuthor,
    OpenaiCritic,
    Picture,
    Serve,
    Thresholds,
    VllmAuthor,
    VllmCritic,
    is_commit,
)
from m3ds.recipe.part import digest
from m3ds.recipe.read import load
from m3ds.recipe.recipe import Phantoms, Recipe, Review, SourceOptions, Splits, Upstream

__all__ = [
    "ChecksCritic",
    "Controls",
    "FactsAuthor",
    "ModelAuthor",
    "ModelCritic",
    "ModelPart",
    "OpenaiAuthor",
    "OpenaiCritic",
    "Phantoms",
    "Picture",
    "Recipe",
    "Review",
    "Serve",
    "SourceOptions",
    "Splits",
    "Thresholds",
    "Upstream",
    "VllmAuthor",
    "VllmCritic",
    "digest",
    "is_commit",
    "load",
]
