"""``python -m loupe_trainer export FOLDER``: ONNX files for a model folder that has safetensors alone."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import torch
import transformers

from loupe_trainer.errors import JobError
from loupe_trainer.export import export_onnx
from loupe_trainer.loading import load_tokenizer, save_tokenizer
from loupe_trainer.quantize import quantize_int8
from loupe_trainer.tasks import TASKS

# By the end of the class that config.json names: which Auto class loads it, what it gives, whether for each token.
HEADS: dict[str, tuple[str, tuple[str, ...], bool]] = {
    "ForSequenceClassification": (TASKS["text-classification"].model_class, ("logits",), False),
    "ForTokenClassification": (TASKS["token-classification"].model_class, ("logits",), True),
    "ForQuestionAnswering": (TASKS["question-answering"].model_class, ("start_logits", "end_logits"), True),
}
BARE = ("AutoModel", ("last_hidden_state",), True)
GENERATING = ("ForCausalLM", "LMHeadModel", "ForConditionalGeneration")


def export_folder(source: Path, target: Path, int8: bool) -> list[Path]:
    """Exports an encoder with the head that its config.json names, or bare; attention stays separate operators.

    Args:
        source: a folder with config.json, model.safetensors and tokenizer.json.
        target: the folder to write onnx/ into; another one than ``source`` gets the config and the tokenizer too.
        int8: also onnx/model_quantized.onnx.

    Returns:
        The files written.

    Raises:
        JobError: the folder cannot be read, holds no encoder, or there are ONNX files already.
        ParityError: the file does not compute what torch does.
    """
    folder = target / "onnx"
    if folder.exists():
        raise JobError(f"{folder} exists; name another folder with --output")
    tokenizer = load_tokenizer(source)
    model, outputs, per_token = _load(source)
    partial = target / "onnx.partial"
    shutil.rmtree(partial, ignore_errors=True)
    fp32, quantized = partial / "model.onnx", partial / "model_quantized.onnx"
    export_onnx(model, tokenizer.model_input_names, outputs, per_token, fp32)
    if int8:
        quantize_int8(fp32, quantized)
    if target.resolve() != source.resolve():
        model.config.save_pretrained(target)
        save_tokenizer(tokenizer, target)
    partial.rename(folder)
    return sorted(folder.iterdir())


def _load(source: Path) -> tuple[Any, tuple[str, ...], bool]:
    """Returns the model, the names of its outputs, and whether those are for each token."""
    try:
        config = transformers.AutoConfig.from_pretrained(source)
        name = (config.architectures or [""])[0]
        if name.endswith(GENERATING) or config.is_encoder_decoder:
            raise JobError(f"{source}: {name} writes text; only encoders are exported")
        head = next((HEADS[end] for end in HEADS if name.endswith(end)), BARE)
        model = getattr(transformers, head[0]).from_pretrained(
            source, config=config, use_safetensors=True, attn_implementation="eager", dtype=torch.float32
        )
    except (OSError, ValueError) as error:
        raise JobError(f"{source}: cannot load it: {error}") from None
    return model.eval(), head[1], head[2]
