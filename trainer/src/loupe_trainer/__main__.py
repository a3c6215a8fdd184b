"""The command line: ``python -m loupe_trainer run JOB.loupe.json``, ``... export FOLDER``."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from loupe_trainer import __version__
from loupe_trainer.errors import JobError, Stopped

if TYPE_CHECKING:
    from loupe_trainer.config import Job
    from loupe_trainer.runs import Run

DONE, FAILED, BAD_JOB, STOPPED = 0, 1, 2, 75


def main(argv: list[str] | None = None) -> int:
    """Parses the arguments, does what they say and returns the exit code.

    0 done, 1 failed (traceback in the log), 2 the job cannot run as written, 75 stopped and resumable.
    """
    arguments = _parser().parse_args(argv)
    try:
        return {"check": _check, "export": _export, "run": _run}[arguments.verb](arguments)
    except JobError as error:
        print(f"error: {error}", file=sys.stderr)
        return BAD_JOB


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="loupe_trainer", description=__doc__)
    parser.add_argument("--version", action="version", version=__version__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    run = verbs.add_parser("run", help="run a job file, or resume a run")
    run.add_argument("job", nargs="?", type=Path, help="the job file (*.loupe.json)")
    run.add_argument("--output", type=Path, help="run folder to make; default <workspace>/.loupe/runs/<time>-<name>")
    run.add_argument("--resume", type=Path, metavar="RUN", help="run folder of a stopped run to go on with")
    check = verbs.add_parser("check", help="check a job file without running it")
    check.add_argument("job", type=Path)
    export = verbs.add_parser("export", help="write onnx/ for a folder with safetensors (encoders)")
    export.add_argument("model", type=Path, help="folder with config.json, model.safetensors, tokenizer.json")
    export.add_argument("--output", type=Path, help="folder to make; default: onnx/ in the model's own")
    export.add_argument("--int8", action="store_true", help="also a dynamically quantised file")
    return parser


def _export(arguments: argparse.Namespace) -> int:
    _set_environment()
    from loupe_trainer.export_folder import export_folder

    for file in export_folder(arguments.model, arguments.output or arguments.model, arguments.int8):
        print(file)
    return DONE


def _check(arguments: argparse.Namespace) -> int:
    from loupe_trainer.config import load_job

    job = load_job(arguments.job)
    print(f"{arguments.job}: fine")
    return DONE if job else BAD_JOB


def _run(arguments: argparse.Namespace) -> int:
    from loupe_trainer import runs
    from loupe_trainer.config import load_job

    if (arguments.job is None) == (arguments.resume is None):
        raise JobError("give either a job file or --resume RUN")
    if arguments.resume:
        run = runs.open_run(arguments.resume)
        job = load_job(run.job)
    else:
        job = load_job(arguments.job)
        run = runs.create_run(job, arguments.job, arguments.output)
    _set_environment()
    print(run.folder, flush=True)
    with _logging_to(run.log):
        return _train(job, run)


def _train(job: Job, run: Run) -> int:
    # Importing torch and transformers takes seconds: only a job that has passed its checks pays for it.
    from loupe_trainer.events import EventLog
    from loupe_trainer.finetune import finetune

    events = EventLog(run.events)
    try:
        finetune(job, run)
    except Stopped:
        events.write("stopped")
        print(f"stopped; go on with: python -m loupe_trainer run --resume {run.folder}", file=sys.stderr)
        return STOPPED
    except JobError as error:
        events.write("error", message=str(error))
        raise
    except Exception as error:
        logging.getLogger(__name__).exception("the run failed")
        events.write("error", message=f"{type(error).__name__}: {error}")
        print(f"error: {error} (details in {run.log})", file=sys.stderr)
        return FAILED
    return DONE


def _set_environment() -> None:
    """Must run before torch is imported: its OpenMP threads otherwise spin and take the cores the editor needs."""
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    os.environ.setdefault("GOMP_SPINCOUNT", "0")
    # A job names local folders only; nothing may reach for the network.
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")


@contextmanager
def _logging_to(file: Path) -> Iterator[None]:
    """Sends what the libraries log to the run's log and to stderr."""
    root, before = logging.getLogger(), logging.getLogger().level
    handlers: list[logging.Handler] = [logging.FileHandler(file, encoding="utf-8"), logging.StreamHandler(sys.stderr)]
    for handler in handlers:
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        root.addHandler(handler)
    root.setLevel(logging.INFO)
    try:
        yield
    finally:
        root.setLevel(before)
        for handler in handlers:
            root.removeHandler(handler)
            handler.close()


if __name__ == "__main__":
    raise SystemExit(main())
