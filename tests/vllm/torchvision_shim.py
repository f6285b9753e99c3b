"""Lets torchvision's CUDA wheel be imported beside a CPU torch.

Its import registers fake kernels for operators that only its CUDA library defines, so they are
declared just before. `install.sh` puts this module into the environment, loaded at every start.
"""

from __future__ import annotations

import importlib.abc
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType


class _Declare(importlib.abc.MetaPathFinder):
    """Finds nothing; sees torchvision being looked for, once."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None, /
    ) -> ModuleSpec | None:
        if fullname == "torchvision":
            sys.meta_path.remove(self)
            _declare_operators()
        return None


def _declare_operators() -> None:
    import torch

    if torch.version.cuda is None:
        library = torch.library.Library("torchvision", "FRAGMENT")
        for name in ("nms", "qnms"):
            library.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        torch._torchvision_shim = library  # the declarations end with it


sys.meta_path.insert(0, _Declare())
