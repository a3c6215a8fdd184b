"""``export``: a folder of safetensors becomes one that Loupe opens, its attention in separate operators."""

from __future__ import annotations

import shutil

import numpy as np
import onnx
import pytest
import torch
from transformers import AutoModel, AutoModelForSequenceClassification, AutoTokenizer

from conftest import files_of
from loupe_trainer import testing
from loupe_trainer.evaluate import open_session

TEXT = "The film is good, but nobody liked the second half."


@pytest.fixture
def folder(tmp_path):
    """A classifier without ONNX files."""
    testing.write_tiny("bert", "text-classification", tmp_path / "model", variant=testing.Variant(int8=False))
    shutil.rmtree(tmp_path / "model" / "onnx")
    return tmp_path / "model"


def run_onnx(folder):
    """What the exported file says of the text."""
    encoded = AutoTokenizer.from_pretrained(folder)(TEXT, return_tensors="np")
    return open_session(folder / "onnx" / "model.onnx").run(None, {k: v.astype(np.int64) for k, v in encoded.items()})[
        0
    ]


def test_a_classifier_gets_onnx_files_beside_its_weights(folder, run_cli, capsys):
    assert run_cli("export", folder, "--int8") == 0
    assert capsys.readouterr().out.split() == [
        str(folder / "onnx" / name) for name in ("model.onnx", "model_quantized.onnx")
    ]
    model = AutoModelForSequenceClassification.from_pretrained(folder).eval()
    with torch.no_grad():
        expected = model(**AutoTokenizer.from_pretrained(folder)(TEXT, return_tensors="pt")).logits.numpy()
    assert np.abs(run_onnx(folder) - expected).max() < 1e-4
    operators = [node.op_type for node in onnx.load(str(folder / "onnx" / "model.onnx")).graph.node]
    assert operators.count("Softmax") == 2


def test_a_bare_encoder_goes_to_another_folder(folder, run_cli, tmp_path):
    model = AutoModel.from_pretrained(folder).eval()
    model.save_pretrained(tmp_path / "bare")
    AutoTokenizer.from_pretrained(folder).save_pretrained(tmp_path / "bare")
    before = files_of(tmp_path / "bare")
    assert run_cli("export", tmp_path / "bare", "--output", tmp_path / "out") == 0
    assert files_of(tmp_path / "bare") == before
    assert {"config.json", "tokenizer.json", "onnx/model.onnx"} <= files_of(tmp_path / "out")
    with torch.no_grad():
        expected = model(**AutoTokenizer.from_pretrained(folder)(TEXT, return_tensors="pt")).last_hidden_state.numpy()
    assert np.abs(run_onnx(tmp_path / "out") - expected).max() < 1e-4


def test_what_cannot_be_exported_is_said_in_a_line(folder, run_cli, tmp_path, capsys):
    (folder / "onnx").mkdir()
    testing.build_model("gpt2", "text-generation", testing.build_tokenizer("gpt2"), 0).save_pretrained(tmp_path / "gpt")
    testing.build_tokenizer("gpt2").save_pretrained(tmp_path / "gpt")
    (tmp_path / "empty").mkdir()
    for model, reason in (
        (folder, "exists; name another folder with --output"),
        (tmp_path / "gpt", "GPT2LMHeadModel writes text; only encoders are exported"),
        (tmp_path / "empty", "has no tokenizer.json"),
    ):
        assert run_cli("export", model) == 2
        error = capsys.readouterr().err
        assert reason in error
        assert "Traceback" not in error
    assert not list((folder / "onnx").iterdir())
