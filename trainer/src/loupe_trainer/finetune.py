"""Runs a job: data, training, export, evaluation on test data, model card."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import torch
import transformers
from torch.utils.data import SequentialSampler
from transformers import AutoTokenizer, Trainer, TrainingArguments

from loupe_trainer import evaluate, export, quantize
from loupe_trainer.callbacks import RunCallback
from loupe_trainer.card import write_card
from loupe_trainer.config import Job
from loupe_trainer.errors import JobError
from loupe_trainer.events import EventLog
from loupe_trainer.runs import Run, last_checkpoint
from loupe_trainer.samplers import LengthGroupedSampler
from loupe_trainer.stopping import StopRequest
from loupe_trainer.tasks import Split, Task, create_task

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
    """Loads a fast tokenizer."""
    if not (folder / "tokenizer.json").is_file():
        raise JobError(f"{folder} has no tokenizer.json; Loupe needs a fast tokenizer for character offsets")
    return AutoTokenizer.from_pretrained(folder)


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


class _RepeatableTrainer(Trainer):
    """Reads rows in an order that a resumed run repeats and that metrics can rely on."""

    def _get_train_sampler(self, train_dataset: Any = None) -> Any:
        if self.args.train_sampling_strategy != "group_by_length":
            return super()._get_train_sampler(train_dataset)
        batch = self.args.train_batch_size * self.args.gradient_accumulation_steps
        lengths = [len(feature["input_ids"]) for feature in self.train_dataset]
        return LengthGroupedSampler(batch, lengths, self.args.seed)

    def _get_eval_sampler(self, eval_dataset: Any) -> SequentialSampler:
        # Trainer would group these by length too, but metrics match outputs to rows by position.
        return SequentialSampler(eval_dataset)


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

    trainer = _RepeatableTrainer(
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
    save_tokenizer(task.tokenizer, draft)
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
