"""Makes what the benchmark runs on: a model as torch, ONNX fp32 and int8, and 500 reviews of one to ten sentences.

usage: prepare.py FOLDER

The encoder is all-MiniLM-L6-v2 with a fresh head (seeded): speed does not depend on the values of weights, and this way
the benchmark needs no training. Give `npm run bench -- --model FOLDER` to time a trained one. Both come from packages.
"""

import json
import random
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "trainer" / part) for part in ("src", "recipes", "recipes/sentiment-en")]

import common  # noqa: E402
import prepare as recipe  # noqa: E402

REVIEWS = 500
SENTENCES = (1, 10)
SEED = 7


def write_texts(file: Path) -> None:
    """500 reviews, each 1 to 10 movie snippets in a row."""
    with tempfile.TemporaryDirectory() as folder:
        package = common.download("vaderSentiment==3.3.2", Path(folder) / "package", source=True)
        inner = Path(folder) / "inner.tar.gz"
        inner.write_bytes(common.read_member(package, "additional_resources/hutto_ICWSM_2014.tar.gz"))
        content = common.read_member(inner, recipe.SOURCES["movie"]).decode("utf-8")
    snippets = [text for _, _, text in recipe.parse(content)]
    rng = random.Random(SEED)
    reviews = [" ".join(rng.sample(snippets, rng.randint(*SENTENCES))) for _ in range(REVIEWS)]
    # The first text is what the single-sentence rows time.
    file.write_text(json.dumps(["I really enjoyed this film, although the ending felt rushed.", *reviews[1:]]))


def write_model(folder: Path) -> None:
    """The encoder with a head for two labels, in transformers' and transformers.js's layout at once."""
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    from loupe_trainer.export import export_onnx
    from loupe_trainer.quantize import quantize_int8

    base = folder.parent / "base"
    common.fetch_base_model(base)
    torch.manual_seed(SEED)
    labels = {0: "NEGATIVE", 1: "POSITIVE"}
    model = AutoModelForSequenceClassification.from_pretrained(base, id2label=labels, attn_implementation="eager").eval()
    tokenizer = AutoTokenizer.from_pretrained(base)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    fp32 = folder / "onnx" / "model.onnx"
    export_onnx(model, ["input_ids", "attention_mask", "token_type_ids"], ("logits",), False, fp32)
    quantize_int8(fp32, folder / "onnx" / "model_quantized.onnx")


def main() -> int:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "texts.json").is_file():
        write_texts(folder / "texts.json")
    if not (folder / "model" / "onnx" / "model_quantized.onnx").is_file():
        write_model(folder / "model")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
