"""The thirteen findings of the chest source."""

from __future__ import annotations

from m3ds.schema.source import Label, LabelSet


def _finding(upstream: str, *synonyms: str, paper: str | None = None) -> Label:
    return Label(name=upstream.lower(), upstream=(upstream,), synonyms=synonyms, paper=paper)


CHESTX_DET = LabelSet(
    labels=(
        _finding("Atelectasis", "lung collapse", "collapsed lung"),
        _finding("Calcification", "calcified lesion", "calcified nodule"),
        _finding("Cardiomegaly", "enlarged heart", "cardiac enlargement"),
        _finding("Consolidation", "airspace consolidation", paper="consolidation"),
        _finding("Diffuse Nodule", "diffuse nodules", "diffuse nodular opacities"),
        _finding("Effusion", "pleural effusion", "pleural fluid"),
        _finding("Emphysema", "pulmonary emphysema", "emphysematous change"),
        _finding("Fibrosis", "pulmonary fibrosis", "fibrotic change"),
        _finding("Fracture", "rib fracture", "bone fracture"),
        _finding("Mass", "lung mass", "pulmonary mass"),
        _finding("Nodule", "lung nodule", "pulmonary nodule"),
        _finding("Pleural Thickening", "thickened pleura"),
        _finding("Pneumothorax", "pleural air"),
    ),
    negative="normal",
)
