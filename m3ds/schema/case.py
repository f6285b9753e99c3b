"""What author, checks, critic and reviewer are told of one sample."""

from __future__ import annotations

from m3ds.schema.base import FactGroup, Frozen, Laterality, MaskKind, Modality
from m3ds.schema.facts import Facts


class Case(Frozen):
    """One sample as the reasoning loop sees it.

    Args:
        label_options: The closed set; the diagnosis is one of it.
        synonyms: Per label option, the words that mean it (the option itself included).
        visible: Diagnosis words that name the visible object and may stand in findings.
    """

    sample_id: str
    source: str
    modality: Modality
    anatomy: str
    target: str
    mask_kind: MaskKind
    laterality: Laterality
    supports: frozenset[FactGroup]
    is_negative: bool
    diagnosis: str
    label_options: tuple[str, ...]
    synonyms: dict[str, tuple[str, ...]]
    visible: tuple[str, ...] = ()
    other_findings: tuple[str, ...] = ()
    facts: Facts
