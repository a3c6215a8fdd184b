"""What every task has to say about itself; finetune.py, evaluate.py and export.py know no more of it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from loupe_trainer.config import Job
from loupe_trainer.data import Row, read_rows

Outputs = tuple[np.ndarray, ...]


@dataclass
class Split:
    """A data file made ready: its rows, and the model inputs made of them.

    ``features`` holds lists of int per input name (input_ids, attention_mask, token_type_ids, labels ...), and is what
    Trainer reads. A row can give several features (windows): ``notes[i]`` is what the task remembers about feature i.
    """

    rows: list[Row]
    features: list[dict[str, Any]] = field(default_factory=list)
    notes: list[Any] = field(default_factory=list)


class Task(ABC):
    """Rows to features, outputs to metrics."""

    columns: ClassVar[dict[str, type]]
    model_class: ClassVar[str]  # name of a transformers Auto class
    outputs: ClassVar[tuple[str, ...]]  # names of the model's outputs that matter
    per_token: ClassVar[bool]  # whether those outputs have a sequence axis

    def __init__(self, job: Job, tokenizer: Any) -> None:
        self.job = job
        self.tokenizer = tokenizer

    def read(self, file: Path) -> list[Row]:
        """Reads a data file of this job."""
        return read_rows(file, self.job.dataset.columns, self.columns, self.job.dataset.format)

    def learn_labels(self, rows: Sequence[Row]) -> None:  # noqa: B027 - not every task has labels
        """Fixes the label names from the training rows, unless the job names them."""

    def config_values(self) -> dict[str, Any]:
        """Returns what the model's config has to say, in the order to set it: labels and the kind of problem."""
        return {}

    @abstractmethod
    def encode(self, rows: list[Row], training: bool) -> Split:
        """Makes features of rows. Raises JobError where a row does not fit the task."""

    @abstractmethod
    def collator(self) -> Any:
        """Returns what pads features into a batch."""

    @abstractmethod
    def score(self, split: Split, outputs: list[Outputs]) -> dict[str, float]:
        """Returns the metrics of a split.

        Args:
            split: what ``encode`` made.
            outputs: per feature the arrays named in ``self.outputs``, without batch axis and without padding.
        """
