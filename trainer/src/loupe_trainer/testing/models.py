"""Models with random weights."""

from __future__ import annotations

from typing import Any

from loupe_trainer.testing.architectures import ARCHITECTURES, HEADS, LAYERS, POSITIONS, TASKS, WIDTH


def build_model(architecture: str, task: str, tokenizer: Any, seed: int, attention: str = "eager") -> Any:
    """Returns a model with random weights, large enough that outputs differ clearly between inputs.

    ``attention`` is transformers' implementation, ``eager`` or ``sdpa``; the weights do not depend on it.
    """
    import torch
    import transformers

    kind = ARCHITECTURES[architecture]
    model_class, _, labels = TASKS[task]
    positions = POSITIONS + kind.extra_positions
    sizes = {"width": WIDTH, "layers": LAYERS, "heads": HEADS, "inner": 2 * WIDTH, "positions": positions}
    special = {
        f"{name}_token_id": getattr(tokenizer, f"{name}_token_id")
        for name in ("pad", "bos", "eos")
        if name in kind.special
    }
    config = transformers.AutoConfig.for_model(
        architecture,
        vocab_size=len(tokenizer),
        **special,
        **{kind.names[name]: size for name, size in sizes.items() if name in kind.names},
        **kind.extra,
    )
    if labels:
        config.num_labels = len(labels)
        config.id2label = dict(enumerate(labels))
        config.label2id = {label: index for index, label in enumerate(labels)}
    transformers.set_seed(seed)
    model = getattr(transformers, model_class).from_config(config, attn_implementation=attention)
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.dim() > 1:
                parameter.normal_(0.0, 0.2)
    return model.eval()
