from __future__ import annotations

from pathlib import Path

import pytest

from .trees import unpack_labels


@pytest.fixture(scope="session")
def fracture_polygons(samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All real polygon labels of Bone Fracture Detection, each beside an empty image."""
    folder = tmp_path_factory.mktemp("bone_fracture_detection")
    unpack_labels(samples / "bone_fracture_detection" / "labels_full_v4_yolo.tar.gz", folder)
    return folder
