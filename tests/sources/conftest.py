from __future__ import annotations

import os
from pathlib import Path

import pytest

from .trees import unpack_labels


@pytest.fixture(scope="session")
def samples() -> Path:
    """The folder of real files; tests that need it are skipped, but never in CI, without it."""
    folder = os.environ.get("M3DS_REAL_SAMPLES")
    if not folder:
        reason = "M3DS_REAL_SAMPLES does not name the folder of real files"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    path = Path(folder)
    assert path.is_dir(), f"M3DS_REAL_SAMPLES={folder} is no folder"
    return path


@pytest.fixture(scope="session")
def fracture_polygons(samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All real polygon labels of Bone Fracture Detection, each beside an empty image."""
    folder = tmp_path_factory.mktemp("bone_fracture_detection")
    unpack_labels(samples / "bone_fracture_detection" / "labels_full_v4_yolo.tar.gz", folder)
    return folder
