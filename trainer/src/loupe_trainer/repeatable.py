"""A Trainer that reads rows in an order that a resumed run repeats and that metrics can rely on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch.utils.data import Sampler, SequentialSampler
from transformers import Trainer
from transformers.trainer_pt_utils import get_length_grouped_indices


class LengthGroupedSampler(Sampler[int]):
    """Batches of similar length in random order, the same for the same seed and epoch.

    Trainer's own draws from torch's global random numbers, so a resumed run would see another order.
    """

    def __init__(self, batch_size: int, lengths: list[int], seed: int) -> None:
        self._batch_size = batch_size
        self._lengths = lengths
        self._seed = seed
        self._epoch = 0

    def set_epoch(self, epoch: int) -> None:
        """Called by the data loader before each epoch."""
        self._epoch = epoch

    def __len__(self) -> int:
        return len(self._lengths)

    def __iter__(self) -> Iterator[int]:
        generator = torch.Generator().manual_seed(self._seed + self._epoch)
        return iter(get_length_grouped_indices(self._lengths, self._batch_size, generator=generator))


class RepeatableTrainer(Trainer):
    """Hugging Face's Trainer with two orders of rows of its own; everything else is as there."""

    def _get_train_sampler(self, train_dataset: Any = None) -> Any:
        if self.args.train_sampling_strategy != "group_by_length":
            return super()._get_train_sampler(train_dataset)
        batch = self.args.train_batch_size * self.args.gradient_accumulation_steps
        lengths = [len(feature["input_ids"]) for feature in self.train_dataset]
        return LengthGroupedSampler(batch, lengths, self.args.seed)

    def _get_eval_sampler(self, eval_dataset: Any) -> SequentialSampler:
        # Trainer would group these by length too, but metrics match outputs to rows by position.
        return SequentialSampler(eval_dataset)
