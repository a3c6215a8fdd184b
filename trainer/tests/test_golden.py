"""The starter model through our decoder, against the answers of the transformers 4.57 pipeline (see golden.py)."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from loupe_trainer import evaluate
from loupe_trainer.config import Dataset, Job
from loupe_trainer.loading import load_tokenizer
from loupe_trainer.tasks import create_task

ROOT = Path(__file__).parents[2]
MODEL = ROOT / "media" / "models" / "qa-en"
GOLDEN = ROOT / "test" / "fixtures" / "parity" / "qa-golden.json"
QUESTIONS = 10  # of 200: a question takes about four windows


def test_decoder_gives_the_pipelines_answers():
    golden = json.loads(GOLDEN.read_text(encoding="utf-8"))
    onnx_file = MODEL / "onnx" / "model_quantized.onnx"
    assert hashlib.sha256(onnx_file.read_bytes()).hexdigest() == golden["sha256"]["int8"], "run golden.py again"
    rows = [
        {"question": row["question"], "context": row["context"], "answers": {"text": [], "answer_start": []}}
        for row in golden["rows"][:QUESTIONS]
    ]
    settings = golden["settings"]
    job = Job(
        name="golden",
        task="question-answering",
        model=MODEL,
        dataset=Dataset(train=GOLDEN),
        max_length=settings["max_seq_len"],
        stride=settings["doc_stride"],
    )
    task = create_task(job, load_tokenizer(MODEL))
    split = task.encode(rows, training=False)
    answers = task.answers(split, evaluate.predict(onnx_file, split, task.outputs))
    for answer, row in zip(answers, golden["rows"], strict=False):
        best, impossible = row["int8"]["best"], row["int8"]["impossible"]
        assert (answer.start, answer.end) == (best["start"], best["end"]), row["question"]
        assert answer.score == pytest.approx(best["score"], abs=1e-3)
        refused = impossible["answer"] == ""
        assert (answer.null_score > answer.score) == refused
        if refused:
            assert answer.null_score == pytest.approx(impossible["score"], abs=1e-3)
