"""Shared fixtures: tiny models, tiny data and jobs in a temporary folder. No network, nothing outside the repo."""

from __future__ import annotations

import os

# Before anything imports torch: on a busy machine two spinning threads are several times slower than one.
os.environ.update(OMP_NUM_THREADS="1", OMP_WAIT_POLICY="passive", GOMP_SPINCOUNT="0", HF_HUB_OFFLINE="1")
os.environ.update(TOKENIZERS_PARALLELISM="false", HF_HUB_DISABLE_PROGRESS_BARS="1")

import json
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from loupe_trainer import testing
from loupe_trainer.__main__ import main

TASK_DATA: dict[str, list[dict[str, Any]]] = {
    "text-classification": [
        {"text": f"{subject} was {adjective}.", "label": label}
        for subject in ("The film", "Her second book", "This café in São Paulo", "It")
        for adjective, label in (("wonderful", "POSITIVE"), ("terrible", "NEGATIVE"), ("good", "POSITIVE"))
    ],
    "token-classification": [
        {"tokens": [name, "lives", "in", place, "."], "tags": ["B-person", "O", "O", "B-place", "O"]}
        for name in ("Marie", "João", "Andrei")
        for place in ("Athens", "Kiev", "Paris")
    ],
    "question-answering": [
        {
            "question": f"Where does {name} live?",
            "context": f"{name} lives in {place}. The river is long.",
            "answers": {"text": [place], "answer_start": [len(f"{name} lives in ")]},
        }
        for name in ("Marie", "João", "Andrei")
        for place in ("Athens", "Kiev", "Paris")
    ]
    + [
        {"question": "Who won?", "context": "Nobody knows. " * 12, "answers": {"text": [], "answer_start": []}},
    ],
}


@pytest.fixture(autouse=True)
def _restore_process_state() -> Iterator[None]:
    """Undoes what a run may leave behind in this process: signal handlers and torch's defaults."""
    import torch

    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    dtype = torch.get_default_dtype()
    torch.set_num_threads(1)
    yield
    torch.set_default_dtype(dtype)
    for number, handler in handlers.items():
        signal.signal(number, handler)


@pytest.fixture(scope="session")
def base_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny BERT with a tokenizer, as a base for every task (its head is replaced)."""
    folder = tmp_path_factory.mktemp("base")
    tokenizer = testing.build_tokenizer("bert")
    testing.build_model("bert", "text-classification", tokenizer, seed=0).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


@pytest.fixture
def make_job(tmp_path: Path, base_model: Path) -> Callable[..., Path]:
    """Returns a function that writes data and a job file of a task and returns the job file."""

    def make(task: str, **changes: Any) -> Path:
        rows = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in TASK_DATA[task])
        (tmp_path / "train.jsonl").write_text(rows, encoding="utf-8")
        job: dict[str, Any] = {
            "job": "finetune",
            "name": "tiny",
            "task": task,
            "model": str(base_model),
            "dataset": {"train": "train.jsonl", "validation": "train.jsonl", "test": "train.jsonl"},
            "max_length": 32,
            "stride": 8,
            "training": {"max_steps": 4, "per_device_train_batch_size": 4, "logging_steps": 1, "learning_rate": 1e-3},
        }
        job["training"] |= changes.pop("training", {})
        job["training"] |= {"save_strategy": "steps", "save_steps": 2, "eval_strategy": "steps", "eval_steps": 2}
        job |= changes
        file = tmp_path / "tiny.loupe.json"
        file.write_text("// a comment\n" + json.dumps(job, indent=2, ensure_ascii=False), encoding="utf-8")
        return file

    return make


@pytest.fixture
def run_cli() -> Callable[..., int]:
    """Returns the command line's main, taking anything that str() turns into an argument."""
    return lambda *arguments: main([str(argument) for argument in arguments])


def read_events(run: Path) -> list[dict[str, Any]]:
    """Returns the events of a run folder."""
    return [json.loads(line) for line in (run / "events.jsonl").read_text(encoding="utf-8").splitlines()]


def files_of(folder: Path) -> set[str]:
    """Returns the relative paths of all files below a folder, with / as separator."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
