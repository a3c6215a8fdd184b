"""Metrics against scikit-learn and against values worked out by hand or by the SQuAD v2 script."""

from __future__ import annotations

import random

import pytest

from loupe_trainer import metrics


def test_classification_equals_scikit_learn():
    from sklearn.metrics import accuracy_score, f1_score

    rng = random.Random(0)
    labels = ["a", "b", "c"]
    gold = [rng.choice(labels) for _ in range(200)]
    predicted = [label if rng.random() < 0.6 else rng.choice(labels) for label in gold]
    ours = metrics.classification(gold, predicted, labels)
    assert ours["accuracy"] == pytest.approx(accuracy_score(gold, predicted))
    assert ours["macro_f1"] == pytest.approx(f1_score(gold, predicted, average="macro"))
    by_label = f1_score(gold, predicted, average=None, labels=labels)
    assert [ours[f"f1_{label}"] for label in labels] == pytest.approx(list(by_label))
    assert ours["count"] == 200


def test_spans_read_as_conll_does():
    assert metrics.bio_spans(["B-x", "I-x", "O", "I-y", "B-y", "I-x"]) == {
        (0, 2, "x"),
        (3, 4, "y"),
        (4, 5, "y"),
        (5, 6, "x"),
    }
    assert metrics.bio_spans([]) == set()


def test_entity_f1_wants_exact_boundaries_and_type():
    gold = [["B-x", "I-x", "O"], ["B-y", "O", "B-x"]]
    predicted = [["B-x", "I-x", "O"], ["B-x", "O", "B-x"]]
    ours = metrics.entities(gold, predicted)
    assert (ours["precision"], ours["recall"], ours["f1"]) == pytest.approx((2 / 3, 2 / 3, 2 / 3))
    assert ours["entities"] == 3


@pytest.mark.parametrize(
    ("gold", "predicted", "em", "f1"),
    [
        (["the Eiffel Tower"], "Eiffel tower!", 1, 1),
        (["in Paris"], "Paris", 0, 2 / 3),
        (["Rome", "in Paris, France"], "Paris France", 0, 0.8),
        ([], "", 1, 1),
        ([], "Paris", 0, 0),
        (["Paris"], "", 0, 0),
        (["the"], "", 1, 1),  # nothing is left of it after normalisation, so it counts as no answer
    ],
)
def test_answer_scores(gold, predicted, em, f1):
    assert metrics.answer_scores(gold, predicted) == pytest.approx((em, f1))


def test_question_answering_by_hand():
    gold = [["Paris"], ["Rome"], [], []]
    answers = ["Paris", "Milan", "Oslo", "Bonn"]
    ours = metrics.question_answering(gold, answers, null_margins=[-1.0, -2.0, 1.0, -0.5])
    assert (ours["em"], ours["f1"]) == (50, 50)
    assert ours["em_answerable"] == 50
    assert ours["em_unanswerable"] == 50
    # Refusing from a margin of -0.75 on gets the fourth right as well.
    assert (ours["best_em"], ours["best_em_threshold"]) == (75, -0.75)
    assert (ours["count"], ours["answerable"], ours["unanswerable"]) == (4, 2, 2)


def test_groups_without_questions_have_no_number():
    assert "em_unanswerable" not in metrics.question_answering([["x"]], ["x"], [-1.0])


def test_best_threshold_keeps_equal_margins_together():
    ours = metrics.question_answering([[], ["x"]], ["b", "x"], null_margins=[0.5, 0.5])
    assert ours["best_em"] == 50


def test_best_threshold_equals_the_squad_script():
    """``find_best_thresh`` of the SQuAD v2 evaluation script, on random data."""
    rng = random.Random(1)
    gold = [["x"] if rng.random() < 0.7 else [] for _ in range(100)]
    answers = [rng.choice("xy") for _ in gold]
    margins = [rng.gauss(-1 if g else 1, 2) for g in gold]
    score = best = sum(not g for g in gold)
    for index in sorted(range(len(gold)), key=lambda i: margins[i]):
        score += (answers[index] == "x") if gold[index] else -1
        best = max(best, score)
    assert metrics.question_answering(gold, answers, margins)["best_em"] == pytest.approx(best)
