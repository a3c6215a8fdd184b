"""Metrics by their usual definitions, without a dependency; the tests compare them with scikit-learn's and SQuAD's."""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Sequence

Span = tuple[int, int, str]


def classification(gold: Sequence[str], predicted: Sequence[str], labels: Sequence[str]) -> dict[str, float]:
    """Returns accuracy, macro F1 and F1 per label, all in 0..1; a label never seen nor predicted has F1 0."""
    pairs = list(zip(gold, predicted, strict=True))
    scores = {}
    for label in labels:
        hits = sum(g == p == label for g, p in pairs)
        scores[label] = f1(hits, sum(p == label for _, p in pairs), sum(g == label for g, _ in pairs))
    result = {"count": float(len(pairs)), "accuracy": sum(g == p for g, p in pairs) / max(len(pairs), 1)}
    result["macro_f1"] = sum(scores.values()) / len(labels)
    result.update({f"f1_{label}": score for label, score in scores.items()})
    return result


def f1(hits: int, predicted: int, gold: int) -> float:
    """Returns 2 * hits / (predicted + gold), 0 when both are empty."""
    return 2 * hits / (predicted + gold) if predicted + gold else 0.0


def bio_spans(tags: Sequence[str]) -> set[Span]:
    """Returns entities as (first token, last token + 1, type), as CoNLL reads them: I- of another type starts anew."""
    spans: set[Span] = set()
    start, kind = 0, ""
    for index, tag in enumerate([*tags, "O"]):
        prefix, _, name = tag.partition("-")
        if kind and (prefix != "I" or name != kind):
            spans.add((start, index, kind))
            kind = ""
        if prefix in ("B", "I") and not kind:
            start, kind = index, name
    return spans


def entities(gold: Sequence[Sequence[str]], predicted: Sequence[Sequence[str]]) -> dict[str, float]:
    """Returns entity-level precision, recall and F1 (exact boundaries and type) as seqeval's default does."""
    pairs = [(bio_spans(g), bio_spans(p)) for g, p in zip(gold, predicted, strict=True)]
    hits = sum(len(g & p) for g, p in pairs)
    found, wanted = sum(len(p) for _, p in pairs), sum(len(g) for g, _ in pairs)
    return {
        "count": float(len(pairs)),
        "entities": float(wanted),
        "precision": hits / found if found else 0.0,
        "recall": hits / wanted if wanted else 0.0,
        "f1": f1(hits, found, wanted),
    }


def normalize_answer(text: str) -> str:
    """Lower-cases and drops punctuation, articles and extra whitespace, as the SQuAD v2 evaluation script does."""
    text = "".join(character for character in text.lower() if character not in set(string.punctuation))
    return " ".join(re.sub(r"\b(a|an|the)\b", " ", text).split())


def answer_em(gold: str, predicted: str) -> float:
    """Returns 1 if the two answers are equal after normalisation, else 0."""
    return float(normalize_answer(gold) == normalize_answer(predicted))


def answer_f1(gold: str, predicted: str) -> float:
    """Returns the token F1 of two answers; if either is empty after normalisation, 1 only when both are."""
    gold_tokens, predicted_tokens = normalize_answer(gold).split(), normalize_answer(predicted).split()
    if not gold_tokens or not predicted_tokens:
        return float(gold_tokens == predicted_tokens)
    common = sum((Counter(gold_tokens) & Counter(predicted_tokens)).values())
    return f1(common, len(predicted_tokens), len(gold_tokens))


def answer_scores(gold: Sequence[str], predicted: str) -> tuple[float, float]:
    """Returns the best EM and the best F1 over the accepted answers; no accepted answer means "" is right."""
    accepted = [answer for answer in gold if normalize_answer(answer)] or [""]
    return max(answer_em(a, predicted) for a in accepted), max(answer_f1(a, predicted) for a in accepted)


def question_answering(
    gold: Sequence[Sequence[str]], answers: Sequence[str], null_margins: Sequence[float]
) -> dict[str, float]:
    """Returns EM and F1 in percent as the SQuAD v2 script reports them, and the same at the best null threshold.

    Args:
        gold: accepted answers per question, empty for a question without an answer.
        answers: the best non-empty answer per question.
        null_margins: null score minus the answer's score; "no answer" is predicted when it is above the threshold (0).
    """
    with_answer = [answer_scores(g, a) for g, a in zip(gold, answers, strict=True)]
    with_null = [answer_scores(g, "") for g in gold]
    has = [any(normalize_answer(answer) for answer in g) for g in gold]
    chosen = [
        null if margin > 0 else answer
        for answer, null, margin in zip(with_answer, with_null, null_margins, strict=True)
    ]
    result = {"count": float(len(gold)), "answerable": float(sum(has)), "unanswerable": float(len(has) - sum(has))}
    for index, name in enumerate(("em", "f1")):
        result[name] = _percent([scores[index] for scores in chosen])
        for group, wanted in (("answerable", True), ("unanswerable", False)):
            values = [scores[index] for scores, answerable in zip(chosen, has, strict=True) if answerable == wanted]
            if values:
                result[f"{name}_{group}"] = _percent(values)
        gains = [
            (margin, null[index] - answer[index])
            for margin, null, answer in zip(null_margins, with_null, with_answer, strict=True)
        ]
        answered = sum(scores[index] for scores in with_answer)
        result[f"best_{name}"], result[f"best_{name}_threshold"] = _best_threshold(answered, gains)
    return result


def _best_threshold(base: float, gains: list[tuple[float, float]]) -> tuple[float, float]:
    """Finds the threshold above which "no answer" pays most; starts from answering everything."""
    ordered = sorted(gains, reverse=True)
    best, score, threshold = base, base, ordered[0][0] + 1.0 if ordered else 0.0
    for index, (margin, gain) in enumerate(ordered):
        score += gain
        following = ordered[index + 1][0] if index + 1 < len(ordered) else margin - 1.0
        # Equal margins fall on the same side, and the threshold lies between two margins.
        if following < margin and score > best:
            best, threshold = score, (margin + following) / 2
    return 100 * best / max(len(gains), 1), threshold


def _percent(values: Sequence[float]) -> float:
    return 100 * sum(values) / len(values) if values else 0.0
