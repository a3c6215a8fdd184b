"""The answer to a question, as a span of a context; or none."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from loupe_trainer import metrics
from loupe_trainer.data import Row
from loupe_trainer.errors import JobError
from loupe_trainer.tasks.base import Outputs, Split, Task
from loupe_trainer.tasks.spans import Answer, Span, Window, best_answer, spans_of

TINY = 1e-30  # keeps the logarithm of a probability that underflowed finite


class QuestionAnswering(Task):
    """SQuAD-like columns ``question``, ``context`` and ``answers`` {text[], answer_start[]}.

    Both lists are empty if there is no answer. ``answer_start`` counts code points. Training targets the
    first answer.
    """

    columns = {"question": str, "context": str, "answers": dict}  # noqa: RUF012 - declared ClassVar in Task
    model_class = "AutoModelForQuestionAnswering"
    outputs = ("start_logits", "end_logits")
    per_token = True
    answers_impossible = False

    def learn_labels(self, rows: Sequence[Row]) -> None:
        """Notes whether the model learns that a text may hold no answer."""
        self.answers_impossible = any(not row["answers"]["text"] for row in rows)

    def config_values(self) -> dict[str, Any]:
        """Returns what tells Loupe whether "no answer" may win (src/core/models/modelConfig.ts reads it)."""
        return {"loupe": {"answers_impossible": self.answers_impossible}}

    def encode(self, rows: list[Row], training: bool) -> Split:
        """Cuts contexts into windows of max_length tokens that share ``stride`` tokens.

        A window that does not hold the whole answer has token 0 as its target: "no answer here".
        """
        split = Split(rows)
        for number, row in enumerate(rows):
            target = _target(row, number)
            encoded = self.tokenizer(
                row["question"],
                row["context"],
                truncation="only_second",
                max_length=self.job.max_length,
                stride=self.job.stride,
                return_overflowing_tokens=True,
                return_offsets_mapping=True,
            )
            for index in range(len(encoded["input_ids"])):
                offsets = _context_offsets(encoded, index)
                feature = {name: encoded[name][index] for name in self.tokenizer.model_input_names if name in encoded}
                start, end = _token_target(encoded["offset_mapping"][index], encoded.sequence_ids(index), target)
                split.features.append({**feature, "start_positions": start, "end_positions": end})
                split.notes.append(None if training else Window(number, offsets))
        return split

    def collator(self) -> Any:
        """Pads to the longest window of the batch."""
        from transformers import DataCollatorWithPadding

        return DataCollatorWithPadding(self.tokenizer)

    def answers(self, split: Split, outputs: list[Outputs]) -> list[Answer]:
        """Returns one answer per row, the best over its windows; offsets are code points of the context."""
        found: list[list[tuple[list[Span], float]]] = [[] for _ in split.rows]
        for window, (start_logits, end_logits) in zip(split.notes, outputs, strict=True):
            found[window.row].append(spans_of(window, start_logits, end_logits))
        return [best_answer(row["context"], windows) for row, windows in zip(split.rows, found, strict=True)]

    def score(self, split: Split, outputs: list[Outputs]) -> dict[str, float]:
        """Returns EM and F1 by the SQuAD v2 script; "no answer" is predicted when the null score beats the answer's.

        Thresholds are differences of log probabilities.
        """
        answers = self.answers(split, outputs)
        texts = [row["context"][answer.start : answer.end] for row, answer in zip(split.rows, answers, strict=True)]
        margins = [math.log(max(answer.null_score, TINY)) - math.log(max(answer.score, TINY)) for answer in answers]
        return metrics.question_answering([row["answers"]["text"] for row in split.rows], texts, margins)


def _target(row: Row, number: int) -> tuple[int, int] | None:
    """Returns the first answer's (start, end) in code points, or None; checks that every answer is where it says."""
    texts, starts = row["answers"].get("text", []), row["answers"].get("answer_start", [])
    if len(texts) != len(starts):
        raise JobError(f"row {number + 1}: {len(texts)} answer texts but {len(starts)} answer_start")
    for text, start in zip(texts, starts, strict=True):
        if row["context"][start : start + len(text)] != text or not text:
            found = row["context"][start : start + len(text)]
            raise JobError(f"row {number + 1}: the answer {text!r} is not at {start} of the context, {found!r} is")
    return (starts[0], starts[0] + len(texts[0])) if texts else None


def _context_offsets(encoded: Any, index: int) -> list[tuple[int, int] | None]:
    """Returns each token's offsets in the context, widened to its word; None outside the context."""
    offsets, sequences, words = encoded["offset_mapping"][index], encoded.sequence_ids(index), encoded.word_ids(index)
    extent: dict[int, tuple[int, int]] = {}
    for offset, sequence, word in zip(offsets, sequences, words, strict=True):
        if sequence == 1:
            start, end = extent.get(word, offset)
            extent[word] = (min(start, offset[0]), max(end, offset[1]))
    return [extent[word] if sequence == 1 else None for sequence, word in zip(sequences, words, strict=True)]


def _token_target(
    offsets: list[tuple[int, int]], sequences: list[int | None], target: tuple[int, int] | None
) -> tuple[int, int]:
    """Returns the first and last token that overlap the answer, or (0, 0) if this window does not hold all of it."""
    if target is None:
        return 0, 0
    context = [index for index, sequence in enumerate(sequences) if sequence == 1]
    if not context or offsets[context[0]][0] > target[0] or offsets[context[-1]][1] < target[1]:
        return 0, 0
    inside = [index for index in context if offsets[index][0] < target[1] and offsets[index][1] > target[0]]
    return (inside[0], inside[-1]) if inside else (0, 0)
