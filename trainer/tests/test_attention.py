"""Notebook helper: what it packs is what it was given, and every mistake gets one clear sentence."""

from __future__ import annotations

import base64
import builtins
import gzip
import json
import sys
import types

import numpy as np
import pytest
import torch

import loupe_attention

LAYERS, HEADS = 3, 4


def attention(queries, keys=None, seed=0, layers=LAYERS, batch=1):
    """Random attention as transformers returns it: rows sum to 1."""
    generator = torch.Generator().manual_seed(seed)
    shape = (batch, HEADS, queries, keys or queries)
    return tuple((3 * torch.randn(shape, generator=generator)).softmax(-1) for _ in range(layers))


def words(count, letter="w"):
    return [f"{letter}{index}" for index in range(count)]


def unpack(layer):
    """Weights of an ``AttentionFileLayer`` as its readers compute them, and the scales."""
    cells = np.frombuffer(gzip.decompress(base64.b64decode(layer["cells"])), np.uint8)
    scales = np.frombuffer(base64.b64decode(layer["scales"]), "<f4").reshape(layer["heads"], layer["queries"])
    cells = cells.reshape(layer["heads"], layer["queries"], layer["keys"])
    return cells / 255 * scales[..., None], scales


def test_weights_come_back_within_half_a_step_of_their_row():
    given = attention(17)
    file = loupe_attention.view(given, words(17), title="A film").file
    assert (file["format"], file["version"], file["title"]) == ("loupe-attention", 1, "A film")
    (stack,) = file["stacks"]
    assert (stack["name"], stack["queries"], stack["keys"], len(stack["layers"])) == (
        "encoder",
        "source",
        "source",
        LAYERS,
    )
    for layer, expected in zip(stack["layers"], given, strict=True):
        weights, scales = unpack(layer)
        largest = expected[0].numpy().max(-1)
        assert np.array_equal(scales, largest)
        assert (np.abs(weights - expected[0].numpy()).max(-1) <= largest * 0.501 / 255).all()


@pytest.mark.parametrize("convert", [lambda t: t, lambda t: t.numpy(), lambda t: t.to(torch.bfloat16), lambda t: t[0]])
def test_torch_numpy_half_precision_and_a_batchless_layer_are_taken(convert):
    given = attention(6)
    file = loupe_attention.view(tuple(map(convert, given)), words(6)).file
    for layer, expected in zip(file["stacks"][0]["layers"], given, strict=True):
        assert np.abs(unpack(layer)[0] - expected[0].numpy()).max() < 0.01


def test_batch_chooses_the_text():
    given = attention(5, batch=3)
    file = loupe_attention.view(given, words(5), batch=2).file
    assert np.abs(unpack(file["stacks"][0]["layers"][0])[0] - given[0][2].numpy()).max() < 0.005


def test_rows_that_are_not_finite_are_marked_and_the_others_kept():
    given = [layer.clone() for layer in attention(5)]
    given[1][0, 2, 3, 1] = float("nan")
    given[1][0, 0, 0, 0] = float("inf")
    layers = loupe_attention.view(given, words(5)).file["stacks"][0]["layers"]
    weights, scales = unpack(layers[1])
    assert np.argwhere(np.isnan(scales)).tolist() == [[0, 0], [2, 3]]
    assert np.abs(weights[1] - given[1][0, 1].numpy()).max() < 0.005
    assert np.isfinite(unpack(layers[0])[1]).all()


def test_rows_of_zeros_stay_zeros():
    weights, scales = unpack(loupe_attention.view([np.zeros((1, 2, 3, 3))], words(3)).file["stacks"][0]["layers"][0])
    assert not weights.any()
    assert not scales.any()


def test_causal_maps_are_a_decoder():
    causal = [torch.tril(layer) for layer in attention(6)]
    assert loupe_attention.view(causal, words(6)).file["stacks"][0]["name"] == "decoder"
    assert loupe_attention.view(attention(1), words(1)).file["stacks"][0]["name"] == "encoder"


def test_source_and_target_may_have_unequal_lengths():
    view = loupe_attention.view(
        attention(9),
        words(9),
        target_tokens=words(4, "t"),
        decoder_attentions=[torch.tril(layer) for layer in attention(4, layers=2)],
        cross_attentions=attention(4, 9, seed=1, layers=2),
    )
    stacks = {stack["name"]: stack for stack in view.file["stacks"]}
    assert [(name, s["queries"], s["keys"], len(s["layers"])) for name, s in stacks.items()] == [
        ("encoder", "source", "source", 3),
        ("decoder", "target", "target", 2),
        ("cross", "target", "source", 2),
    ]
    assert (stacks["cross"]["layers"][0]["queries"], stacks["cross"]["layers"][0]["keys"]) == (4, 9)
    assert view.file["target"]["pieces"] == words(4, "t")


def test_offsets_count_as_javascript_does():
    offsets = torch.tensor([[[0, 0], [0, 1], [2, 5]]])
    file = loupe_attention.view(attention(3), words(3), text="👍 não", offsets=offsets).file
    assert file["source"]["offsets"] == [0, 0, 0, 2, 3, 6]
    assert file["text"] == "👍 não"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((None, words(3)), r"attentions is None: .*attn_implementation=\"eager\""),
        (((None, None), words(3)), "attentions holds None"),
        (((), words(3)), "attentions is empty"),
        (((attention(3), attention(3)), words(3)), r"tuple per step, as generate\(\)"),
        ((attention(4), words(3)), r"attentions\[0\] has 4 queries and 4 keys, but there are 3 and 3 tokens"),
        (([np.zeros((3, 3))], words(3)), r"attentions\[0\] has the shape \(3, 3\)"),
        (([np.zeros((1, 2, 0, 0))], []), "none of them 0"),
        (([torch.randn(1, 2, 3, 3) - 9], words(3)), "negative weights"),
        ((attention(3), words(3), {"batch": 1}), "has 1 texts, counted from 0: there is no batch=1"),
        ((attention(3), words(3), {"cross_attentions": attention(2, 3)}), "target_tokens is missing"),
        (
            (attention(3), words(3), {"target_tokens": words(2), "cross_attentions": attention(3, 2)}),
            r"cross_attentions\[0\] has 3 queries and 2 keys, but there are 2 and 3 tokens",
        ),
        ((attention(3), words(3), {"offsets": [(0, 1)] * 3}), "offsets without text"),
        ((attention(3), words(3), {"text": "abc", "offsets": [(0, 1)] * 2}), r"3 tokens need \(3, 2\)"),
        ((attention(3), words(3), {"text": "abc", "offsets": [(0, 4)] * 3}), "beyond the text's 3 characters"),
    ],
)
def test_a_mistake_gets_one_sentence(arguments, message):
    first, tokens, *rest = arguments
    with pytest.raises(ValueError, match=message) as raised:
        loupe_attention.view(first, tokens, **(rest[0] if rest else {}))
    assert "\n" not in str(raised.value)


def test_a_notebook_gets_the_maps_and_a_text_that_says_what_to_install(monkeypatch):
    shown = []
    module = types.SimpleNamespace(display=shown.append)
    monkeypatch.setitem(sys.modules, "IPython", types.SimpleNamespace(display=module))
    monkeypatch.setitem(sys.modules, "IPython.display", module)
    loupe_attention.show(attention(4), words(4), title="T")
    bundle = shown[0]._repr_mimebundle_()
    assert set(bundle) == {"application/vnd.loupe.attention+json", "text/plain"}
    assert json.loads(json.dumps(bundle[loupe_attention.MIME_TYPE])) == bundle[loupe_attention.MIME_TYPE]
    assert "encoder: 3 layers x 4 heads, 4 x 4 tokens" in bundle["text/plain"]
    assert "extension Loupe" in bundle["text/plain"]


def test_without_ipython_show_says_what_to_do_and_view_works(monkeypatch, tmp_path):
    real_import = builtins.__import__

    def refuse(name, *rest, **named):
        if name.startswith("IPython"):
            raise ImportError(name)
        return real_import(name, *rest, **named)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(RuntimeError, match=r"IPython is not installed here: .*view\(\.\.\.\)\.save"):
        loupe_attention.show(attention(2), words(2))
    view = loupe_attention.view(attention(2), ["[CLS]", "é"])
    view.save(tmp_path / "maps.json")
    assert json.loads((tmp_path / "maps.json").read_text(encoding="utf-8")) == view.file


def test_the_same_maps_give_the_same_bytes():
    assert loupe_attention.view(attention(8), words(8)).file == loupe_attention.view(attention(8), words(8)).file
