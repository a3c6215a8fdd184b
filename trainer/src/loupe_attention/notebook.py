"""What a notebook shows."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from loupe_attention.maps import check_tokens, is_causal, read_layers, write_layer

MIME_TYPE = "application/vnd.loupe.attention+json"
Stack = tuple[str, str, str, list[np.ndarray]]  # name, whose tokens are the queries, whose the keys, layers


@dataclass(frozen=True)
class AttentionView:
    """Maps that notebooks draw when the object is a cell's last value. ``file`` is an ``AttentionFile``."""

    file: dict[str, Any]
    summary: str

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return {MIME_TYPE: self.file, "text/plain": self.summary}

    def __repr__(self) -> str:
        return self.summary

    def save(self, file: str | Path) -> None:
        """Writes the maps as JSON."""
        Path(file).write_text(json.dumps(self.file, ensure_ascii=False), encoding="utf-8")


def view(
    attentions: Any,
    tokens: Sequence[str],
    *,
    target_tokens: Sequence[str] | None = None,
    cross_attentions: Any = None,
    decoder_attentions: Any = None,
    text: str | None = None,
    offsets: Any = None,
    title: str | None = None,
    model: str = "notebook",
    batch: int = 0,
) -> AttentionView:
    """Packs a model's attention for Loupe.

    Args:
        attentions: ``outputs.attentions`` (of an encoder-decoder: ``encoder_attentions``): one [batch, heads, queries,
            keys] per layer, torch or numpy.
        tokens: the tokens of the ids that the model got, ``tokenizer.convert_ids_to_tokens(ids)``.
        target_tokens: tokens of what the decoder of an encoder-decoder wrote.
        cross_attentions: ``outputs.cross_attentions``; needs ``target_tokens``.
        decoder_attentions: ``outputs.decoder_attentions``; needs ``target_tokens``.
        text: what the tokens came from.
        offsets: start and end of each token in ``text`` in characters, the tokenizer's ``offset_mapping``.
        title: of the view.
        model: its name in the view.
        batch: which text of a batch.

    Raises:
        ValueError: arguments do not fit each other; one sentence says which and how.
    """
    tokens = [str(token) for token in tokens]
    source = {"pieces": tokens} | ({} if offsets is None else {"offsets": _utf16_offsets(offsets, text, len(tokens))})
    layers = read_layers(attentions, "attentions", batch)
    check_tokens(layers, "attentions", tokens, tokens)
    has_decoder = decoder_attentions is not None or cross_attentions is not None
    stacks: list[Stack] = [
        ("decoder" if not has_decoder and is_causal(layers) else "encoder", "source", "source", layers)
    ]
    file: dict[str, Any] = {
        "format": "loupe-attention",
        "version": 1,
        "title": title or "Attention",
        "model": {"reference": model},
        "source": source,
    }
    if has_decoder:
        if target_tokens is None:
            raise ValueError(
                "target_tokens is missing: decoder_attentions and cross_attentions need the decoder's tokens"
            )
        target = [str(token) for token in target_tokens]
        file["target"] = {"pieces": target}
        for name, keys, argument, given in (
            ("decoder", "target", "decoder_attentions", decoder_attentions),
            ("cross", "source", "cross_attentions", cross_attentions),
        ):
            if given is not None:
                layers = read_layers(given, argument, batch)
                check_tokens(layers, argument, target, target if keys == "target" else tokens)
                stacks.append((name, "target", keys, layers))
    if text is not None:
        file["text"] = text
    file["stacks"] = [
        {"name": name, "queries": queries, "keys": keys, "layers": [write_layer(layer) for layer in layers]}
        for name, queries, keys, layers in stacks
    ]
    return AttentionView(file, _summarise(stacks, title))


def show(attentions: Any, tokens: Sequence[str], **arguments: Any) -> None:
    """Draws attention below the notebook's cell: takes what ``view`` takes.

    Raises:
        ValueError: as ``view``.
        RuntimeError: IPython is not installed; ``view`` packs the maps without it.
    """
    made = view(attentions, tokens, **arguments)
    try:
        from IPython.display import display
    except ImportError as error:
        raise RuntimeError(
            "loupe_attention.show draws in a notebook, and IPython is not installed here: run it in a notebook "
            "(pip install ipykernel), or use loupe_attention.view(...).save(file) to keep the maps"
        ) from error
    display(made)


def _utf16_offsets(offsets: Any, text: str | None, count: int) -> list[int]:
    """Returns the offsets as JavaScript counts, flat."""
    if text is None:
        raise ValueError("offsets without text: pass the text that they point into")
    pairs = np.asarray(offsets.tolist() if hasattr(offsets, "tolist") else offsets)
    if pairs.ndim == 3 and pairs.shape[0] == 1:
        pairs = pairs[0]
    if pairs.shape != (count, 2):
        raise ValueError(f"offsets has the shape {pairs.shape}, but {count} tokens need ({count}, 2)")
    units = [0]
    for character in text:
        units.append(units[-1] + (2 if ord(character) > 0xFFFF else 1))
    if pairs.min() < 0 or pairs.max() >= len(units):
        raise ValueError(f"offsets point beyond the text's {len(text)} characters")
    return [units[int(position)] for position in pairs.reshape(-1)]


def _summarise(stacks: list[Stack], title: str | None) -> str:
    parts = [
        f"{name}: {len(layers)} layers x {layers[0].shape[0]} heads, {layers[0].shape[1]} x {layers[0].shape[2]} tokens"
        for name, _, _, layers in stacks
    ]
    return (
        f"{title or 'Attention'} ({'; '.join(parts)}). "
        "To see it here, open this notebook in VS Code with the extension Loupe installed."
    )
