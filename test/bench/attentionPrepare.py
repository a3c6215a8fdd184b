"""Makes what the attention rows of the benchmark run on: a model of BERT-base's shape, and texts of so many tokens.

usage: attentionPrepare.py FOLDER        (FOLDER holds what prepare.py made)

The weights are random (seeded): speed does not depend on their values. 12 layers, 12 heads, 768 wide as BERT-base; a
small vocabulary, since the table of tokens costs no time, and 2,048 positions, so that long texts can be timed too.
"""

import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "trainer" / "src")]

POSITIONS = 2048
LENGTHS = (64, 128, 256, 512, 2048)
SEED = 7


def write_model(folder: Path) -> None:
    """A sentiment model in transformers.js's layout, fp32."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification

    from loupe_trainer.export import export_onnx
    from loupe_trainer.testing import build_tokenizer

    tokenizer = build_tokenizer("bert")
    tokenizer.model_max_length = POSITIONS
    labels = {0: "NEGATIVE", 1: "POSITIVE"}
    config = BertConfig(
        vocab_size=len(tokenizer), max_position_embeddings=POSITIONS, id2label=labels, attn_implementation="eager"
    )
    torch.manual_seed(SEED)
    model = BertForSequenceClassification(config).eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if ".query.weight" in name or ".key.weight" in name:
                # With BERT's own 0.02 all weights of a row would be equal, and their pictures empty.
                parameter.normal_(0.0, 0.06)
    folder.mkdir(parents=True, exist_ok=True)
    model.config.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    part = folder / "onnx" / "partial.onnx"
    export_onnx(model, ["input_ids", "attention_mask", "token_type_ids"], ("logits",), False, part)
    part.rename(folder / "onnx" / "model.onnx")


def text_of(words: list[str], tokens: int, tokenizer: Any) -> str:
    """The first words that have exactly so many tokens, [CLS] and [SEP] included; full stops fill the rest."""
    taken: list[str] = []
    count = 2
    for word in words:
        cost = len(tokenizer.tokenize(word))
        if count + cost > tokens:
            break
        taken.append(word)
        count += cost
    text = " ".join([*taken, *["."] * (tokens - count)])
    if len(tokenizer(text)["input_ids"]) != tokens:
        raise SystemExit(f"a text of {tokens} tokens came out with {len(tokenizer(text)['input_ids'])}")
    return text


def write_texts(folder: Path, file: Path) -> None:
    """Texts by the model's folder and number of tokens."""
    from transformers import AutoTokenizer

    words = " ".join(json.loads((folder / "texts.json").read_text(encoding="utf-8"))).split()
    texts: dict[str, dict[int, str]] = {}
    for name, lengths in (("bert-base", LENGTHS), ("model", (512,))):
        tokenizer = AutoTokenizer.from_pretrained(folder / name)
        texts[name] = {tokens: text_of(words, tokens, tokenizer) for tokens in lengths}
    file.write_text(json.dumps(texts), encoding="utf-8")


def main() -> int:
    folder = Path(sys.argv[1])
    if not (folder / "bert-base" / "onnx" / "model.onnx").is_file():
        sys.stderr.write("making a model of BERT-base's shape (350 MB, once) ...\n")
        write_model(folder / "bert-base")
    if not (folder / "attention-texts.json").is_file():
        write_texts(folder, folder / "attention-texts.json")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
