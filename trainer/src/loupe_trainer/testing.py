"""Tiny models with random weights and real tokenizers: ``python -m loupe_trainer.testing tiny --output DIR``.

They answer nonsense, but through every part of the real thing: each kind of subword tokenizer, each encoder's inputs,
and the file layout that Loupe and transformers.js read. The same arguments give the same files.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

WIDTH, LAYERS, HEADS, POSITIONS, VOCABULARY = 32, 2, 4, 128, 600

# What the tokenizers learn from: several scripts, accents, digits and punctuation, so that tests meet no unknown tokens
# where a real model would meet none.
CORPUS = """
The quick brown fox jumps over the lazy dog. A film can be good, bad, dull or wonderful; nobody liked the second half.
Where does the river rise? It rises in the mountains north of the town, and reaches the sea after 300 kilometres.
She wasn't sure whether they'd won: "We'll see," said Marie Curie, who received two Nobel Prizes (1903 and 1911).
O rápido raposo marrom não gostou do filme. A atuação é ótima, mas o roteiro não convence ninguém em São Paulo.
Où est né l'écrivain? Les élèves naïfs mangèrent des crêpes à Noël. Der Fluß fließt über die Brücke nach Süden.
Москва и Киев, Ελλάδα και Αθήνα, 東京と京都は日本の都市です。 北京是中国的首都。 مرحبا بالعالم שלום עולם नमस्ते
I loved it! Terrible... not good at all? 10 % of $5.99 is #1 & more: see https://example.org/a_b?c=d @user 🙂👍🏽👩‍👩‍👧
"""


@dataclass(frozen=True)
class Architecture:
    """How a model type is built here; ``tokenizer_class`` is what tokenizer_config.json names."""

    tokenizer: str
    tokenizer_class: str
    names: dict[str, str]
    special: dict[str, str]
    token_types: bool = False
    extra_positions: int = 0


BERT_NAMES = {
    "width": "hidden_size",
    "layers": "num_hidden_layers",
    "heads": "num_attention_heads",
    "inner": "intermediate_size",
}
DISTILBERT_NAMES = {"width": "dim", "layers": "n_layers", "heads": "n_heads", "inner": "hidden_dim"}
BERT_SPECIAL = {"pad": "[PAD]", "unk": "[UNK]", "cls": "[CLS]", "sep": "[SEP]", "mask": "[MASK]"}
# RoBERTa's order: <s> 0, <pad> 1, </s> 2, <unk> 3. Its positions start behind the padding index.
ROBERTA_SPECIAL = {"cls": "<s>", "pad": "<pad>", "sep": "</s>", "unk": "<unk>", "mask": "<mask>"}

ARCHITECTURES = {
    "bert": Architecture("wordpiece", "BertTokenizer", BERT_NAMES, BERT_SPECIAL, token_types=True),
    "distilbert": Architecture("wordpiece", "DistilBertTokenizer", DISTILBERT_NAMES, BERT_SPECIAL),
    "electra": Architecture("wordpiece", "ElectraTokenizer", BERT_NAMES, BERT_SPECIAL, token_types=True),
    "roberta": Architecture("bpe", "RobertaTokenizer", BERT_NAMES, ROBERTA_SPECIAL, extra_positions=2),
    "xlm-roberta": Architecture("unigram", "XLMRobertaTokenizer", BERT_NAMES, ROBERTA_SPECIAL, extra_positions=2),
}

TASKS = {
    "text-classification": ("AutoModelForSequenceClassification", ("logits",), ["NEGATIVE", "POSITIVE"]),
    "token-classification": (
        "AutoModelForTokenClassification",
        ("logits",),
        ["O", "B-person", "I-person", "B-place", "I-place"],
    ),
    "question-answering": ("AutoModelForQuestionAnswering", ("start_logits", "end_logits"), None),
}


def _pieces(tokenizer: Any, size: int) -> Counter[str]:
    """Counts subwords of the corpus: every character, and the substrings that would shorten it most.

    The trainers of the tokenizers library break ties by the order of a hash map, so two runs learn different subwords;
    this does not. A subword that begins a word is counted under "^".
    """
    counts: Counter[str] = Counter()
    for line in CORPUS.strip().splitlines():
        normalized = tokenizer.normalizer.normalize_str(line)
        for word, _ in tokenizer.pre_tokenizer.pre_tokenize_str(normalized):
            for start in range(len(word)):
                for end in range(start + 1, min(start + 6, len(word)) + 1):
                    counts[("^" if start == 0 else "") + word[start:end]] += 1
    ranked = sorted(counts, key=lambda piece: (len(piece.lstrip("^")) > 1, -counts[piece] * len(piece), piece))
    return Counter({piece: counts[piece] for piece in ranked[:size]})


def _wordpiece(kind: Architecture) -> Any:
    from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers

    special = list(kind.special.values())
    tokenizer = Tokenizer(models.WordPiece({}, unk_token=kind.special["unk"]))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    pieces = [p[1:] if p[0] == "^" and len(p) > 1 else f"##{p}" for p in _pieces(tokenizer, VOCABULARY)]
    vocabulary = {piece: index for index, piece in enumerate([*special, *pieces])}
    tokenizer.model = models.WordPiece(vocabulary, unk_token=kind.special["unk"])
    tokenizer.add_special_tokens(special)
    return tokenizer


def _byte_level_bpe(kind: Architecture) -> Any:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=list(kind.special.values()),
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    tokenizer.train_from_iterator(CORPUS.strip().splitlines(), trainer)
    return tokenizer


def _unigram(kind: Architecture) -> Any:
    from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers

    special = list(kind.special.values())
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace("\u200b", "")])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    counts: Counter[str] = Counter()
    for piece, count in _pieces(tokenizer, VOCABULARY).items():
        counts[piece.lstrip("^") or "^"] += count
    scores = [(piece, math.log(count / counts.total())) for piece, count in counts.items()]
    tokenizer.model = models.Unigram([*((s, 0.0) for s in special), *scores], unk_id=special.index(kind.special["unk"]))
    tokenizer.add_special_tokens(special)
    return tokenizer


def build_tokenizer(architecture: str) -> Any:
    """Returns a transformers tokenizer whose subwords come from ``CORPUS``."""
    from tokenizers import processors
    from transformers import PreTrainedTokenizerFast

    kind = ARCHITECTURES[architecture]
    tokenizer = {"wordpiece": _wordpiece, "bpe": _byte_level_bpe, "unigram": _unigram}[kind.tokenizer](kind)
    cls, sep = kind.special["cls"], kind.special["sep"]
    if kind.tokenizer == "wordpiece":
        pair = f"{cls} $A {sep} $B:1 {sep}:1" if kind.token_types else f"{cls} $A {sep} $B {sep}"
    else:
        pair = f"{cls} $A {sep} {sep} $B {sep}"
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{cls} $A {sep}",
        pair=pair,
        special_tokens=[(token, tokenizer.token_to_id(token)) for token in (cls, sep)],
    )
    inputs = ["input_ids", "token_type_ids", "attention_mask"] if kind.token_types else ["input_ids", "attention_mask"]
    names = {f"{name}_token": token for name, token in kind.special.items()}
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, model_max_length=POSITIONS, model_input_names=inputs, **names
    )


def build_model(architecture: str, task: str, tokenizer: Any, seed: int) -> Any:
    """Returns a model with random weights, large enough that outputs differ clearly between inputs."""
    import torch
    import transformers

    kind = ARCHITECTURES[architecture]
    model_class, _, labels = TASKS[task]
    sizes = {"width": WIDTH, "layers": LAYERS, "heads": HEADS, "inner": 2 * WIDTH}
    config = transformers.AutoConfig.for_model(
        architecture,
        vocab_size=len(tokenizer),
        max_position_embeddings=POSITIONS + kind.extra_positions,
        pad_token_id=tokenizer.pad_token_id,
        **{kind.names[name]: size for name, size in sizes.items()},
        **({"embedding_size": WIDTH} if architecture == "electra" else {}),
        **({"type_vocab_size": 2 if kind.token_types else 1} if architecture != "distilbert" else {}),
    )
    if labels:
        config.num_labels = len(labels)
        config.id2label = dict(enumerate(labels))
        config.label2id = {label: index for index, label in enumerate(labels)}
    transformers.set_seed(seed)
    model = getattr(transformers, model_class).from_config(config, attn_implementation="eager")
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.dim() > 1:
                parameter.normal_(0.0, 0.2)
    return model.eval()


def write_tiny(architecture: str, task: str, folder: Path, seed: int = 0, int8: bool = True) -> None:
    """Writes a tiny model folder: config.json, model.safetensors, tokenizer files, onnx/."""
    from loupe_trainer.export import export_onnx
    from loupe_trainer.quantize import quantize_int8

    kind = ARCHITECTURES[architecture]
    _, outputs, _ = TASKS[task]
    tokenizer = build_tokenizer(architecture)
    model = build_model(architecture, task, tokenizer, seed)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    config_file = folder / "tokenizer_config.json"
    config = json.loads(config_file.read_text(encoding="utf-8"))
    config["tokenizer_class"] = kind.tokenizer_class
    config_file.write_text(json.dumps(config, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    fp32 = folder / "onnx" / "model.onnx"
    export_onnx(model, tokenizer.model_input_names, outputs, task != "text-classification", fp32)
    if int8:
        quantize_int8(fp32, folder / "onnx" / "model_quantized.onnx")


def main(argv: list[str] | None = None) -> int:
    """Writes one tiny model folder and prints it."""
    parser = argparse.ArgumentParser(prog="loupe_trainer.testing", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    tiny = verbs.add_parser("tiny", help="write a tiny model folder")
    tiny.add_argument("--architecture", choices=sorted(ARCHITECTURES), default="bert")
    tiny.add_argument("--task", choices=sorted(TASKS), default="text-classification")
    tiny.add_argument("--output", type=Path, required=True)
    tiny.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args(argv)
    if arguments.output.exists() and any(arguments.output.iterdir()):
        print(f"error: {arguments.output} is not empty", file=sys.stderr)
        return 2
    write_tiny(arguments.architecture, arguments.task, arguments.output, arguments.seed)
    print(arguments.output)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
