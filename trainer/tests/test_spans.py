"""The span decoder against a plain reading of the pipeline's definition, and the windows it works on."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from loupe_trainer.tasks.spans import MAX_ANSWER_TOKENS, Answer, Window, best_answer, best_span


def slow_best_span(window, start, end):
    """Every pair of tokens, one by one."""
    allowed = [0] + [i for i, offset in enumerate(window.offsets) if offset]
    p_start = np.exp(start[allowed] - start[allowed].max())
    p_end = np.exp(end[allowed] - end[allowed].max())
    p_start, p_end = (
        dict(zip(allowed, p_start / p_start.sum(), strict=False)),
        dict(zip(allowed, p_end / p_end.sum(), strict=False)),
    )
    pairs = [(p_start[i] * p_end[j], i, j) for i in allowed[1:] for j in allowed[1:] if i <= j < i + MAX_ANSWER_TOKENS]
    score, first, last = max(pairs)
    return window.offsets[first][0], window.offsets[last][1], score, p_start[0] * p_end[0]


def test_best_span_equals_the_slow_reading():
    rng = np.random.default_rng(0)
    offsets = [None] * 6 + [(3 * i, 3 * i + 2) for i in range(40)] + [None]
    window = Window(0, offsets)
    for _ in range(50):
        start, end = rng.normal(size=(2, len(offsets))) * 3
        answer = best_span(window, start, end)
        expected = slow_best_span(window, start, end)
        assert (answer.start, answer.end) == expected[:2]
        assert (answer.score, answer.null_score) == pytest.approx(expected[2:], abs=1e-12)


def test_window_without_context_has_no_answer():
    assert best_span(Window(0, [None, None]), np.zeros(2), np.zeros(2)) is None


def test_best_answer_takes_the_best_span_and_the_lowest_null_score():
    answers = [Answer(0, 1, 0.2, 0.7), Answer(5, 9, 0.6, 0.1), Answer(0, 0, 0.1, 0.9)]
    assert best_answer(answers) == Answer(5, 9, 0.6, 0.1)


@pytest.fixture
def task(make_job, base_model):
    """The question answering task of the tiny job: windows of 32 tokens, 8 shared."""
    from loupe_trainer.config import load_job
    from loupe_trainer.finetune import load_tokenizer
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
