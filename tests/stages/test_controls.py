"""Hidden controls: which samples they are made of, and that their answers are really known."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from m3ds.claims import check
from m3ds.errors import CriticBelowFloor
from m3ds.ledger.ledger import Ledger
from m3ds.reasoning.calls import View
from m3ds.reasoning.sight import Unseen
from m3ds.recipe import Controls
from m3ds.stages.controls import KINDS, SOUND, Watch, is_chosen, make
from tests.reasoning.cases import KINDS as SOURCES
from tests.reasoning.cases import case


def sight(name: str) -> Unseen:
    return Unseen(View(image_pixels_sha256=name, mask_pixels_sha256="m"))


@pytest.mark.parametrize("share", [0.0, 0.02, 0.5, 1.0])
def test_about_the_share_is_chosen_and_always_the_same(share: float) -> None:
    chosen = [is_chosen(1, f"s-{n}", share) for n in range(5000)]
    assert abs(sum(chosen) / 5000 - share) < 0.02
    assert chosen == [is_chosen(1, f"s-{n}", share) for n in range(5000)]
    if 0 < share < 1:
        assert chosen != [is_chosen(2, f"s-{n}", share) for n in range(5000)]


@given(st.sampled_from(sorted(SOURCES)), st.integers(0, 300), st.booleans())
def test_a_control_is_what_it_is_called(source: str, number: int, negative: bool) -> None:
    of = case(source, number, negative=negative and SOURCES[source].negative is not None)
    others = [(case(source, n), sight(f"{n}")) for n in range(400, 404)]
    own = sight("own")
    made = make(7, of, own, others)
    codes = {failure.code for failure in check(of, made.text.steps)}
    assert made.kind in KINDS
    if made.kind in {SOUND, "swapped"}:
        assert not codes  # the words are true; a swapped image makes them wrong
        assert (made.sight is own) == (made.kind == SOUND)
    else:
        assert made.sight is own
        assert codes
    assert make(7, of, own, others) == made


def test_all_kinds_occur() -> None:
    others = [(case("tn3k", n), sight(f"{n}")) for n in range(400, 420)]
    kinds = Counter(make(7, case("tn3k", n), sight("own"), others).kind for n in range(200))
    assert set(kinds) == set(KINDS)
    assert min(kinds.values()) >= 10


def _watch(ledger: Ledger, **limits: float) -> Watch:
    return Watch(ledger, {"critic:m": Controls.model_validate(limits)}, {"critic:m": "1"})


def test_a_rate_counts_only_once_there_is_enough(tmp_path: object) -> None:
    ledger = Ledger(f"sqlite:///{tmp_path}/l.db")
    watch = _watch(ledger, floor=0.9, at_least=10)
    for _ in range(9):
        watch.judged("critic:m", sound=False, accepted=True)
    with pytest.raises(CriticBelowFloor, match="caught 0 of 10 planted errors"):
        watch.judged("critic:m", sound=False, accepted=True)
    good = _watch(ledger, floor=0.9, at_least=10)
    for n in range(100):
        good.judged("critic:m", sound=False, accepted=n % 11 == 10)
    for n in range(100):
        good.judged("critic:m", sound=True, accepted=n % 2 == 0)
    with pytest.raises(CriticBelowFloor, match="refused 51 of 101 sound texts"):
        good.judged("critic:m", sound=True, accepted=False)
    ledger.close()
