"""One label for a text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from loupe_trainer import metrics
from loupe_trainer.data import Row
from loupe_trainer.errors import JobError
from loupe_trainer.tasks.base import Outputs, Split, Task


class TextClassification(Task):
    """Single-label classification: columns ``text`` and ``label`` (a name)."""

    columns = {"text": str, "label": str}  # noqa: RUF012 - declared ClassVar in Task
    model_class = "AutoModelForSequenceClassification"
    outputs = ("logits",)
    per_token = False

    labels: list[str]

    def learn_labels(self, rows: Sequence[Row]) -> None:
        """Takes the job's labels, else those of the training data in sorted order."""
        self.labels = list(self.job.labels or sorted({row["label"] for row in rows}))

    def config_values(self) -> dict[str, Any]:
        """Returns speaking label names; ``problem_type`` tells a reader of config.json to apply a softmax."""
        return {
            "num_labels": len(self.labels),
            "id2label": dict(enumerate(self.labels)),
            "label2id": {label: index for index, label in enumerate(self.labels)},
            "problem_type": "single_label_classification",
        }

    def encode(self, rows: list[Row], training: bool) -> Split:
        """Tokenizes texts, cut at max_length."""
        known = {label: index for index, label in enumerate(self.labels)}
        unknown = sorted({row["label"] for row in rows} - set(known))
        if unknown:
            raise JobError(
                f"the data has labels that are not among {self.labels}: {unknown[:5]}; fix them or name all in labels"
            )
        encoded = self.tokenizer([row["text"] for row in rows], truncation=True, max_length=self.job.max_length)
        features = [{name: encoded[name][i] for name in encoded} for i in range(len(rows))]
        for feature, row in zip(features, rows, strict=True):
            feature["labels"] = known[row["label"]]
        return Split(rows, features)

    def collator(self) -> Any:
        """Pads to the longest text of the batch."""
        from transformers import DataCollatorWithPadding

        return DataCollatorWithPadding(self.tokenizer)

    def score(self, split: Split, outputs: list[Outputs]) -> dict[str, float]:
        """Returns accuracy and F1 of the most likely label; outputs are logits of shape (labels,)."""
        predicted = [self.labels[int(logits.argmax())] for (logits,) in outputs]
        return metrics.classification([row["label"] for row in split.rows], predicted, self.labels)
