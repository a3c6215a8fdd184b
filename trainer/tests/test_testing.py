"""Tiny models: deterministic, and their saved tokenizer gives the ids it was built with."""

from __future__ import annotations

import pytest

from conftest import files_of
from loupe_trainer import testing


@pytest.mark.parametrize("architecture", sorted(testing.ARCHITECTURES))
def test_same_arguments_give_the_same_files(architecture, tmp_path):
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        testing.write_tiny(architecture, "question-answering", folder)
    expected = {"config.json", "model.safetensors", "onnx/model.onnx", "onnx/model_quantized.onnx"}
    assert files_of(folders[0]) == expected | {"tokenizer.json", "tokenizer_config.json"}
    for name in files_of(folders[0]):
        assert (folders[0] / name).read_bytes() == (folders[1] / name).read_bytes(), name


@pytest.mark.parametrize("architecture", sorted(testing.ARCHITECTURES))
def test_saved_tokenizer_reads_back_equal(architecture, tmp_path):
    from transformers import AutoTokenizer

    text = "O rápido raposo não é 東京! isn't 🙂 https://example.org/a_b?c=d"
    testing.write_tiny(architecture, "text-classification", tmp_path, int8=False)
    built, read = testing.build_tokenizer(architecture), AutoTokenizer.from_pretrained(tmp_path)
    assert read(text)["input_ids"] == built(text)["input_ids"]
    assert read(text, "the film")["input_ids"] == built(text, "the film")["input_ids"]
