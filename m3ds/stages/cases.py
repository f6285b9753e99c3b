"""From the ledger's samples to what author, checks and form are told."""

from __future__ import annotations

from collections.abc import Iterator

from m3ds.ledger.views import item_rows, last_pass
from m3ds.schema.case import Case
from m3ds.schema.sample import Harmonised
from m3ds.schema.source import Source
from m3ds.stages.workplace import Workplace


def samples_of(place: Workplace, source: str) -> Iterator[Harmonised]:
    """The current samples of `source`, in the order they were harmonised."""
    last = last_pass(place.ledger, "harmonize", source)
    if last is None:
        return
    for row in item_rows(place.ledger, source, last.fingerprint, "sample"):
        yield Harmonised.model_validate(row.body)


def case_of(place: Workplace, source: Source, sample: Harmonised) -> Case:
    """What the reasoning loop is told of one sample."""
    keep = place.recipe.negatives_of(source.name, source.negatives)
    options = source.labels.options(negatives=keep)
    labels = {label.name: label for label in source.labels.labels}
    return Case(
        sample_id=sample.sample_id,
        source=sample.source,
        modality=source.modality,
        anatomy=sample.anatomy,
        target=source.target,
        mask_kind=sample.mask_kind,
        laterality=source.laterality,
        supports=source.supports,
        is_negative=sample.is_negative,
        diagnosis=sample.diagnosis,
        label_options=options,
        synonyms={
            name: (name, *labels[name].synonyms) if name in labels else (name,) for name in options
        },
        visible=tuple(label.name for label in labels.values() if label.visible),
        other_findings=sample.other_findings,
        facts=sample.facts,
    )
