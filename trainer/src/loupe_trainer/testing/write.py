"""Whole model folders."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from loupe_trainer.testing.architectures import ARCHITECTURES, TASKS, TASKS_OF_FAMILY
from loupe_trainer.testing.models import build_model
from loupe_trainer.testing.tokenizers import build_tokenizer


@dataclass(frozen=True)
class Variant:
    """How a model is exported; the weights stay the same.

    Attributes:
        attention: ``eager`` or ``sdpa``.
        operator: one attention operator instead of its parts, for BERT and Llama (see ``fused``).
        cache: for decoders, inputs and outputs for keys and values of earlier tokens.
        split: for encoder-decoders, encoder_model.onnx and decoder_model.onnx instead of one model.onnx.
        int8: a dynamically quantised file beside each.
        fp16: one with half-precision weights beside each.
        external_data: weights of the fp32 files in files of their own (``.onnx_data``).
    """

    attention: str = "eager"
    operator: str | None = None
    cache: bool = False
    split: bool = False
    int8: bool = True
    fp16: bool = False
    external_data: bool = False

    def misfit(self, architecture: str, task: str) -> str | None:
        """Says what does not go together, or nothing."""
        kind = ARCHITECTURES[architecture]
        if task not in TASKS_OF_FAMILY[kind.family]:
            return f"{architecture} is made for {', '.join(TASKS_OF_FAMILY[kind.family])}"
        if self.cache and kind.family != "decoder":
            return "only decoders have a cache"
        if self.split and kind.family != "encoder-decoder":
            return "only encoder-decoders can be split"
        if self.operator is None:
            return None
        from loupe_trainer.testing.fused import DECODER_OPERATORS, ENCODER_OPERATORS

        if architecture == "bert" and task == "text-classification" and self.operator in ENCODER_OPERATORS:
            return None
        if architecture == "llama" and self.cache and self.operator in DECODER_OPERATORS:
            return None
        return (
            f"operators of bert for text-classification: {', '.join(ENCODER_OPERATORS)}; "
            f"of llama with a cache: {', '.join(DECODER_OPERATORS)}"
        )


def write_tiny(architecture: str, task: str, folder: Path, seed: int = 0, variant: Variant | None = None) -> None:
    """Writes a tiny model folder: config.json, model.safetensors, tokenizer files, onnx/.

    Raises:
        ValueError: the arguments do not go together.
    """
    variant = variant or Variant()
    if misfit := variant.misfit(architecture, task):
        raise ValueError(misfit)
    tokenizer = build_tokenizer(architecture)
    model = build_model(architecture, task, tokenizer, seed, variant.attention)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    config_file = folder / "tokenizer_config.json"
    config = json.loads(config_file.read_text(encoding="utf-8"))
    config["tokenizer_class"] = ARCHITECTURES[architecture].tokenizer_class
    config_file.write_text(json.dumps(config, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    for file in _export(architecture, task, model, tokenizer, variant, folder / "onnx"):
        _write_variants(file, variant)


def _export(architecture: str, task: str, model: Any, tokenizer: Any, variant: Variant, folder: Path) -> list[Path]:
    family, file = ARCHITECTURES[architecture].family, folder / "model.onnx"
    if variant.operator is not None:
        from loupe_trainer.testing.fused import write_fused_bert, write_fused_llama

        (write_fused_bert if family == "encoder" else write_fused_llama)(model, variant.operator, file)
        return [file]
    if family == "encoder":
        from loupe_trainer.export import export_onnx

        export_onnx(model, tokenizer.model_input_names, TASKS[task][1], task != "text-classification", file)
        return [file]
    from loupe_trainer.testing import generators

    if family == "decoder":
        generators.export_causal(model, file, variant.cache)
        return [file]
    if variant.split:
        generators.export_encoder_and_decoder(model, folder)
        return [folder / "encoder_model.onnx", folder / "decoder_model.onnx"]
    generators.export_seq2seq(model, file)
    return [file]


def _write_variants(file: Path, variant: Variant) -> None:
    import onnx

    if variant.int8 and variant.operator is None:
        from loupe_trainer.quantize import quantize_int8

        quantize_int8(file, file.with_name(f"{file.stem}_quantized.onnx"))
    if variant.fp16:
        from onnxruntime.transformers.float16 import convert_float_to_float16

        half = convert_float_to_float16(onnx.load(str(file)), keep_io_types=True)
        onnx.save(half, str(file.with_name(f"{file.stem}_fp16.onnx")))
    if variant.external_data:
        data = f"{file.name}_data"
        onnx.save(onnx.load(str(file)), str(file), save_as_external_data=True, location=data, size_threshold=0)
