"""Tiny models: deterministic, and their saved tokenizer gives the ids it was built with."""

from __future__ import annotations

import numpy as np
import onnx
import pytest

from conftest import files_of
from loupe_trainer import testing
from loupe_trainer.evaluate import open_session
from loupe_trainer.testing.__main__ import main
from loupe_trainer.testing.fused import DECODER_OPERATORS, ENCODER_OPERATORS

CLASSIFY = "text-classification"


def task_of(architecture):
    """The last task of an architecture: for encoders question-answering, whose two outputs have a token axis."""
    return testing.TASKS_OF_FAMILY[testing.ARCHITECTURES[architecture].family][-1]


@pytest.mark.parametrize("architecture", sorted(testing.ARCHITECTURES))
def test_same_arguments_give_the_same_files(architecture, tmp_path):
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        testing.write_tiny(architecture, task_of(architecture), folder)
    expected = {"config.json", "model.safetensors", "onnx/model.onnx", "onnx/model_quantized.onnx"}
    if testing.ARCHITECTURES[architecture].family != "encoder":
        expected.add("generation_config.json")
    assert files_of(folders[0]) == expected | {"tokenizer.json", "tokenizer_config.json"}
    for name in files_of(folders[0]):
        assert (folders[0] / name).read_bytes() == (folders[1] / name).read_bytes(), name


@pytest.mark.parametrize("architecture", sorted(testing.ARCHITECTURES))
def test_saved_tokenizer_reads_back_equal(architecture, tmp_path):
    from transformers import AutoTokenizer

    text = "O rápido raposo não é 東京! isn't 🙂 https://example.org/a_b?c=d"
    testing.write_tiny(architecture, task_of(architecture), tmp_path, variant=testing.Variant(int8=False))
    built, read = testing.build_tokenizer(architecture), AutoTokenizer.from_pretrained(tmp_path)
    assert read(text)["input_ids"] == built(text)["input_ids"]
    assert read(text, "the film")["input_ids"] == built(text, "the film")["input_ids"]


def operators_and_inputs(folder, name="model"):
    """Operators (with domain) and inputs of an exported file."""
    model = onnx.load(str(folder / "onnx" / f"{name}.onnx"), load_external_data=False)
    operators = {".".join(filter(None, (node.domain, node.op_type))) for node in model.graph.node}
    return operators, {entry.name for entry in model.graph.input}


@pytest.mark.parametrize(
    ("architecture", "operator"),
    [("bert", operator) for operator in ENCODER_OPERATORS] + [("llama", operator) for operator in DECODER_OPERATORS],
)
def test_fused_graph_attends_by_one_operator(architecture, operator, tmp_path):
    # That it computes what torch does is checked by the writing itself.
    variant = testing.Variant(operator=operator, cache=architecture == "llama")
    testing.write_tiny(
        architecture, CLASSIFY if architecture == "bert" else "text-generation", tmp_path, variant=variant
    )
    operators, _ = operators_and_inputs(tmp_path)
    assert operator in operators
    assert "Softmax" not in operators


@pytest.mark.parametrize("architecture", testing.of_family("decoder"))
def test_cache_has_the_names_that_transformers_js_reads(architecture, tmp_path):
    testing.write_tiny(architecture, "text-generation", tmp_path, variant=testing.Variant(cache=True))
    _, inputs = operators_and_inputs(tmp_path)
    past = {f"past_key_values.{layer}.{part}" for layer in range(2) for part in ("key", "value")}
    assert inputs == {"input_ids", "attention_mask", "position_ids"} | past


def test_split_t5_has_an_encoder_and_a_decoder(tmp_path):
    testing.write_tiny("t5", "text2text-generation", tmp_path, variant=testing.Variant(split=True, int8=False))
    assert operators_and_inputs(tmp_path, "encoder_model")[1] == {"input_ids", "attention_mask"}
    expected = {"input_ids", "encoder_hidden_states", "encoder_attention_mask"}
    assert operators_and_inputs(tmp_path, "decoder_model")[1] == expected


def test_external_data_and_half_precision_are_files_of_their_own(tmp_path):
    variant = testing.Variant(int8=False, fp16=True, external_data=True)
    testing.write_tiny("bert", CLASSIFY, tmp_path, variant=variant)
    names = {file.name for file in (tmp_path / "onnx").iterdir()}
    assert names == {"model.onnx", "model.onnx_data", "model_fp16.onnx"}
    feed = {name: np.ones((1, 5), np.int64) for name in ("input_ids", "attention_mask", "token_type_ids")}
    whole, half = (
        open_session(tmp_path / "onnx" / name).run(None, feed)[0] for name in ("model.onnx", "model_fp16.onnx")
    )
    assert 0 < abs(whole - half).max() < 0.05


@pytest.mark.parametrize(
    "arguments",
    [
        ["--architecture", "gpt2", "--task", CLASSIFY],
        ["--architecture", "bert", "--cache"],
        ["--architecture", "llama", "--split"],
        ["--architecture", "llama", "--operator", "com.microsoft.GroupQueryAttention"],
        ["--architecture", "bert", "--operator", "com.microsoft.GroupQueryAttention"],
    ],
)
def test_options_that_do_not_go_together_are_refused(arguments, tmp_path, capsys):
    assert main(["tiny", *arguments, "--output", str(tmp_path / "out")]) == 2
    assert capsys.readouterr().err.startswith("error: ")
    assert not (tmp_path / "out").exists()
