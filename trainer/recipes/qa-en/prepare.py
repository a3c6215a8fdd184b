"""Prepares the data of qa-en: QAMR questions (MIT) with their sentence put among other sentences.

QAMR asks about single sentences. A reader's document is longer, and may not hold the answer. So each context here is
the question's sentence at a random place among 0 to 4 other sentences (distractors); about one question in six gets
only distractors, and has no answer then.

Held out by article: no sentence of a validation or test article occurs anywhere in training, not even as a distractor.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))
import common

SEED = 20261124
BATCH = 16  # of the job file; rows of one batch get contexts of similar length
UNANSWERABLE = 1 / 6
NEAR_SHARE = 0.5  # of the distractors come from the question's own article, as in running text
TEST_QUESTIONS, VALIDATION_QUESTIONS = 3000, 500
LONG_TEST_QUESTIONS, LONG_WORDS = 300, 480  # 480 English words are more than 512 tokens
WHERE = "get qamr-dev.jsonl.gz and qamr-test.jsonl.gz: dev.tsv and test.tsv of github.com/uwnlp/qamr as SQuAD-like rows"
STOP_WORDS = frozenset(
    "what who whom whose which when where why how is are was were be been do does did has have had the a an of in on "
    "at to for from by with and or it its that this there some someone something much many kind type".split(" ")
)

Row = dict[str, Any]


# Questions read in short contexts first, where most of what there is to learn costs least: 586 batches, in the order of
# train-short.jsonl. The rest of that file is not reached (see README.md); those questions come in train.jsonl instead.
SHORT_STEPS = 586
LONG_SHARE = 0.02  # of train.jsonl: contexts of 8 to 10 sentences, which train the later positions of the window
MIXED_QUESTIONS = 8_800


def content_words(text: str) -> set[str]:
    """Returns the words of a text that carry meaning, lower-cased."""
    return set(re.findall(r"\w+", text.lower())) - STOP_WORDS


def article(row: Row) -> str:
    """Returns the article of a row; ids look like Wiki1k:wikipedia:16016:90:8|0."""
    return ":".join(row["id"].split(":")[1:3])


def hold_out(rows: list[Row], rng: random.Random) -> dict[str, list[Row]]:
    """Splits rows by article into test, validation and train."""
    by_article: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_article[article(row)].append(row)
    names = sorted(by_article)
    rng.shuffle(names)
    parts: dict[str, list[Row]] = {"test": [], "validation": [], "train": []}
    for name in names:
        unfilled = [
            part
            for part, size in (("test", TEST_QUESTIONS), ("validation", VALIDATION_QUESTIONS))
            if len(parts[part]) < size
        ]
        parts[unfilled[0] if unfilled else "train"] += by_article[name]
    return parts


def medoid_first(answers: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """Puts the answer first that most annotators gave (of equals the earliest): the trainer's target is the first."""
    pairs = list(zip(answers["answer_start"], answers["text"], strict=True))
    votes = Counter(pairs)
    first = max(pairs, key=lambda pair: votes[pair])
    ordered = [first, *(pair for pair in dict.fromkeys(pairs) if pair != first)]
    return {"text": [text for _, text in ordered], "answer_start": [start for start, _ in ordered]}


def with_distractors(
    row: Row, pool: list[str], count: int, answerable: bool, rng: random.Random, near: Sequence[str] = ()
) -> Row:
    """Returns the row with its sentence at a random place among ``count`` other sentences, offsets moved.

    Others come from the pool; where ``near`` has sentences (of the same article), about every second one from there.
    Not answerable: the sentence itself is left out, and of a few others those are taken that share most words with the
    question, since a question about something else altogether would be too easy to refuse.
    """
    others = rng.sample(pool, min(len(pool), count + 9))
    if near:
        close = rng.sample(list(near), min(len(near), count + 1))
        others = [close.pop() if close and rng.random() < NEAR_SHARE else other for other in others]
    others = [sentence for sentence in dict.fromkeys(others) if sentence != row["context"]]
    if not answerable:
        wanted = content_words(row["question"])
        others.sort(key=lambda sentence: -len(wanted & content_words(sentence)))
        sentences = others[: max(count, 1)]
        rng.shuffle(sentences)
        return {**row, "context": " ".join(sentences), "answers": {"text": [], "answer_start": []}}
    sentences = others[:count]
    place = rng.randint(0, len(sentences))
    before = "".join(f"{sentence} " for sentence in sentences[:place])
    context = " ".join([before + row["context"], *sentences[place:]])
    starts = [start + len(before) for start in row["answers"]["answer_start"]]
    return {**row, "context": context, "answers": {"text": row["answers"]["text"], "answer_start": starts}}


@dataclass(frozen=True)
class Sentences:
    """The sentences of one part of the data: all of them, and by article."""

    pool: list[str]
    by_article: dict[str, list[str]]

    @classmethod
    def of(cls, rows: list[Row]) -> Sentences:
        """Collects the sentences of rows, sorted, so that the same rows give the same random draws."""
        by_article: dict[str, set[str]] = defaultdict(set)
        for row in rows:
            by_article[article(row)].add(row["context"])
        ordered = {name: sorted(found) for name, found in by_article.items()}
        return cls(sorted({row["context"] for row in rows}), ordered)


def paragraphs(rows: list[Row], sentences: Sentences, distractors: tuple[int, int], rng: random.Random) -> list[Row]:
    """Returns every row in a paragraph of its own, in the given order; about one in six without its sentence."""
    result = []
    for row in rows:
        count, answerable = rng.randint(*distractors), rng.random() >= UNANSWERABLE
        near = sentences.by_article[article(row)]
        result.append(with_distractors(row, sentences.pool, count, answerable, rng, near))
    return result


def short_contexts(rows: list[Row], pool: list[str], rng: random.Random) -> list[Row]:
    """Returns every row with at most one sentence of any article beside its own; about one in six without its own."""
    return [with_distractors(row, pool, rng.randint(0, 1), rng.random() >= UNANSWERABLE, rng) for row in rows]


def long_contexts(rows: list[Row], pool: list[str], rng: random.Random) -> list[Row]:
    """Returns answerable rows in contexts of at least LONG_WORDS words, longer than any window of the model."""
    words = sum(len(sentence.split()) for sentence in pool) / len(pool)
    found: list[Row] = []
    for row in rng.sample(rows, len(rows)):
        long_row = with_distractors(row, pool, round(LONG_WORDS / words) + 4, True, rng)
        if len(long_row["context"].split()) >= LONG_WORDS:
            found.append(long_row)
        if len(found) == LONG_TEST_QUESTIONS:
            break
    return found


def in_batches(rows: list[Row], rng: random.Random) -> list[Row]:
    """Returns the rows shuffled, in batches of similar length: the job reads them in this order (sequential)."""
    rows = rng.sample(rows, len(rows))
    batches = []
    for at in range(0, len(rows), 40 * BATCH):
        chunk = sorted(rows[at : at + 40 * BATCH], key=lambda row: len(row["context"]) + len(row["question"]))
        batches += [chunk[i : i + BATCH] for i in range(0, len(chunk), BATCH)]
    full = [batch for batch in batches if len(batch) == BATCH]
    rng.shuffle(full)
    rest = [row for batch in batches if len(batch) < BATCH for row in batch]
    return [row for batch in full for row in batch] + rest


def build(rows: list[Row]) -> dict[str, list[Row]]:
    """Returns all splits by name."""
    rng = random.Random(SEED)
    parts = hold_out(rows, rng)
    sentences = {name: Sentences.of(part) for name, part in parts.items()}
    # "What is it?" fits every sentence of a paragraph: train on questions that share a word with theirs, each once.
    useful = {
        (row["question"].strip().lower(), row["context"]): {**row, "answers": medoid_first(row["answers"])}
        for row in parts["train"]
        if content_words(row["question"]) & content_words(row["context"])
    }
    questions = list(useful.values())
    chosen = rng.sample(questions, len(questions))
    short = in_batches(short_contexts(chosen, sentences["train"].pool, rng), rng)
    read = {row["id"] for row in short[: SHORT_STEPS * BATCH]}
    rest = [row for row in questions if row["id"] not in read]
    rng = random.Random(SEED + 1)
    mixed = rng.sample(rest, min(MIXED_QUESTIONS, len(rest)))
    far = rng.sample(rest, round(LONG_SHARE * len(mixed)))
    train = paragraphs(mixed, sentences["train"], (0, 4), rng) + paragraphs(far, sentences["train"], (7, 9), rng)
    return {
        "train-short": short,
        "train": in_batches(train, rng),
        "validation": paragraphs(parts["validation"], sentences["validation"], (0, 4), random.Random(SEED + 2)),
        "test-paragraph": paragraphs(parts["test"], sentences["test"], (0, 4), random.Random(SEED + 3)),
        "test-long": long_contexts(parts["test"], sentences["test"].pool, random.Random(SEED + 4)),
    }


def main() -> int:
    """Writes work/base and work/*.jsonl."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with qamr-dev.jsonl.gz and qamr-test.jsonl.gz")
    parser.add_argument("--output", type=Path, default=Path(__file__).parent / "work")
    arguments = parser.parse_args()
    files = [arguments.data / f"qamr-{name}.jsonl.gz" for name in ("dev", "test")]
    missing = [str(file) for file in files if not file.is_file()]
    if missing:
        raise SystemExit(f"there is no {' and no '.join(missing)}; {WHERE}")
    common.fetch_base_model(arguments.output / "base")
    for name, rows in build([row for file in files for row in common.read_jsonl(file)]).items():
        common.write_jsonl(arguments.output / f"{name}.jsonl", rows)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
