"""Runs a job: data, training, export, evaluation on test data, model card."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from typing import Any

import torch
import transformers

from loupe_trainer import evaluate, export, quantize
from loupe_trainer.callbacks import RunCallback
from loupe_trainer.card import write_card
from loupe_trainer.config import Job
from loupe_trainer.events import EventLog
from loupe_trainer.loading import load_model, load_tokenizer, save_tokenizer
from loupe_trainer.repeatable import RepeatableTrainer
from loupe_trainer.runs import Run, last_checkpoint
from loupe_trainer.stopping import StopRequest
from loupe_trainer.tasks import Split, Task, create_task


@dataclass
class _Data:
    train: Split
    validation: Split | None
    tests: dict[str, Split]

    def counts(self) -> dict[str, int]:
        """Returns the number of rows by name of split."""
        splits = {"train": self.train, "validation": self.validation, **self.tests}
        return {name: len(split.rows) for name, split in splits.items() if split}


def finetune(job: Job, run: Run) -> None:
    """Trains the job's model in a run folder, from its last checkpoint if there is one, and makes the result.

    Raises:
        JobError: model or data do not fit the job.
        Stopped: a stop was asked for; a checkpoint is on disk.
        ParityError: the exported graph does not compute what the torch model computes.
    """
    stop, events = StopRequest(run.stop), EventLog(run.events)
    with stop.listening():
        transformers.set_seed(job.seed)
        task = create_task(job, load_tokenizer(job.model))
        data = _read(job, task)
        model = load_model(job.model, task)
        events.write("ready", rows=data.counts(), parameters=sum(p.numel() for p in model.parameters()))
        stop.check()
        trainer = _trainer(job, run, task, model, data, RunCallback(events, stop))
        checkpoint = last_checkpoint(run)
        result = trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
        if trainer.state.global_step < trainer.state.max_steps:
            stop.check()
        events.write("trained", step=trainer.state.global_step, runtime_s=round(result.metrics["train_runtime"], 1))
        _finish(job, run, task, trainer.model, data, events, stop)


def _read(job: Job, task: Task) -> _Data:
    """Reads all data, the tests' too: a bad row there must not come up after hours of training."""
    rows = task.read(job.dataset.train)
    task.learn_labels(rows)
    validation = job.dataset.validation
    return _Data(
        train=task.encode(rows, training=True),
        validation=task.encode(task.read(validation), training=False) if validation else None,
        tests={name: task.encode(task.read(file), training=False) for name, file in job.dataset.test.items()},
    )


def _trainer(job: Job, run: Run, task: Task, model: Any, data: _Data, callback: RunCallback) -> RepeatableTrainer:
    validation = data.validation
    defaults = {"save_strategy": "epoch", "eval_strategy": "epoch" if validation else "no", "save_total_limit": 2}
    arguments = transformers.TrainingArguments(
        output_dir=str(run.checkpoints),
        seed=job.seed,
        disable_tqdm=True,
        report_to="none",
        dataloader_pin_memory=torch.cuda.is_available(),
        **(defaults | job.training),
    )

    def compute_metrics(prediction: Any) -> dict[str, float]:
        arrays = prediction.predictions if isinstance(prediction.predictions, tuple) else (prediction.predictions,)
        lengths = [len(feature["input_ids"]) for feature in validation.features] if validation else []
        outputs = [tuple(a[i][:n] if task.per_token else a[i] for a in arrays) for i, n in enumerate(lengths)]
        return task.score(validation, outputs) if validation else {}

    trainer = RepeatableTrainer(
        model=model,
        args=arguments,
        train_dataset=data.train.features,
        eval_dataset=validation.features if validation else None,
        data_collator=task.collator(),
        processing_class=task.tokenizer,
        compute_metrics=compute_metrics if validation else None,
        callbacks=[callback],
    )
    # It prints; the run's own callback writes events.
    trainer.remove_callback(transformers.PrinterCallback)
    return trainer


def _finish(job: Job, run: Run, task: Task, model: Any, data: _Data, events: EventLog, stop: StopRequest) -> None:
    """Builds the result in a folder beside ``model/`` and renames it at the end, so that model/ is always whole."""
    draft = run.folder / "model.partial"
    shutil.rmtree(draft, ignore_errors=True)
    model = model.eval().cpu()
    model.save_pretrained(draft)
    save_tokenizer(task.tokenizer, draft)
    metrics: dict[str, Any] = {"rows": data.counts(), "tests": {name: {} for name in data.tests}}
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
        for name, split in data.tests.items():
            stop.check()
            metrics["tests"][name][precision] = task.score(split, evaluate.predict(file, split, task.outputs))
            events.write("test", split=name, precision=precision, metrics=metrics["tests"][name][precision])
    metrics["files"] = {file.relative_to(draft).as_posix(): file.stat().st_size for file in files.values()}
    run.metrics.write_text(json.dumps(metrics, indent=2) + "\n", encoding="utf-8")
    write_card(draft / "README.md", job, metrics, run.source.read_text(encoding="utf-8"))
    draft.rename(run.model)
    events.write("end", model="model")
