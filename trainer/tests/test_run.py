"""Whole runs on a tiny random model: what files and events they leave, and that stopping and resuming lose nothing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from conftest import files_of, read_events
from loupe_trainer import callbacks

pytestmark = pytest.mark.training

CHECKPOINT = {
    "config.json",
    "model.safetensors",
    "optimizer.pt",
    "rng_state.pth",
    "scheduler.pt",
    "tokenizer.json",
    "tokenizer_config.json",
    "trainer_state.json",
    "training_args.bin",
}
MODEL = {
    "README.md",
    "config.json",
    "model.safetensors",
    "onnx/model.onnx",
    "onnx/model_quantized.onnx",
    "tokenizer.json",
    "tokenizer_config.json",
}
RUN = {"environment.json", "events.jsonl", "job.json", "job.loupe.json", "log.txt", "metrics.json"}


@pytest.mark.parametrize("task", ["text-classification", "token-classification", "question-answering"])
def test_run_leaves_exactly_these_files_and_events(task, make_job, run_cli, tmp_path):
    run = tmp_path / "run"
    assert run_cli("run", make_job(task), "--output", run) == 0
    checkpoints = {f"checkpoints/checkpoint-{step}/{name}" for step in (2, 4) for name in CHECKPOINT}
    assert files_of(run) == RUN | checkpoints | {f"model/{name}" for name in MODEL}
    counts = Counter(event["event"] for event in read_events(run))
    assert counts == {
        "ready": 1,
        "begin": 1,
        "log": 4,
        "eval": 2,
        "checkpoint": 2,
        "trained": 1,
        "exported": 2,
        "test": 2,
        "end": 1,
    }
    metrics = json.loads((run / "metrics.json").read_text())
    assert metrics["parity"] <= 1e-4
    assert set(metrics["tests"]["test"]) == {"fp32", "int8"}


@pytest.mark.parametrize("strategy", ["random", "group_by_length"])
@pytest.mark.parametrize("task", ["text-classification", "token-classification", "question-answering"])
def test_validation_while_training_equals_the_final_test_on_the_same_rows(task, strategy, make_job, run_cli, tmp_path):
    training = {"train_sampling_strategy": strategy, "per_device_eval_batch_size": 3, "max_steps": 12}
    run_cli("run", make_job(task, training=training), "--output", tmp_path / "run")
    evaluated = [event["metrics"] for event in read_events(tmp_path / "run") if event["event"] == "eval"][-1]
    tested = json.loads((tmp_path / "run/metrics.json").read_text())["tests"]["test"]["fp32"]
    assert {name: evaluated[f"eval_{name}"] for name in tested} == pytest.approx(tested, abs=1e-3)


def test_config_names_labels_and_kind_of_problem(make_job, run_cli, tmp_path):
    run_cli("run", make_job("text-classification", labels=["NEGATIVE", "POSITIVE"]), "--output", tmp_path / "run")
    config = json.loads((tmp_path / "run/model/config.json").read_text())
    assert config["id2label"] == {"0": "NEGATIVE", "1": "POSITIVE"}
    assert config["problem_type"] == "single_label_classification"


def test_config_of_question_answering_says_that_there_may_be_no_answer(make_job, run_cli, tmp_path):
    run_cli("run", make_job("question-answering"), "--output", tmp_path / "run")
    config = json.loads((tmp_path / "run/model/config.json").read_text())
    assert config["loupe"] == {"answers_impossible": True}


def test_tokenizer_of_the_result_neither_cuts_nor_pads_by_itself(make_job, run_cli, tmp_path):
    run_cli("run", make_job("text-classification"), "--output", tmp_path / "run")
    tokenizer = json.loads((tmp_path / "run/model/tokenizer.json").read_text())
    assert tokenizer["truncation"] is None
    assert tokenizer["padding"] is None


def test_card_says_counts_licence_and_job(make_job, run_cli, tmp_path):
    card = {"license": "mit", "language": ["en", "pt"], "limits": ["It is random."], "title": 'A "tiny" model'}
    run_cli("run", make_job("question-answering", card=card), "--output", tmp_path / "run")
    text = (tmp_path / "run/model/README.md").read_text(encoding="utf-8")
    front, _, body = text.removeprefix("---\n").partition("\n---\n")
    assert 'license: "mit"' in front
    assert 'language:\n  - "en"\n  - "pt"' in front
    assert 'pipeline_tag: "question-answering"' in front
    assert 'library_name: "transformers.js"' in front
    assert "Rows: 10 train, 10 validation, 10 test." in body
    assert "**test** (10 rows, 9 answerable, 1 unanswerable)" in body
    assert "| metric | fp32 | int8 |" in body
    assert "It is random." in body
    assert "// a comment" in body


def test_an_existing_run_is_never_overwritten(make_job, run_cli, tmp_path, capsys):
    (tmp_path / "run").mkdir()
    (tmp_path / "run/notes.txt").write_text("mine")
    assert run_cli("run", make_job("text-classification"), "--output", tmp_path / "run") == 2
    assert "never overwrites" in capsys.readouterr().err
    assert files_of(tmp_path / "run") == {"notes.txt"}


def test_a_run_without_output_goes_below_the_workspace(make_job, run_cli, tmp_path, capsys):
    (tmp_path / ".vscode").mkdir()
    job = make_job("text-classification", training={"max_steps": 1}, export={"onnx": False, "int8": False})
    assert run_cli("run", job) == 0
    run = Path(capsys.readouterr().out.strip())
    assert run.parent == tmp_path / ".loupe" / "runs"
    assert run.name.endswith("-tiny")
    assert files_of(run / "model") == MODEL - {"onnx/model.onnx", "onnx/model_quantized.onnx"}


def stop_after(monkeypatch, step, run):
    """Makes the stop file appear while a step runs."""
    original = callbacks.RunCallback.on_step_end

    def on_step_end(self, args, state, control, **rest):
        if state.global_step == step:
            (run / "stop").touch()
        return original(self, args, state, control, **rest)

    monkeypatch.setattr(callbacks.RunCallback, "on_step_end", on_step_end)


@pytest.mark.parametrize("strategy", ["random", "sequential", "group_by_length"])
def test_resumed_run_equals_the_uninterrupted_one(strategy, make_job, run_cli, tmp_path, monkeypatch):
    # 12 rows, batches of 4: step 5 lies in the middle of the second epoch.
    job = make_job("text-classification", training={"max_steps": 8, "train_sampling_strategy": strategy})
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    assert run_cli("run", job, "--output", whole) == 0
    with monkeypatch.context() as patch:
        stop_after(patch, 5, parts)
        assert run_cli("run", job, "--output", parts) == 75
    assert not (parts / "model").exists()
    assert run_cli("run", "--resume", parts) == 0

    def losses(run):
        return [(e["step"], e["loss"], e["grad_norm"]) for e in read_events(run) if e["event"] == "log"]

    assert losses(parts) == losses(whole)
    assert [e["step"] for e in read_events(parts) if e["event"] == "stopping"] == [5]
    weights = [(run / "model/model.safetensors").read_bytes() for run in (whole, parts)]
    assert weights[0] == weights[1]


def test_a_finished_run_cannot_be_resumed(make_job, run_cli, tmp_path, capsys):
    run_cli("run", make_job("text-classification", training={"max_steps": 1}), "--output", tmp_path / "run")
    assert run_cli("run", "--resume", tmp_path / "run") == 2
    assert "is finished" in capsys.readouterr().err


def test_an_incomplete_checkpoint_is_passed_over(make_job, run_cli, tmp_path, monkeypatch):
    run = tmp_path / "run"
    with monkeypatch.context() as patch:
        stop_after(patch, 3, run)
        assert run_cli("run", make_job("text-classification"), "--output", run) == 75
    broken = run / "checkpoints" / "checkpoint-99"
    broken.mkdir()
    (broken / "model.safetensors").write_bytes(b"half")
    assert run_cli("run", "--resume", run) == 0
    begins = [event["step"] for event in read_events(run) if event["event"] == "begin"]
    assert begins == [0, 3]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM to catch; the stop file is for it")
def test_sigterm_ends_with_a_checkpoint_and_code_75(make_job, tmp_path):
    run = tmp_path / "run"
    job = make_job("text-classification", training={"max_steps": 100_000, "logging_steps": 5})
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1] / "src")}
    process = subprocess.Popen(
        [sys.executable, "-m", "loupe_trainer", "run", job, "--output", run],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + 120
        while not (run / "events.jsonl").exists() or all(event["event"] != "log" for event in read_events(run)):
            assert time.monotonic() < deadline, "the run logged nothing"
            time.sleep(0.2)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 75
    finally:
        process.kill()
    events = read_events(run)
    stopping = next(event["step"] for event in events if event["event"] == "stopping")
    assert (run / "checkpoints" / f"checkpoint-{stopping}" / "trainer_state.json").is_file()
    assert events[-1]["event"] == "stopped"


def test_exported_graph_respects_the_attention_mask(make_job, run_cli, tmp_path):
    """The fp32 graph gives a row the same logits alone and in a padded batch."""
    from transformers import AutoTokenizer

    from loupe_trainer.evaluate import open_session

    run_cli("run", make_job("text-classification", training={"max_steps": 1}), "--output", tmp_path / "run")
    tokenizer = AutoTokenizer.from_pretrained(tmp_path / "run/model")
    session = open_session(tmp_path / "run/model/onnx/model.onnx")
    texts = ["It was good.", "The film was wonderful, and nobody liked the second half."]
    together = session.run(None, dict(tokenizer(texts, padding=True, return_tensors="np")))[0]
    alone = [session.run(None, dict(tokenizer([text], return_tensors="np")))[0][0] for text in texts]
    np.testing.assert_allclose(together, np.stack(alone), atol=1e-5)
