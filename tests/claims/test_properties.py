from __future__ import annotations

import subprocess
import sys
import time

from hypothesis import given, settings
from hypothesis import strategies as st

from m3ds.claims import check
from m3ds.claims.mutate import KINDS, mutate
from m3ds.schema.text import Steps
from tests.claims.clinical import CASES, text_of
from tests.claims.test_checks import steps, tn3k

_WORDS = st.sampled_from(
    [
        "left",
        "right",
        "upper",
        "lower",
        "no",
        "not",
        "a",
        "the",
        "of",
        "image",
        "nodule",
        "mass",
        "lesion",
        "it",
        "is",
        "are",
        "5",
        "%",
        "half",
        "third",
        "two",
        "several",
        ",",
        ".",
        ";",
        ":",
        "(",
        ")",
        "-",
        "hypoechoic",
        "round",
        "smooth",
        "margin",
        "cyst",
        "patient",
        "mask",
        "which",
        "while",
        "and",
        "#",
        "L",
        "R",
        "one",
        "none",
        "0",
        "1/2",
        "way",
        "down",
        "across",
        "from",
        "bottom",
        "top",
        "large",
        "tiny",
        "polyp",
        "vessels",
        "fracture",
    ]
)
_TEXT = st.one_of(st.text(max_size=300), st.lists(_WORDS, max_size=60).map(" ".join))


@settings(max_examples=300, deadline=None)
@given(
    name=st.sampled_from(sorted(CASES)),
    parts=st.tuples(_TEXT, _TEXT, _TEXT, _TEXT),
    findings=st.lists(_TEXT, max_size=2),
    kind=st.sampled_from(KINDS),
)
def test_no_text_makes_a_check_raise(
    name: str, parts: tuple[str, str, str, str], findings: list[str], kind: str
) -> None:
    modality, analysis, reasoning, conclusion = parts
    text = Steps(modality=modality, analysis=analysis, reasoning=reasoning, conclusion=conclusion)
    found = check(CASES[name], text, tuple(findings))
    assert found == check(CASES[name], text, tuple(findings))
    assert all(failure.code and failure.step and failure.expected for failure in found)
    mutate(CASES[name], text, kind, 1)


def test_findings_are_held_like_the_analysis() -> None:
    sound = ("A hypoechoic nodule in the upper left of the image.", "Smooth margin.")
    assert check(tn3k(), steps(), sound) == ()
    wrong = (
        "A nodule in the upper right of the image.",
        "Three nodules.",
        "Malignant appearance.",
        "As labelled, oval.",
    )
    found = [(failure.code, failure.step) for failure in check(tn3k(), steps(), wrong)]
    assert set(found) == {
        (code, "findings") for code in ("side", "count", "diagnosis_word", "leakage")
    }


def test_a_text_is_checked_within_milliseconds() -> None:
    analysis = (
        "A hypoechoic nodule lies in the upper left of the image, about 22 % of the way across and "
        "20 % of the way down. It covers roughly 4 % of the image area, is oval with "
        "a smooth margin "
        "and has no satellite. The trachea lies right of centre, and the strap muscles are intact. "
        "No enlarged lymph node is seen. {}"
    )
    texts = [steps(analysis.format(f"It is image number {k}.")) for k in range(60)]
    check(tn3k(), texts[0])
    start = time.thread_time()
    for text in texts[1:]:
        check(tn3k(), text)
    # About 2 ms on one quiet core; wide, so that a busy machine is no failure.
    assert (time.thread_time() - start) / 59 < 0.02


def test_the_room_is_light_to_enter() -> None:
    code = (
        "import sys, m3ds.claims, m3ds.claims.mutate\n"
        "print([m for m in ('spacy', 'numpy', 'polars', 'PIL', 'yaml', 'rich') if m "
        "in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_refusal_language_and_repetition() -> None:
    def codes(**parts: str) -> set[str]:
        return {failure.code for failure in check(tn3k(), steps(**parts))}

    assert codes(reasoning="I'm sorry, but I cannot provide a diagnosis from this picture.") >= {
        "refusal"
    }
    assert codes(reasoning="As an AI language model, reading such images is not for me.") >= {
        "refusal"
    }
    assert "language" in codes(
        reasoning="Der Knoten ist echoarm und liegt in der oberen Hälfte mit glattem Rand."
    )
    assert "language" in codes(
        analysis=(
            "Der Knoten ist echoarm und liegt links oben im Bild mit glattem Rand und ist oval."
        ),
        reasoning="Die Form spricht für einen gutartigen Prozess, der nicht weiter abgeklärt wird.",
    )
    assert "language" in codes(analysis="结节位于图像的左上部，呈低回声，边界清楚，形态规则。")
    assert "repetition" in codes(analysis="The margin is smooth all round. " * 3)
    assert "repetition" in codes(
        analysis="The margin is smooth and " + "smooth and " * 12 + "even."
    )
    assert (
        codes(reasoning="I cannot make out a second lesion, and nothing else is seen here.")
        == set()
    )


def test_nothing_is_refused_in_the_plain_texts() -> None:
    for name, case in CASES.items():
        assert check(case, text_of(name)) == (), name
