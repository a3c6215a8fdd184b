"""The job file: read, checked once, and turned into frozen dataclasses that the rest can trust."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from loupe_trainer import jsonc
from loupe_trainer.errors import JobError

SCHEMA_FILE = Path(__file__).with_name("job.schema.json")

# Names that Trainer had in version 4, and what replaced them.
V4_ARGUMENTS = {
    "evaluation_strategy": '"eval_strategy"',
    "warmup_ratio": '"warmup_steps" with a number below 1',
    "group_by_length": '"train_sampling_strategy": "group_by_length"',
    "no_cuda": '"use_cpu": true',
    "per_gpu_train_batch_size": '"per_device_train_batch_size"',
    "per_gpu_eval_batch_size": '"per_device_eval_batch_size"',
    "adafactor": '"optim": "adafactor"',
    "logging_dir": "nothing: the run folder holds the events",
    "overwrite_output_dir": "nothing: a run never overwrites another",
}


@dataclass(frozen=True)
class Dataset:
    """Files are absolute; ``test`` maps a name to a file, ``columns`` the task's column names to the data's."""

    train: Path
    validation: Path | None = None
    test: dict[str, Path] = field(default_factory=dict)
    columns: dict[str, str] = field(default_factory=dict)
    format: str | None = None


@dataclass(frozen=True)
class Export:
    """Which files the result gets beside the torch weights."""

    onnx: bool = True
    int8: bool = True


@dataclass(frozen=True)
class Card:
    """What the author of the job says about the result; everything measured comes from the run."""

    title: str | None = None
    summary: str | None = None
    license: str | None = None
    language: tuple[str, ...] = ()
    datasets: tuple[str, ...] = ()
    base_model: str | None = None
    tags: tuple[str, ...] = ()
    data: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()


@dataclass(frozen=True)
class Job:
    """A job that passed the checks. ``max_length`` and ``stride`` count tokens, ``training`` is for Trainer v5."""

    name: str
    task: str
    model: Path
    dataset: Dataset
    labels: tuple[str, ...] | None = None
    training: dict[str, Any] = field(default_factory=dict)
    max_length: int = 128
    stride: int = 128
    seed: int = 42
    metrics: tuple[str, ...] | None = None
    export: Export = field(default_factory=Export)
    card: Card = field(default_factory=Card)

    def to_json(self) -> dict[str, Any]:
        """Returns the job as a JSON value that ``load_job`` reads back equal (paths absolute, no empty entries)."""
        return {"job": "finetune", **_plain(asdict(self))}


def load_job(path: Path) -> Job:
    """Reads and checks a job file; paths in it are relative to its folder.

    Raises:
        JobError: naming file, line and column of the first problem.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise JobError(f"{path}: cannot read the job file ({error.strerror})") from None
    except UnicodeDecodeError:
        raise JobError(f"{path}: the job file is not UTF-8 text; save it as UTF-8") from None
    try:
        document = jsonc.parse(text)
    except jsonc.JsoncError as error:
        raise JobError(_located(path, error.position, str(error))) from None
    _check_schema(path, document)
    job = _build(document.value, path.resolve().parent)
    _check_across(path, document, job)
    return job


def _located(path: Path, position: jsonc.Position, message: str) -> str:
    return f"{path}:{position.line}:{position.column}: {message}"


def _check_schema(path: Path, document: jsonc.Document) -> None:
    import jsonschema

    schema = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    errors = list(jsonschema.Draft7Validator(schema).iter_errors(document.value))
    if not errors:
        return
    located = [_describe(error, document) for error in errors]
    position, message = min(located, key=lambda item: (item[0].line, item[0].column))
    raise JobError(_located(path, position, message))


def _describe(error: Any, document: jsonc.Document) -> tuple[jsonc.Position, str]:
    path = tuple(error.absolute_path)
    name = path[-1] if path else "the job"
    if error.validator == "additionalProperties":
        known = error.schema.get("properties", {})
        unknown = next(key for key in error.instance if key not in known)
        return document.position((*path, unknown)), _unknown_key(unknown, list(known))
    if error.validator == "required":
        missing = next(key for key in error.validator_value if key not in error.instance)
        return document.position(path), f'"{missing}" is missing; add it'
    if error.validator in ("enum", "const"):
        allowed = error.validator_value if error.validator == "enum" else [error.validator_value]
        listed = ", ".join(json.dumps(value) for value in allowed)
        return document.position(path), f'"{name}" is {json.dumps(error.instance)}; it must be one of {listed}'
    return document.position(path), f'"{name}": {error.message}'


def _unknown_key(key: str, known: list[str]) -> str:
    import difflib

    if key in V4_ARGUMENTS and "num_train_epochs" in known:
        return f'"{key}" is an argument of transformers version 4; in version 5 use {V4_ARGUMENTS[key]}'
    close = difflib.get_close_matches(key, known, n=1)
    hint = f'; did you mean "{close[0]}"?' if close else f"; known here: {', '.join(known)}"
    return f'unknown key "{key}"{hint}'


def _build(value: dict[str, Any], folder: Path) -> Job:
    data = value["dataset"]
    test = data.get("test", {})
    files = {"test": test} if isinstance(test, str) else test
    dataset = Dataset(
        train=folder / data["train"],
        validation=folder / data["validation"] if "validation" in data else None,
        test={name: folder / file for name, file in files.items()},
        columns=data.get("columns", {}),
        format=data.get("format"),
    )
    plain: dict[str, Any] = {
        key: value[key] for key in ("name", "task", "max_length", "stride", "seed") if key in value
    }
    plain |= {key: tuple(value[key]) for key in ("labels", "metrics") if key in value}
    card: dict[str, Any] = {
        key: tuple(item) if isinstance(item, list) else item for key, item in value.get("card", {}).items()
    }
    return Job(
        model=folder / value["model"],
        dataset=dataset,
        training=value.get("training", {}),
        export=Export(**value.get("export", {})),
        card=Card(**card),
        **plain,
    )


def _check_across(path: Path, document: jsonc.Document, job: Job) -> None:
    """Checks what a schema cannot say: that files exist and that settings fit each other."""

    def fail(where: jsonc.Path, message: str) -> None:
        raise JobError(_located(path, document.position(where), message))

    if not (job.model / "config.json").is_file():
        fail(("model",), f"{job.model} is not a model folder (no config.json in it); put the model there first")
    splits: list[tuple[jsonc.Path, Path | None]] = [
        (("dataset", "train"), job.dataset.train),
        (("dataset", "validation"), job.dataset.validation),
    ]
    splits += [(("dataset", "test", name), file) for name, file in job.dataset.test.items()]
    for where, file in splits:
        if file is not None and not file.is_file():
            fail(where, f"there is no file {file}; check the path, or run the recipe's prepare.py")
    if job.export.int8 and not job.export.onnx:
        fail(("export",), '"int8" is made from the fp32 ONNX file: set "onnx" to true too')
    if job.task == "question-answering" and job.stride >= job.max_length // 2:
        fail(
            ("stride",),
            f"stride {job.stride} must be below half of max_length {job.max_length}, or windows hardly move",
        )
    needs_validation = [
        key for key in ("load_best_model_at_end", "eval_strategy") if job.training.get(key, "no") not in ("no", False)
    ]
    if needs_validation and job.dataset.validation is None:
        fail(("training", needs_validation[0]), f'"{needs_validation[0]}" needs "validation" data in "dataset"')


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items() if item is not None and item != () and item != {}}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, Path) else value
