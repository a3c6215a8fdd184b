"""One BIO tag for every word of a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from loupe_trainer import metrics
from loupe_trainer.data import Row
from loupe_trainer.errors import JobError
from loupe_trainer.tasks.base import Outputs, Split, Task

IGNORED = -100  # the target that PyTorch's cross entropy skips


class TokenClassification(Task):
    """Columns ``tokens`` (words) and ``tags`` (BIO, as many). A word's first token carries its tag, the rest none."""

    columns = {"tokens": list, "tags": list}  # noqa: RUF012 - declared ClassVar in Task
    model_class = "AutoModelForTokenClassification"
    outputs = ("logits",)
    per_token = True

    labels: list[str]

    def learn_labels(self, rows: Sequence[Row]) -> None:
        """Takes the job's labels, else O first and the rest of the training data's tags sorted."""
        found = {tag for row in rows for tag in row["tags"]}
        self.labels = list(self.job.labels or ["O", *sorted(found - {"O"})])

    def config_values(self) -> dict[str, Any]:
        """Returns the tag names."""
        return {
            "num_labels": len(self.labels),
            "id2label": dict(enumerate(self.labels)),
            "label2id": {label: index for index, label in enumerate(self.labels)},
        }

    def encode(self, rows: list[Row], training: bool) -> Split:
        """Tokenizes words that are split already; words beyond max_length get no token and count as O when scored."""
        known = {label: index for index, label in enumerate(self.labels)}
        split = Split(rows)
        for number, row in enumerate(rows, start=1):
            if len(row["tokens"]) != len(row["tags"]):
                raise JobError(f"row {number}: {len(row['tokens'])} tokens but {len(row['tags'])} tags")
            unknown = sorted(set(row["tags"]) - set(known))
            if unknown:
                raise JobError(f"row {number}: unknown tags {unknown}; known are {self.labels}")
            encoded = self.tokenizer(
                row["tokens"], is_split_into_words=True, truncation=True, max_length=self.job.max_length
            )
            words = encoded.word_ids()
            firsts = [index for index, word in enumerate(words) if word is not None and word != words[index - 1]]
            targets = [IGNORED] * len(words)
            for index in firsts:
                targets[index] = known[row["tags"][words[index]]]
            split.features.append({**encoded, "labels": targets})
            split.notes.append([(index, words[index]) for index in firsts])
        return split

    def collator(self) -> Any:
        """Pads inputs and targets to the longest sentence of the batch."""
        from transformers import DataCollatorForTokenClassification

        return DataCollatorForTokenClassification(self.tokenizer)

    def score(self, split: Split, outputs: list[Outputs]) -> dict[str, float]:
        """Returns entity precision, recall and F1; outputs are logits of shape (tokens, labels)."""
        predicted = []
        for row, firsts, (logits,) in zip(split.rows, split.notes, outputs, strict=True):
            tags = ["O"] * len(row["tokens"])
            for index, word in firsts:
                tags[word] = self.labels[int(logits[index].argmax())]
            predicted.append(tags)
        return metrics.entities([row["tags"] for row in split.rows], predicted)
