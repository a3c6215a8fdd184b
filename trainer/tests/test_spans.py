"""The span decoder against a plain reading of the pipeline's definition, and the windows it works on."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from loupe_trainer.tasks.spans import CANDIDATES, MAX_ANSWER_TOKENS, Answer, Span, Window, best_answer, spans_of


def slow_spans(window, start, end):
    """Every pair of tokens, one by one."""
    allowed = [0] + [i for i, offset in enumerate(window.offsets) if offset]
    p_start, p_end = (np.exp(logits[allowed] - logits[allowed].max()) for logits in (start, end))
    p_start = dict(zip(allowed, p_start / p_start.sum(), strict=True))
    p_end = dict(zip(allowed, p_end / p_end.sum(), strict=True))
    pairs = [(p_start[i] * p_end[j], i, j) for i in allowed[1:] for j in allowed[1:] if i <= j < i + MAX_ANSWER_TOKENS]
    best = sorted(pairs, reverse=True)[:CANDIDATES]
    return [(window.offsets[i][0], window.offsets[j][1], score) for score, i, j in best], p_start[0] * p_end[0]


def test_spans_equal_the_slow_reading():
    rng = np.random.default_rng(0)
    offsets = [None] * 6 + [(3 * i, 3 * i + 2) for i in range(40)] + [None]
    window = Window(0, offsets)
    for _ in range(50):
        start, end = rng.normal(size=(2, len(offsets))) * 3
        spans, null_score = spans_of(window, start, end)
        expected, expected_null = slow_spans(window, start, end)
        assert [(span.start, span.end) for span in spans] == [span[:2] for span in expected]
        assert [span.score for span in spans] == pytest.approx([span[2] for span in expected], abs=1e-12)
        assert null_score == pytest.approx(expected_null, abs=1e-12)


def test_window_without_context_has_no_span():
    assert spans_of(Window(0, [None, None]), np.zeros(2), np.zeros(2)) == ([], 1.0)


def test_same_text_adds_up_over_windows_and_the_lowest_null_score_counts():
    context = "Rome, Paris and rome."
    windows = [([Span(6, 11, 0.5), Span(0, 4, 0.3)], 0.7), ([Span(16, 20, 0.4)], 0.1)]
    answer = best_answer(context, windows)
    assert (answer.start, answer.end) == (0, 4)
    assert (answer.score, answer.null_score) == pytest.approx((0.7, 0.1))


def test_context_without_spans_has_an_empty_answer():
    assert best_answer("", [([], 0.25)]) == Answer(0, 0, 0.0, 0.25)


@pytest.fixture
def task(make_job, base_model):
    """The question answering task of the tiny job: windows of 32 tokens, 8 shared."""
    from loupe_trainer.config import load_job
    from loupe_trainer.loading import load_tokenizer
    from loupe_trainer.tasks import create_task

    return create_task(load_job(make_job("question-answering")), load_tokenizer(base_model))


def test_windows_cover_the_context_and_targets_decode_to_the_answer(task):
    context = "Nobody knows where it is. " * 6 + "The river rises in São Paulo, they say. " + "It is a good film. " * 6
    start = context.index("São Paulo")
    row = {"question": "Where?", "context": context, "answers": {"text": ["São Paulo"], "answer_start": [start]}}
    split = task.encode([row], training=False)
    assert len(split.features) > 3
    assert all(len(feature["input_ids"]) <= 32 for feature in split.features)
    covered = sorted({offset for window in split.notes for offset in window.offsets if offset})
    gaps = [context[a[1] : b[0]] for a, b in itertools.pairwise(covered)]
    assert all(gap.strip() == "" for gap in gaps)
    assert (covered[0][0], covered[-1][1]) == (0, len(context.rstrip()))
    holding = [(f, w) for f, w in zip(split.features, split.notes, strict=False) if f["start_positions"]]
    assert holding
    for feature, window in holding:
        first, last = window.offsets[feature["start_positions"]], window.offsets[feature["end_positions"]]
        assert context[first[0] : last[1]] == "São Paulo"


def test_perfect_logits_score_100(task):
    rows = task.read(task.job.dataset.train)
    split = task.encode(rows, training=False)
    outputs = []
    for feature in split.features:
        start, end = np.zeros((2, len(feature["input_ids"])))
        start[feature["start_positions"]] = end[feature["end_positions"]] = 20
        outputs.append((start, end))
    scores = task.score(split, outputs)
    assert (scores["em"], scores["f1"], scores["best_f1"]) == (100, 100, 100)


def test_answer_that_is_not_where_it_says_is_an_error(task):
    from loupe_trainer.errors import JobError

    row = {"question": "Where?", "context": "In Rome.", "answers": {"text": ["Rome"], "answer_start": [2]}}
    with pytest.raises(JobError, match=r"row 1: the answer 'Rome' is not at 2"):
        task.encode([row], training=True)
