"""The model card: README.md with the front matter that the hub and Loupe read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from loupe_trainer import __version__
from loupe_trainer.config import Job

COUNTS = ("count", "answerable", "unanswerable", "entities")


def write_card(file: Path, job: Job, metrics: dict[str, Any], job_text: str) -> None:
    """Writes the card.

    Args:
        file: where to.
        job: what was run.
        metrics: what finetune.py measured: rows, tests, parity, files.
        job_text: the job file as its author wrote it.
    """
    card = job.card
    sections = [
        _front_matter(job),
        f"# {card.title or job.name}",
        card.summary or f"A model for {job.task}, fine-tuned by Loupe.",
        "## Data and licences\n\n" + "\n\n".join([*card.data, _rows(metrics)]),
        "## Metrics\n\n" + _metrics(job, metrics),
        "## Limits\n\n" + ("\n".join(f"- {limit}" for limit in card.limits) or "The author of the job states none."),
        "## How it was made\n\n" + _made(metrics),
        f"The job file, as it was run:\n\n```jsonc\n{job_text.strip()}\n```",
    ]
    file.write_text("\n\n".join(sections) + "\n", encoding="utf-8")


def _front_matter(job: Job) -> str:
    """Returns YAML; every scalar is written as a JSON string, which YAML reads as it is."""
    card = job.card
    fields: dict[str, Any] = {
        "license": card.license,
        "language": list(card.language),
        "datasets": list(card.datasets),
        "base_model": card.base_model,
        "pipeline_tag": job.task,
        "library_name": "transformers.js",
        "tags": ["loupe", "onnx", *card.tags],
    }
    lines = []
    for key, value in fields.items():
        if isinstance(value, list) and value:
            lines += [f"{key}:", *(f"  - {json.dumps(item, ensure_ascii=False)}" for item in value)]
        elif value:
            lines.append(f"{key}: {json.dumps(value, ensure_ascii=False)}")
    return "\n".join(["---", *lines, "---"])


def _rows(metrics: dict[str, Any]) -> str:
    return "Rows: " + ", ".join(f"{count:,} {name}" for name, count in metrics["rows"].items()) + "."


def _metrics(job: Job, metrics: dict[str, Any]) -> str:
    """Returns one table per test split: a line per metric, a column per precision."""
    tables = []
    for split, by_precision in metrics["tests"].items():
        if not by_precision:
            continue
        any_scores = next(iter(by_precision.values()))
        counts = ", ".join(
            f"{any_scores[name]:,.0f} {'rows' if name == 'count' else name}" for name in COUNTS if name in any_scores
        )
        names = [name for name in (job.metrics or any_scores) if name not in COUNTS]
        lines = [
            f"**{split}** ({counts})",
            "",
            f"| metric | {' | '.join(by_precision)} |",
            "|---" * (len(by_precision) + 1) + "|",
        ]
        for name in names:
            values = (f"{scores[name]:.4g}" if name in scores else "not measured" for scores in by_precision.values())
            lines.append(f"| {name} | {' | '.join(values)} |")
        tables.append("\n".join(lines))
    return "\n\n".join(tables) or "No test data was given, so nothing was measured."


def _made(metrics: dict[str, Any]) -> str:
    lines = [f"Trained with Hugging Face Trainer by loupe-trainer {__version__}; one seed, one run."]
    if "parity" in metrics:
        lines.append(f"The fp32 ONNX file gives torch's outputs within {metrics['parity']:.1e} (three shapes).")
    lines += [f"`{name}`: {size / 1e6:.1f} MB." for name, size in metrics.get("files", {}).items()]
    return " ".join(lines)
