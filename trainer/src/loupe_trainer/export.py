"""From a torch encoder to ONNX, checked. See docs/decisions/010-onnx-export-path.md for why this exporter."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import torch

from loupe_trainer.evaluate import open_session

OPSET = 17
TOLERANCE = 1e-4  # largest accepted difference of any output between torch and onnxruntime
SHAPES = ((1, 8), (2, 33), (3, 128))  # (batch, tokens) of the parity check


class ParityError(Exception):
    """The exported graph does not compute what the torch model computes."""


class _Positional(torch.nn.Module):
    """Takes inputs by position and returns a tuple, as the exporter wants them."""

    def __init__(self, model: Any, inputs: list[str], outputs: tuple[str, ...]) -> None:
        super().__init__()
        self.model, self.inputs, self.outputs = model, inputs, outputs

    def forward(self, *tensors: torch.Tensor) -> tuple[torch.Tensor, ...]:
        result = self.model(**dict(zip(self.inputs, tensors, strict=True)))
        return tuple(result[name] for name in self.outputs)


def export_onnx(model: Any, inputs: list[str], outputs: tuple[str, ...], per_token: bool, file: Path) -> float:
    """Writes the model as ONNX with dynamic batch and sequence axes.

    Args:
        model: a transformers encoder with a head and eager attention, on the CPU.
        inputs: names of the model's inputs in order, the tokenizer's ``model_input_names``.
        outputs: names of the outputs to keep.
        per_token: whether the outputs have a sequence axis.
        file: where to write; its folder is made.

    Returns:
        The largest difference of any output to torch's over ``SHAPES``.

    Raises:
        ParityError: that difference is above ``TOLERANCE``.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    # A fresh wrapper is in train mode, and the exporter would put the wrapped model back there: dropout in the graph.
    wrapper = _Positional(model, inputs, outputs).eval()
    token_axes = {0: "batch", 1: "sequence"}
    axes = dict.fromkeys(inputs, token_axes) | {name: token_axes if per_token else {0: "batch"} for name in outputs}
    with torch.no_grad(), warnings.catch_warnings():
        # TracerWarnings about shapes that are constant for a given model, and the exporter's deprecation.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            wrapper,
            tuple(_example(inputs, model.config.vocab_size, 2, 16).values()),
            str(file),
            dynamo=False,
            opset_version=OPSET,
            input_names=inputs,
            output_names=list(outputs),
            dynamic_axes=axes,
        )
    return _parity(wrapper, model.config, file)


def _parity(wrapper: _Positional, config: Any, file: Path) -> float:
    session = open_session(file)
    largest = 0.0
    for batch, tokens in SHAPES:
        # RoBERTa's positions start at 2, hence the margin.
        example = _example(wrapper.inputs, config.vocab_size, batch, min(tokens, config.max_position_embeddings - 2))
        with torch.no_grad():
            expected = wrapper(*example.values())
        found = session.run(list(wrapper.outputs), {name: tensor.numpy() for name, tensor in example.items()})
        for ours, theirs in zip(expected, found, strict=True):
            largest = max(largest, float(np.abs(ours.numpy() - theirs).max()))
    if not largest <= TOLERANCE:
        raise ParityError(f"{file.name}: outputs differ from torch's by {largest:.2g}, more than {TOLERANCE:.0e}")
    return largest


def _example(inputs: list[str], vocabulary: int, batch: int, tokens: int) -> dict[str, torch.Tensor]:
    """Returns random inputs of shape (batch, tokens); the last row is padded, so that the mask has an effect."""
    generator = torch.Generator().manual_seed(batch * tokens)
    mask = torch.ones(batch, tokens, dtype=torch.int64)
    if batch > 1:
        mask[-1, tokens // 2 :] = 0
    tensors = {
        "input_ids": torch.randint(2, vocabulary, (batch, tokens), generator=generator),
        "attention_mask": mask,
        "token_type_ids": torch.zeros(batch, tokens, dtype=torch.int64),
    }
    return {name: tensors[name] for name in inputs}
