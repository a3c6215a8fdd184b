"""Reading and writing models and tokenizers: safetensors and tokenizer.json only, no pickles, no code from models."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
import transformers

from loupe_trainer.errors import JobError
from loupe_trainer.tasks import Task

# What tokenizer_config.json may hold of a past call or of this machine.
CALL_SETTINGS = (
    "is_local",
    "local_files_only",
    "max_length",
    "pad_to_multiple_of",
    "pad_token_type_id",
    "stride",
    "truncation_strategy",
)


def load_tokenizer(folder: Path) -> Any:
    """Loads a fast tokenizer."""
    if not (folder / "tokenizer.json").is_file():
        raise JobError(f"{folder} has no tokenizer.json; Loupe needs a fast tokenizer for character offsets")
    return transformers.AutoTokenizer.from_pretrained(folder)


def save_tokenizer(tokenizer: Any, folder: Path) -> None:
    """Saves a tokenizer that neither cuts nor pads by itself.

    A tokenizer keeps the truncation of its last call and writes it into tokenizer.json (all-MiniLM's asks for 128
    tokens as it comes): whoever reads the file without transformers would lose the end of every long text.
    """
    tokenizer.backend_tokenizer.no_truncation()
    tokenizer.backend_tokenizer.no_padding()
    tokenizer.save_pretrained(folder)
    file = folder / "tokenizer_config.json"
    config = json.loads(file.read_text(encoding="utf-8"))
    kept = {key: value for key, value in config.items() if key not in CALL_SETTINGS}
    file.write_text(json.dumps(kept, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def load_model(folder: Path, task: Task) -> Any:
    """Loads the encoder with the task's head; weights are read from safetensors only, never from pickles."""
    auto_class = getattr(transformers, task.model_class)
    try:
        config = transformers.AutoConfig.from_pretrained(folder)
        for name, value in task.config_values().items():
            setattr(config, name, value)
        return auto_class.from_pretrained(
            folder,
            config=config,
            use_safetensors=True,
            attn_implementation="eager",
            dtype=torch.float32,
            # A base that was fine-tuned already has a head for other labels; it is replaced.
            ignore_mismatched_sizes=True,
        )
    except (OSError, ValueError) as error:
        raise JobError(f"{folder}: cannot load it for {task.job.task}: {error}") from None
