"""From start and end logits to answers, with the meaning of transformers 4.57's question-answering pipeline."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

MAX_ANSWER_TOKENS = 15  # the pipeline's default
HIDDEN = -10000.0  # the logit the pipeline gives to tokens that cannot be part of an answer


@dataclass(frozen=True)
class Window:
    """One window over a context: which row it belongs to, and for each token where it lies in the context.

    ``offsets[i]`` is (start, end) in code points of the context, widened to whole words as the pipeline does
    (``align_to_words``), or None for a token that is not of the context. Token 0 stands for "no answer".
    """

    row: int
    offsets: list[tuple[int, int] | None]


@dataclass(frozen=True)
class Answer:
    """The best span of a context; ``score`` and ``null_score`` are products of start and end probability, 0..1."""

    start: int
    end: int
    score: float
    null_score: float


def best_span(window: Window, start_logits: np.ndarray, end_logits: np.ndarray) -> Answer | None:
    """Returns the best span of one window, or None if the window holds nothing of the context.

    Softmax runs over the context's tokens and token 0; a span has at most ``MAX_ANSWER_TOKENS`` tokens. Its score is
    the product of the two probabilities. Source: ``select_starts_ends`` and ``decode_spans`` of the pipeline.
    """
    inside = np.array([offset is not None for offset in window.offsets])
    if not inside.any():
        return None
    allowed = inside.copy()
    allowed[0] = True
    start, end = (_softmax(np.where(allowed, logits, HIDDEN)) for logits in (start_logits, end_logits))
    null_score = float(start[0] * end[0])
    start[0] = end[0] = 0.0
    products = np.triu(np.outer(start, end))
    products = np.tril(products, MAX_ANSWER_TOKENS - 1)
    first, last = np.unravel_index(int(products.argmax()), products.shape)
    first_offset, last_offset = window.offsets[int(first)], window.offsets[int(last)]
    if first_offset is None or last_offset is None:  # every product underflowed to 0
        return Answer(0, 0, 0.0, null_score)
    return Answer(first_offset[0], last_offset[1], float(products[first, last]), null_score)


def best_answer(answers: list[Answer]) -> Answer:
    """Returns the best span over the windows of one context; its null score is the lowest of any window."""
    best = max(answers, key=lambda answer: answer.score)
    return Answer(best.start, best.end, best.score, min(answer.null_score for answer in answers))


def _softmax(logits: np.ndarray) -> np.ndarray:
    powers = np.exp(logits - logits.max())
    return powers / powers.sum()
