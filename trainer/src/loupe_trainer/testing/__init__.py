"""Tiny models with random weights and real tokenizers: ``python -m loupe_trainer.testing tiny --output DIR``.

They answer nonsense, but through every part of the real thing: each kind of subword tokenizer, each model's inputs,
each way that an exported graph computes attention, and the file layout that Loupe and transformers.js read. The same
arguments give the same files.
"""

from loupe_trainer.testing.architectures import ARCHITECTURES, HEADS, POSITIONS, TASKS, TASKS_OF_FAMILY, of_family
from loupe_trainer.testing.models import build_model
from loupe_trainer.testing.tokenizers import build_tokenizer
from loupe_trainer.testing.write import Variant, write_tiny

__all__ = [
    "ARCHITECTURES",
    "HEADS",
    "POSITIONS",
    "TASKS",
    "TASKS_OF_FAMILY",
    "Variant",
    "build_model",
    "build_tokenizer",
    "of_family",
    "write_tiny",
]
