"""Decoders and encoder-decoders to ONNX, with the names of inputs and outputs that transformers.js reads."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import DynamicCache

from loupe_trainer.evaluate import open_session
from loupe_trainer.export import OPSET, TOLERANCE, ParityError

Inputs = dict[str, torch.Tensor]
AXES = {
    "input_ids": {0: "batch_size", 1: "sequence_length"},
    "attention_mask": {0: "batch_size", 1: "total_sequence_length"},
    "position_ids": {0: "batch_size", 1: "sequence_length"},
    "past": {0: "batch_size", 2: "past_sequence_length"},
    "present": {0: "batch_size", 2: "total_sequence_length"},
    "logits": {0: "batch_size", 1: "sequence_length"},
}
SOURCE_AXES = {0: "batch_size", 1: "encoder_sequence_length"}
TARGET_AXES = {0: "batch_size", 1: "decoder_sequence_length"}


class _Module(torch.nn.Module):
    """A function of named tensors as a module that takes them by position."""

    def __init__(self, model: Any, compute: Callable[..., tuple[torch.Tensor, ...]], names: list[str]) -> None:
        super().__init__()
        self.model, self.compute, self.names = model, compute, names

    def forward(self, *tensors: torch.Tensor) -> tuple[torch.Tensor, ...]:
        return self.compute(self.model, dict(zip(self.names, tensors, strict=True)))


def layer_count(config: Any) -> int:
    """Layers of a decoder-only model."""
    return int(config.num_hidden_layers)


def past_names(config: Any, prefix: str = "past_key_values") -> list[str]:
    """Names of all keys and values, layer by layer."""
    return [f"{prefix}.{layer}.{part}" for layer in range(layer_count(config)) for part in ("key", "value")]


def causal_inputs(config: Any, batch: int, past: int, tokens: int) -> Inputs:
    """Random tokens with a random past; of a batch, the last row's first tokens are padding."""
    generator = torch.Generator().manual_seed(1000 * past + tokens)
    mask = torch.ones(batch, past + tokens, dtype=torch.int64)
    if batch > 1:
        mask[-1, : (past + tokens) // 3] = 0
    positions = (mask.cumsum(-1) - 1).clamp(min=0)[:, past:]
    heads = getattr(config, "num_key_value_heads", config.num_attention_heads)
    width = getattr(config, "head_dim", config.hidden_size // config.num_attention_heads)
    ids = torch.randint(3, config.vocab_size, (batch, tokens), generator=generator)
    inputs = {"input_ids": ids, "attention_mask": mask, "position_ids": positions}
    return inputs | {name: torch.randn(batch, heads, past, width, generator=generator) for name in past_names(config)}


def causal_outputs(model: Any, inputs: Inputs) -> tuple[torch.Tensor, ...]:
    """Logits, then keys and values layer by layer, of what ``causal_inputs`` returns."""
    cache = DynamicCache()
    for layer in range(layer_count(model.config)):
        cache.update(inputs[f"past_key_values.{layer}.key"], inputs[f"past_key_values.{layer}.value"], layer)
    named = {name: inputs[name] for name in ("input_ids", "attention_mask", "position_ids")}
    output = model(**named, past_key_values=cache, use_cache=True)
    present = [tensor for layer in output.past_key_values.layers for tensor in (layer.keys, layer.values)]
    return (output.logits, *present)


def _without_cache(model: Any, inputs: Inputs) -> tuple[torch.Tensor, ...]:
    return (model(**inputs, use_cache=False).logits,)


def export_causal(model: Any, file: Path, cache: bool) -> None:
    """Writes a causal language model, with or without inputs and outputs for keys and values of earlier tokens.

    Raises:
        ParityError: onnxruntime's outputs differ from torch's by more than ``TOLERANCE``.
    """
    config = model.config
    if not cache:
        examples = [causal_inputs(config, batch, 0, tokens) for batch, tokens in ((2, 9), (1, 1), (3, 33))]
        plain = [{name: example[name] for name in ("input_ids", "attention_mask")} for example in examples]
        sequence = {0: "batch_size", 1: "sequence_length"}
        _export(model, _without_cache, plain, {"logits": sequence}, file, dict.fromkeys(plain[0], sequence))
        return
    past, present = past_names(config), past_names(config, "present")
    outputs = {"logits": AXES["logits"]} | dict.fromkeys(present, AXES["present"])
    inputs = {name: AXES[name] for name in ("input_ids", "attention_mask", "position_ids")}
    examples = [causal_inputs(config, *shape) for shape in ((2, 5, 4), (1, 0, 7), (2, 6, 1))]
    _export(model, causal_outputs, examples, outputs, file, inputs | dict.fromkeys(past, AXES["past"]))


def seq2seq_inputs(config: Any, batch: int, source: int, target: int) -> Inputs:
    """Random tokens of both sides; of a batch, the end of the last row's source is padding."""
    generator = torch.Generator().manual_seed(100 * source + target)
    mask = torch.ones(batch, source, dtype=torch.int64)
    if batch > 1:
        mask[-1, source // 2 :] = 0
    return {
        "input_ids": torch.randint(3, config.vocab_size, (batch, source), generator=generator),
        "attention_mask": mask,
        "decoder_input_ids": torch.randint(3, config.vocab_size, (batch, target), generator=generator),
    }


def export_seq2seq(model: Any, file: Path) -> None:
    """Writes an encoder-decoder as one graph: source, its mask and the decoder's input to logits."""
    examples = [seq2seq_inputs(model.config, *shape) for shape in ((2, 9, 6), (1, 1, 1), (2, 40, 17))]
    axes = {"input_ids": SOURCE_AXES, "attention_mask": SOURCE_AXES, "decoder_input_ids": TARGET_AXES}
    _export(model, _without_cache, examples, {"logits": TARGET_AXES}, file, axes)


def export_encoder_and_decoder(model: Any, folder: Path) -> None:
    """Writes encoder_model.onnx and decoder_model.onnx, the decoder without a cache."""
    examples = [seq2seq_inputs(model.config, *shape) for shape in ((2, 9, 6), (1, 1, 1), (2, 40, 17))]
    encoder_inputs = [{name: example[name] for name in ("input_ids", "attention_mask")} for example in examples]

    def encode(model: Any, inputs: Inputs) -> tuple[torch.Tensor, ...]:
        return (model.get_encoder()(**inputs).last_hidden_state,)

    def decode(model: Any, inputs: Inputs) -> tuple[torch.Tensor, ...]:
        output = model(
            encoder_outputs=(inputs["encoder_hidden_states"],),
            attention_mask=inputs["encoder_attention_mask"],
            decoder_input_ids=inputs["input_ids"],
            use_cache=False,
        )
        return (output.logits,)

    decoder_inputs = [
        {
            "encoder_attention_mask": example["attention_mask"],
            "input_ids": example["decoder_input_ids"],
            "encoder_hidden_states": encode(model, inputs)[0].detach(),
        }
        for example, inputs in zip(examples, encoder_inputs, strict=True)
    ]
    source = dict.fromkeys(("input_ids", "attention_mask"), SOURCE_AXES)
    _export(model, encode, encoder_inputs, {"last_hidden_state": SOURCE_AXES}, folder / "encoder_model.onnx", source)
    axes = dict.fromkeys(("encoder_attention_mask", "encoder_hidden_states"), SOURCE_AXES) | {"input_ids": TARGET_AXES}
    _export(model, decode, decoder_inputs, {"logits": TARGET_AXES}, folder / "decoder_model.onnx", axes)


def _export(
    model: Any,
    compute: Callable[..., tuple[torch.Tensor, ...]],
    examples: list[Inputs],
    outputs: dict[str, dict[int, str]],
    file: Path,
    inputs: dict[str, dict[int, str]],
) -> None:
    """Traces ``compute`` on the first example and compares the file with it on all; the dicts name dynamic axes."""
    file.parent.mkdir(parents=True, exist_ok=True)
    names = list(examples[0])
    module = _Module(model, compute, names).eval()
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            module,
            tuple(examples[0].values()),
            str(file),
            dynamo=False,
            opset_version=OPSET,
            input_names=names,
            output_names=list(outputs),
            dynamic_axes=inputs | outputs,
        )
        expected = [[tensor.numpy() for tensor in module(*example.values())] for example in examples]
    check_outputs(file, list(outputs), examples, expected)


def check_outputs(
    file: Path,
    outputs: list[str],
    examples: Iterable[Inputs],
    expected: Iterable[list[Any]],
    tolerance: float = TOLERANCE,
) -> None:
    """Compares a file's outputs with expected ones.

    Raises:
        ParityError: they differ by more than ``tolerance``.
    """
    session = open_session(file)
    names = {entry.name for entry in session.get_inputs()}
    for example, arrays in zip(examples, expected, strict=True):
        found = session.run(outputs, {name: tensor.numpy() for name, tensor in example.items() if name in names})
        for ours, theirs in zip(found, arrays, strict=True):
            if ours.shape != theirs.shape:
                raise ParityError(f"{file.name}: an output has the shape {ours.shape}, torch's {theirs.shape}")
            largest = float(np.abs(ours - theirs).max(initial=0.0))
            if not largest <= tolerance:
                raise ParityError(
                    f"{file.name}: outputs differ from torch's by {largest:.2g}, more than {tolerance:.0e}"
                )
