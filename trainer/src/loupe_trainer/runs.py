"""The run folder: plain files that describe a run completely and let it be resumed.

job.json  job.loupe.json  environment.json  events.jsonl  log.txt  checkpoints/  model/  metrics.json  [stop]
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import sys
from dataclasses import dataclass
from datetime import datetime, timezone
from importlib import metadata
from pathlib import Path

from loupe_trainer.config import Job
from loupe_trainer.errors import JobError

PACKAGES = ("torch", "transformers", "accelerate", "tokenizers", "onnx", "onnxruntime", "numpy", "loupe-trainer")


@dataclass(frozen=True)
class Run:
    """Names of what a run folder holds."""

    folder: Path

    @property
    def job(self) -> Path:
        """The job as resolved: absolute paths."""
        return self.folder / "job.json"

    @property
    def source(self) -> Path:
        """The job file as its author wrote it, comments included."""
        return self.folder / "job.loupe.json"

    @property
    def events(self) -> Path:
        """One JSON object a line."""
        return self.folder / "events.jsonl"

    @property
    def log(self) -> Path:
        """What the libraries logged."""
        return self.folder / "log.txt"

    @property
    def checkpoints(self) -> Path:
        """Trainer's checkpoints."""
        return self.folder / "checkpoints"

    @property
    def model(self) -> Path:
        """The result; it exists only once it is complete."""
        return self.folder / "model"

    @property
    def metrics(self) -> Path:
        """Every number of the model card."""
        return self.folder / "metrics.json"

    @property
    def stop(self) -> Path:
        """Creating this file asks the run to stop after its current step."""
        return self.folder / "stop"


def workspace_of(job_file: Path) -> Path:
    """Returns the nearest folder above the job file that has ``.loupe``, ``.vscode`` or ``.git``, else its own."""
    folder = job_file.resolve().parent
    for candidate in (folder, *folder.parents):
        if any((candidate / name).exists() for name in (".loupe", ".vscode", ".git")):
            return candidate
    return folder


def create_run(job: Job, job_file: Path, output: Path | None) -> Run:
    """Makes a new run folder and writes job.json and environment.json into it.

    Raises:
        JobError: ``output`` exists and is not empty; a run never overwrites another.
    """
    time = datetime.now().strftime("%Y%m%d-%H%M%S")
    folder = output or workspace_of(job_file) / ".loupe" / "runs" / f"{time}-{job.name}"
    if folder.exists() and any(folder.iterdir()):
        raise JobError(
            f"{folder} is not empty; a run never overwrites another: choose another --output, or --resume it"
        )
    folder.mkdir(parents=True, exist_ok=True)
    run = Run(folder.resolve())
    run.job.write_text(json.dumps(job.to_json(), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    shutil.copyfile(job_file, run.source)
    (run.folder / "environment.json").write_text(json.dumps(_environment(), indent=2) + "\n", encoding="utf-8")
    return run


def open_run(folder: Path) -> Run:
    """Opens a run folder to resume it, and removes the stop file that ended it.

    Raises:
        JobError: it is no run folder, or its model is finished.
    """
    run = Run(folder.resolve())
    if not run.job.is_file():
        raise JobError(f"{folder} is not a run folder (no job.json in it)")
    if run.model.exists():
        raise JobError(f"{folder} is finished: its model is in {run.model}")
    run.stop.unlink(missing_ok=True)
    return run


def last_checkpoint(run: Run) -> Path | None:
    """Returns the newest complete checkpoint. Trainer writes trainer_state.json last, so it marks completeness."""
    found = [path.parent for path in run.checkpoints.glob("checkpoint-*/trainer_state.json")]
    return max(found, key=lambda path: int(path.name.rpartition("-")[2]), default=None)


def _environment() -> dict[str, object]:
    versions: dict[str, str | None] = {}
    for package in PACKAGES:
        try:
            versions[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            versions[package] = None
    return {
        "created": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "python": sys.version.split()[0],
        "platform": platform.platform(),
        "processor": platform.processor() or platform.machine(),
        "cpus": os.cpu_count(),
        "packages": versions,
        "threads": {key: os.environ[key] for key in ("OMP_NUM_THREADS", "OMP_WAIT_POLICY") if key in os.environ},
    }
