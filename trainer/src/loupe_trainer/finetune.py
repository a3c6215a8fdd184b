"""Runs a job: data, training, export, evaluation on test data, model card."""

from __future__ import annotations

import json
import logging
import shutil
from pathlib import Path
from typing import Any

import torch
import transformers
from transformers import AutoTokenizer, Trainer, TrainingArguments

from loupe_trainer import evaluate, export, quantize
from loupe_trainer.callbacks import RunCallback
from loupe_trainer.card import write_card
from loupe_trainer.config import Job
from loupe_trainer.errors import JobError
from loupe_trainer.events import EventLog
from loupe_trainer.runs import Run, last_checkpoint
from loupe_trainer.stopping import StopRequest
from loupe_trainer.tasks import Split, Task, create_task

logger = logging.getLogger(__name__)


def finetune(job: Job, run: Run) -> dict[str, Any]:
    """Trains the job's model in a run folder, from its last checkpoint if there is one, and makes the result.

    Returns:
        The metrics: {"tests": {split: {precision: {metric: number}}}, "parity": ..., "files": ...}.

    Raises:
        JobError: model or data do not fit the job.
        Stopped: a stop was asked for; a checkpoint is on disk.
    """
    stop, events = StopRequest(run.stop), EventLog(run.events)
    with stop.listening():
        transformers.set_seed(job.seed)
        tokenizer = load_tokenizer(job.model)
        task = create_task(job, tokenizer)
        train_rows = task.read(job.dataset.train)
        task.learn_labels(train_rows)
        train = task.encode(train_rows, training=True)
        validation = task.encode(task.read(job.dataset.validation), training=False) if job.dataset.validation else None
        # Read now, so that bad test data is found before hours of training and not after them.
        tests = {name: task.encode(task.read(file), training=False) for name, file in job.dataset.test.items()}
        model = load_model(job.model, task)
        counts = {"train": len(train_rows), **{name: len(split.rows) for name, split in tests.items()}}
        if validation:
            counts["validation"] = len(validation.rows)
        events.write("ready", rows=counts, parameters=sum(p.numel() for p in model.parameters()))
        stop.check()
        trainer = _trainer(job, run, task, model, train, validation, [RunCallback(events, stop)])
        checkpoint = last_checkpoint(run)
        result = trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
        if trainer.state.global_step < trainer.state.max_steps:
            stop.check()
        events.write("trained", step=trainer.state.global_step, runtime_s=round(result.metrics["train_runtime"], 1))
        return _finish(job, run, task, trainer.model, tests, counts, events, stop)


def load_tokenizer(folder: Path) -> Any:
    """Loads a fast tokenizer and removes truncation and padding that its file may ask for on its own.

    all-MiniLM's tokenizer.json cuts at 128 tokens and pads; anything that reads the file without transformers would
    inherit that silently.
    """
    if not (folder / "tokenizer.json").is_file():
        raise JobError(f"{folder} has no tokenizer.json; Loupe needs a fast tokenizer for character offsets")
    tokenizer = AutoTokenizer.from_pretrained(folder)
    tokenizer.backend_tokenizer.no_truncation()
    tokenizer.backend_tokenizer.no_padding()
    return tokenizer


def load_model(folder: Path, task: Task) -> Any:
    """Loads the encoder with the task's head; weights are read from safetensors only, never from pickles."""
    auto_class = getattr(transformers, task.model_class)
    try:
        return auto_class.from_pretrained(
            folder, use_safetensors=True, attn_implementation="eager", dtype=torch.float32, **task.model_arguments()
        )
    except (OSError, ValueError) as error:
        raise JobError(f"{folder}: cannot load it for {task.job.task}: {error}") from None


def _trainer(
    job: Job, run: Run, task: Task, model: Any, train: Split, validation: Split | None, callbacks: list[Any]
) -> Trainer:
    defaults = {"save_strategy": "epoch", "eval_strategy": "epoch" if validation else "no", "save_total_limit": 2}
    arguments = TrainingArguments(
        output_dir=str(run.checkpoints),
        seed=job.seed,
        disable_tqdm=True,
        report_to="none",
        **(defaults | job.training),
    )

    def compute_metrics(prediction: Any) -> dict[str, float]:
        arrays = prediction.predictions if isinstance(prediction.predictions, tuple) else (prediction.predictions,)
        lengths = [len(feature["input_ids"]) for feature in validation.features] if validation else []
        outputs = [tuple(a[i][:n] if task.per_token else a[i] for a in arrays) for i, n in enumerate(lengths)]
        return task.score(validation, outputs) if validation else {}

    trainer = Trainer(
        model=model,
        args=arguments,
        train_dataset=train.features,
        eval_dataset=validation.features if validation else None,
        data_collator=task.collator(),
        processing_class=task.tokenizer,
        compute_metrics=compute_metrics if validation else None,
        callbacks=callbacks,
    )
    # It prints; the run's own callback writes events.
    trainer.remove_callback(transformers.PrinterCallback)
    return trainer


def _finish(
    job: Job,
    run: Run,
    task: Task,
    model: Any,
    tests: dict[str, Split],
    counts: dict[str, int],
    events: EventLog,
    stop: StopRequest,
) -> dict[str, Any]:
    """Builds the result in a folder beside ``model/`` and renames it at the end, so that model/ is always whole."""
    draft = run.folder / "model.partial"
    shutil.rmtree(draft, ignore_errors=True)
    model = model.eval().cpu()
    model.save_pretrained(draft)
    task.tokenizer.save_pretrained(draft)
    metrics: dict[str, Any] = {"rows": counts, "tests": {name: {} for name in tests}}
    files = {}
    if job.export.onnx:
        files["fp32"] = draft / "onnx" / "model.onnx"
        metrics["parity"] = export.export_onnx(
            model, task.tokenizer.model_input_names, task.outputs, task.per_token, files["fp32"]
        )
        events.write("exported", file="model/onnx/model.onnx", max_difference=metrics["parity"])
    if job.export.int8:
        files["int8"] = draft / "onnx" / "model_quantized.onnx"
        quantize.quantize_int8(files["fp32"], files["int8"])
        events.write("exported", file="model/onnx/model_quantized.onnx", bytes=files["int8"].stat().st_size)
    for precision, file in files.items():
        for name, split in tests.items():
            stop.check()
            metrics["tests"][name][precision] = task.score(split, evaluate.predict(file, split, task.outputs))
            events.write("test", split=name, precision=precision, metrics=metrics["tests"][name][precision])
    metrics["files"] = {str(file.relative_to(draft)): file.stat().st_size for file in files.values()}
    run.metrics.write_text(json.dumps(metrics, indent=2) + "\n", encoding="utf-8")
    write_card(draft / "README.md", job, metrics, run.source.read_text(encoding="utf-8"))
    draft.rename(run.model)
    events.write("end", model="model")
    return metrics
