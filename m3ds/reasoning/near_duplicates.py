"""Texts that say almost the same in the same words: boilerplate, not a description.

Two texts are near-duplicates when they share more than `threshold` of their runs of five words
(Jaccard index, estimated by MinHash; Broder 1997).
"""

from __future__ import annotations

import re
import zlib
from array import array
from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

_WORDS = 5
_PERMUTATIONS = 64
_BANDS = 16
"""Of four values each: a pair that shares 0.8 is a candidate with probability 0.9998."""

# Universal hash functions (a·x + b) mod p, with p the largest prime of 32 bits and a below 2^31, so
# that no product passes 64 bits. A library's would take half a second to import at each start.
_PRIME = np.uint64(4_294_967_291)
_DRAWN = np.random.Generator(np.random.PCG64(1)).integers(1, 1 << 31, (2, _PERMUTATIONS, 1))
_FACTORS, _OFFSETS = _DRAWN.astype(np.uint64)


def copies(texts: Iterable[tuple[str, str]], threshold: float) -> dict[str, str]:
    """Which texts repeat an earlier one that is itself no repetition.

    Args:
        texts: (name, text) in the order in which the first one counts.
        threshold: Share of common runs of words, 0 to 1.

    Returns:
        Name of each repetition, and the name of the text that it repeats.
    """
    names: list[str] = []
    values = array("I")  # a quarter of a kilobyte a text: there may be hundreds of thousands
    for name, text in texts:
        names.append(name)
        values.extend(_signature(text))
    found: dict[int, int] = {}
    if names:
        signatures = np.frombuffer(values, np.uint32).reshape(len(names), _PERMUTATIONS)
        for later, earlier in sorted(_candidates(signatures)):
            if later in found or earlier in found:
                continue
            if float(np.mean(signatures[later] == signatures[earlier])) > threshold:
                found[later] = earlier
    return {names[later]: names[earlier] for later, earlier in found.items()}


def _signature(text: str) -> list[int]:
    """The least value of each of the hash functions over all runs of words."""
    words = re.findall(r"\w+", text.lower())
    runs = {
        zlib.crc32(" ".join(words[at : at + _WORDS]).encode())
        for at in range(max(1, len(words) - _WORDS + 1))
    }
    hashed = np.fromiter(runs, np.uint64, len(runs))
    values = (_FACTORS * hashed + _OFFSETS) % _PRIME  # [permutations, runs]
    least: list[int] = values.min(axis=1).tolist()
    return least


def _candidates(signatures: NDArray[np.uint32]) -> set[tuple[int, int]]:
    """(later, earlier) row numbers of all pairs that agree in a whole band.

    Of many rows that agree, each is paired with the first one only: what repeats any of them is
    as good as certain to agree with that one too.
    """
    return set(_in_bands(signatures))


def _in_bands(signatures: NDArray[np.uint32]) -> Iterator[tuple[int, int]]:
    for band in np.split(signatures, _BANDS, axis=1):
        keys = np.ascontiguousarray(band).view(np.dtype((np.void, band.shape[1] * 4))).ravel()
        _, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
        earlier = first[inverse]
        later = np.flatnonzero(earlier != np.arange(len(keys)))
        yield from zip(later.tolist(), earlier[later].tolist(), strict=True)
