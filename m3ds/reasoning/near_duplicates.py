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
_MIXER = np.uint64(0x9E3779B97F4A7C15)  # 2^64 over the golden ratio, odd (Knuth 1973)

_PAIRS = 1 << 14
"""Compared at a time, eight megabytes."""


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
        for later, earlier in _alike(signatures, threshold):
            if later not in found and earlier not in found:
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


def _alike(signatures: NDArray[np.uint32], threshold: float) -> Iterator[tuple[int, int]]:
    """(later, earlier) row numbers of the candidates that share more than `threshold`, in order."""
    pairs = _candidates(signatures)
    for some in np.array_split(pairs, len(pairs) // _PAIRS + 1):
        later, earlier = (some >> np.uint64(32)).astype(np.intp), some.astype(np.uint32)
        shared = (signatures[later] == signatures[earlier]).mean(axis=1)
        alike = shared > threshold
        yield from zip(later[alike].tolist(), earlier[alike].tolist(), strict=True)


def _candidates(signatures: NDArray[np.uint32]) -> NDArray[np.uint64]:
    """All pairs of rows that agree in a whole band, as later · 2^32 + earlier, in order.

    Of many rows that agree, each is paired with the first one only: what repeats any of them is
    as good as certain to agree with that one too.
    """
    found = np.empty(0, np.uint64)
    for band in np.split(signatures, _BANDS, axis=1):
        _, first, inverse = np.unique(_mixed(band), return_index=True, return_inverse=True)
        earlier = first[inverse]
        later = np.flatnonzero(earlier != np.arange(len(earlier)))
        pairs = (later.astype(np.uint64) << np.uint64(32)) | earlier[later].astype(np.uint64)
        found = np.union1d(found, pairs)
    return found


def _mixed(band: NDArray[np.uint32]) -> NDArray[np.uint64]:
    """A number of 64 bits for the values of each row: sorted ten times as fast as the values."""
    key = np.zeros(len(band), np.uint64)
    for column in band.T:
        key = (key ^ column) * _MIXER
        key ^= key >> np.uint64(29)
    return key
