"""The recipes' data preparation, on data made up here."""

from __future__ import annotations

import importlib.util
import random
import sys
from pathlib import Path
from types import ModuleType

import pytest

RECIPES = Path(__file__).parents[1] / "recipes"


def load(recipe: str) -> ModuleType:
    """Imports a recipe's prepare.py."""
    spec = importlib.util.spec_from_file_location(f"prepare_{recipe}", RECIPES / recipe / "prepare.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    # dataclasses look their module up by name
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def qamr_rows():
    """60 articles of 3 sentences with 40 questions each, two answers a question, one of them twice."""
    rows = []
    for article in range(60):
        for sentence in range(3):
            context = f"Person{article} met number {sentence} of the {article} friends in Place{article}."
            for question in range(40):
                start = context.index(f"Place{article}")
                texts = [f"in Place{article}", f"Place{article}", f"Place{article}"]
                rows.append(
                    {
                        "id": f"Wiki1k:wikipedia:{article}:{sentence}:0|{question}",
                        "context": context,
                        "question": f"Where did Person{article} meet {question} friends?",
                        "answers": {"text": texts, "answer_start": [start - 3, start, start]},
                    }
                )
    return rows


def sentences_of(rows):
    return {sentence.strip() + "." for row in rows for sentence in row["context"].split(".") if sentence.strip()}


def test_qa_splits_share_no_sentence_and_offsets_hold(qamr_rows, monkeypatch):
    qa = load("qa-en")
    monkeypatch.setattr(qa, "SHORT_STEPS", 50)
    splits = qa.build(qamr_rows)
    assert len(splits["test-paragraph"]) >= qa.TEST_QUESTIONS
    assert len(splits["validation"]) >= qa.VALIDATION_QUESTIONS
    test = sentences_of(splits["test-paragraph"]) | sentences_of(splits["test-long"])
    assert not (sentences_of(splits["train"]) | sentences_of(splits["train-short"])) & test
    assert not sentences_of(splits["train"]) & sentences_of(splits["validation"])
    assert not sentences_of(splits["validation"]) & test
    read_in_short = {row["id"] for row in splits["train-short"][: 50 * qa.BATCH]}
    assert not read_in_short & {row["id"] for row in splits["train"]}
    for rows in splits.values():
        for row in rows:
            for text, start in zip(row["answers"]["text"], row["answers"]["answer_start"], strict=True):
                assert row["context"][start : start + len(text)] == text
    unanswerable = sum(not row["answers"]["text"] for row in splits["train"]) / len(splits["train"])
    assert 0.14 < unanswerable < 0.2


def test_qa_trains_on_the_answer_most_annotators_gave(qamr_rows):
    qa = load("qa-en")
    answers = qa.medoid_first(qamr_rows[0]["answers"])
    assert answers["text"] == ["Place0", "in Place0"]


def test_qa_unanswerable_context_lacks_the_sentence(qamr_rows):
    qa = load("qa-en")
    pool = sorted({row["context"] for row in qamr_rows})
    for seed in range(50):
        row = qa.with_distractors(qamr_rows[0], pool, 2, answerable=False, rng=random.Random(seed))
        assert qamr_rows[0]["context"] not in row["context"]
        assert row["answers"] == {"text": [], "answer_start": []}


def test_qa_batches_keep_every_row(qamr_rows):
    qa = load("qa-en")
    ordered = qa.in_batches(qamr_rows[:1001], random.Random(0))
    assert sorted(row["id"] for row in ordered) == sorted(row["id"] for row in qamr_rows[:1001])


def test_sentiment_labels_leave_out_the_middle():
    sentiment = load("sentiment-en")
    assert [sentiment.label(rating) for rating in (-4, -0.5, -0.49, 0, 0.5, 4)] == [
        "NEGATIVE",
        "NEGATIVE",
        None,
        None,
        "POSITIVE",
        "POSITIVE",
    ]
    assert sentiment.parse("1_2\t-0.9\ta\tb \r\n\r\n3\t1\tc\r\n") == [("1_2", -0.9, "a\tb"), ("3", 1.0, "c")]


def test_sentiment_splits_share_no_text_and_no_review():
    sentiment = load("sentiment-en")
    rated = [(str(i), 2.0 if i % 2 else -2.0, f"movie snippet {i % 3900}") for i in range(4000)]
    amazon = [(f"{i // 10}_{i % 10}", 0.5 + i % 2, f"sentence {i} of review {i // 10}.") for i in range(500)]
    sources = {"movie": rated, "amazon": amazon, "tweet": rated[:5], "news": []}
    splits = sentiment.split(sources)
    for name in ("movie", "amazon"):
        clear = splits.pop(f"test-{name}-clear")
        assert clear == [row for row in splits[f"test-{name}"] if abs(row["rating"]) >= 1]
    texts = [row["text"].lower() for rows in splits.values() for row in rows]
    assert len(texts) == len(set(texts))
    reviews = [
        {row["text"].split()[-1] for row in splits[name] if row["source"] == "amazon"}
        for name in ("train", "test-amazon")
    ]
    assert len(reviews[1]) == 20
    assert not reviews[0] & reviews[1]
