"""From start and end logits to answers, with the meaning of transformers 4.57's question-answering pipeline."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

MAX_ANSWER_TOKENS = 15  # the pipeline's default
CANDIDATES = 12  # spans per window that the pipeline looks at for one answer: 2 * top_k + 10
HIDDEN = -10000.0  # the logit the pipeline gives to tokens that cannot be part of an answer


@dataclass(frozen=True)
class Window:
    """One window over a context: which row it belongs to, and for each token where it lies in the context.

    ``offsets[i]`` is (start, end) in code points of the context, widened to whole words as the pipeline does
    (``align_to_words``), or None for a token that is not of the context. Token 0 stands for "no answer".
    """

    row: int
    offsets: list[tuple[int, int] | None]


@dataclass
class Span:
    """A stretch of the context, in code points. ``score`` is the product of start and end probability, 0..1; spans
    with the same text add theirs, so a sum can exceed 1."""

    start: int
    end: int
    score: float


@dataclass(frozen=True)
class Answer:
    """The best span of a context, and the score of there being no answer (0..1)."""

    start: int
    end: int
    score: float
    null_score: float


def spans_of(window: Window, start_logits: np.ndarray, end_logits: np.ndarray) -> tuple[list[Span], float]:
    """Returns the best spans of one window, best first, and the window's null score.

    Softmax runs over the context's tokens and token 0; a span has at most ``MAX_ANSWER_TOKENS`` tokens. Source:
    ``select_starts_ends`` and ``decode_spans`` of the pipeline.
    """
    inside = np.array([offset is not None for offset in window.offsets])
    allowed = inside.copy()
    allowed[0] = True
    start, end = (_softmax(np.where(allowed, logits, HIDDEN)) for logits in (start_logits, end_logits))
    null_score = float(start[0] * end[0])
    start, end = start * inside, end * inside
    products = np.tril(np.triu(np.outer(start, end)), MAX_ANSWER_TOKENS - 1)
    best = np.argsort(-products, axis=None, kind="stable")[:CANDIDATES]
    spans = []
    for first, last in zip(*np.unravel_index(best, products.shape), strict=True):
        left, right = window.offsets[first], window.offsets[last]
        if left and right and products[first, last] > 0:
            spans.append(Span(left[0], right[1], float(products[first, last])))
    return spans, null_score


def best_answer(context: str, windows: Iterable[tuple[list[Span], float]]) -> Answer:
    """Returns the best answer over the windows of one context.

    Spans with the same text, upper or lower case, are one answer: the first one's place, the sum of the scores. The
    null score is the lowest of any window. Without any span the answer is empty and its score 0.
    """
    by_text: dict[str, Span] = {}
    null_score = 1.0
    for spans, window_null_score in windows:
        null_score = min(null_score, window_null_score)
        for span in spans:
            text = context[span.start : span.end].lower()
            if text in by_text:
                by_text[text].score += span.score
            else:
                by_text[text] = Span(span.start, span.end, span.score)
    best = max(by_text.values(), key=lambda span: span.score, default=Span(0, 0, 0.0))
    return Answer(best.start, best.end, best.score, null_score)


def _softmax(logits: np.ndarray) -> np.ndarray:
    powers = np.exp(logits - logits.max())
    return powers / powers.sum()
