"""Prepares the data of sentiment-en: human-rated English sentences from the vaderSentiment source package (MIT).

Four sources, each with the mean of 20 human ratings from -4 to 4 per sentence. |rating| >= 0.5 makes a label; what lies
between is left out, since two labels have no place for it. Texts that occur twice are kept once, in training.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))
import common

THRESHOLD = 0.5
CLEAR = 1.0  # |rating| of a sentence that raters agreed on
SEED = 20261124
SOURCES = {
    "movie": "movieReviewSnippets_GroundTruth.txt",
    "tweet": "tweets_GroundTruth.txt",
    "amazon": "amazonReviewSnippets_GroundTruth.txt",
    "news": "nytEditorialSnippets_GroundTruth.txt",
}
MOVIE_TEST, MOVIE_VALIDATION = 2000, 500
AMAZON_TEST_SHARE = 0.4  # of the reviews, not of the sentences: no review lies on both sides

Rated = tuple[str, float, str]  # (id, mean rating, text)
Row = dict[str, Any]


def label(rating: float) -> str | None:
    """Returns the label of a mean rating, None for one too close to neutral."""
    if abs(rating) < THRESHOLD:
        return None
    return "POSITIVE" if rating > 0 else "NEGATIVE"


def parse(content: str) -> list[Rated]:
    """Reads lines of id, mean rating and text, separated by tabs."""
    lines = [line.rstrip("\r\n").split("\t", 2) for line in content.split("\n") if line.strip()]
    return [(name, float(rating), text.strip()) for name, rating, text in lines]


def split(sources: dict[str, list[Rated]]) -> dict[str, list[Row]]:
    """Returns train, validation and test splits, all as rows of text, label, source and rating."""
    rng = random.Random(SEED)
    rows: dict[str, list[Row]] = {"test-movie": [], "test-amazon": [], "validation": [], "train": []}
    # The movie snippets have no review number; they were shuffled by their authors.
    movies = [rated for rated in sources["movie"] if label(rated[1])]
    rng.shuffle(movies)
    _add(rows["test-movie"], movies[:MOVIE_TEST], "movie")
    _add(rows["validation"], movies[MOVIE_TEST : MOVIE_TEST + MOVIE_VALIDATION], "movie")
    _add(rows["train"], movies[MOVIE_TEST + MOVIE_VALIDATION :], "movie")
    reviews = sorted({review(rated) for rated in sources["amazon"]})
    rng.shuffle(reviews)
    held_out = set(reviews[: round(AMAZON_TEST_SHARE * len(reviews))])
    _add(rows["test-amazon"], [rated for rated in sources["amazon"] if review(rated) in held_out], "amazon")
    _add(rows["train"], [rated for rated in sources["amazon"] if review(rated) not in held_out], "amazon")
    for name in ("tweet", "news"):
        _add(rows["train"], sources[name], name)
    seen: set[str] = set()
    for part in ("train", "validation", "test-movie", "test-amazon"):
        rows[part] = [row for row in rows[part] if not (row["text"].lower() in seen or seen.add(row["text"].lower()))]
    for name in ("movie", "amazon"):
        rows[f"test-{name}-clear"] = [row for row in rows[f"test-{name}"] if abs(row["rating"]) >= CLEAR]
    return rows


def review(rated: Rated) -> str:
    """Returns the number of the review a sentence comes from ("12_3" is the third of review 12)."""
    return rated[0].split("_")[0]


def _add(rows: list[Row], rated: list[Rated], source: str) -> None:
    for _, rating, text in rated:
        name = label(rating)
        if name:
            rows.append({"text": text, "label": name, "source": source, "rating": rating})


def main() -> int:
    """Writes work/base and work/*.jsonl."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=Path(__file__).parent / "work")
    output = parser.parse_args().output
    common.fetch_base_model(output / "base")
    with tempfile.TemporaryDirectory() as folder:
        package = common.download("vaderSentiment==3.3.2", Path(folder) / "package", source=True)
        inner = Path(folder) / "hutto.tar.gz"
        inner.write_bytes(common.read_member(package, "additional_resources/hutto_ICWSM_2014.tar.gz"))
        sources = {name: parse(common.read_member(inner, file).decode("utf-8")) for name, file in SOURCES.items()}
    for name, rows in split(sources).items():
        common.write_jsonl(output / f"{name}.jsonl", rows)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
