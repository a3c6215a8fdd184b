"""How each model type is built here: sizes, tokenizer, special tokens, tasks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

WIDTH, LAYERS, HEADS, POSITIONS, VOCABULARY = 32, 2, 4, 128, 600


@dataclass(frozen=True)
class Architecture:
    """``names`` maps our sizes to the config's; ``template``: special tokens around one sequence and around two."""

    tokenizer: str
    tokenizer_class: str
    names: dict[str, str]
    special: dict[str, str]
    template: tuple[str, str] | None
    family: str = "encoder"
    token_types: bool = False
    extra_positions: int = 0
    extra: dict[str, Any] = field(default_factory=dict)


BERT_NAMES = {
    "width": "hidden_size",
    "layers": "num_hidden_layers",
    "heads": "num_attention_heads",
    "inner": "intermediate_size",
    "positions": "max_position_embeddings",
}
DISTILBERT_NAMES = BERT_NAMES | {"width": "dim", "layers": "n_layers", "heads": "n_heads", "inner": "hidden_dim"}
GPT2_NAMES = {"width": "n_embd", "layers": "n_layer", "heads": "n_head", "inner": "n_inner", "positions": "n_positions"}
T5_NAMES = {"width": "d_model", "layers": "num_layers", "heads": "num_heads", "inner": "d_ff"}

BERT_SPECIAL = {"pad": "[PAD]", "unk": "[UNK]", "cls": "[CLS]", "sep": "[SEP]", "mask": "[MASK]"}
# RoBERTa's order: <s> 0, <pad> 1, </s> 2, <unk> 3. Its positions start behind the padding index.
ROBERTA_SPECIAL = {"cls": "<s>", "pad": "<pad>", "sep": "</s>", "unk": "<unk>", "mask": "<mask>"}
GPT2_SPECIAL = {"bos": "<|endoftext|>", "eos": "<|endoftext|>", "unk": "<|endoftext|>", "pad": "<|endoftext|>"}
LLAMA_SPECIAL = {"unk": "<unk>", "bos": "<s>", "eos": "</s>", "pad": "</s>"}
T5_SPECIAL = {"pad": "<pad>", "eos": "</s>", "unk": "<unk>"}

BERT_TEMPLATE = ("[CLS] $A [SEP]", "[CLS] $A [SEP] $B:1 [SEP]:1")
PLAIN_TEMPLATE = ("[CLS] $A [SEP]", "[CLS] $A [SEP] $B [SEP]")
ROBERTA_TEMPLATE = ("<s> $A </s>", "<s> $A </s> </s> $B </s>")

ARCHITECTURES = {
    "albert": Architecture(
        # With BERT's tokenizer, as the Chinese ALBERTs have it: transformers takes AlbertTokenizer's normaliser from
        # the class and not from tokenizer.json.
        "wordpiece", "BertTokenizer", BERT_NAMES, BERT_SPECIAL, BERT_TEMPLATE, token_types=True,
        extra={"embedding_size": WIDTH // 2, "type_vocab_size": 2},
    ),
    "bert": Architecture(
        "wordpiece", "BertTokenizer", BERT_NAMES, BERT_SPECIAL, BERT_TEMPLATE, token_types=True,
        extra={"type_vocab_size": 2},
    ),
    "distilbert": Architecture("wordpiece", "DistilBertTokenizer", DISTILBERT_NAMES, BERT_SPECIAL, PLAIN_TEMPLATE),
    "electra": Architecture(
        "wordpiece", "ElectraTokenizer", BERT_NAMES, BERT_SPECIAL, BERT_TEMPLATE, token_types=True,
        extra={"embedding_size": WIDTH, "type_vocab_size": 2},
    ),
    "roberta": Architecture(
        "bpe", "RobertaTokenizer", BERT_NAMES, ROBERTA_SPECIAL, ROBERTA_TEMPLATE, extra_positions=2,
        extra={"type_vocab_size": 1},
    ),
    "xlm-roberta": Architecture(
        "unigram", "XLMRobertaTokenizer", BERT_NAMES, ROBERTA_SPECIAL, ROBERTA_TEMPLATE, extra_positions=2,
        extra={"type_vocab_size": 1},
    ),
    "gpt2": Architecture("bpe", "GPT2Tokenizer", GPT2_NAMES, GPT2_SPECIAL, None, family="decoder"),
    # Two heads of queries share one of keys and values; onnxruntime's GroupQueryAttention wants heads 16 wide.
    "llama": Architecture(
        "bpe", "LlamaTokenizer", BERT_NAMES, LLAMA_SPECIAL, ("<s> $A", "<s> $A $B"), family="decoder",
        extra={"num_key_value_heads": HEADS // 2, "head_dim": 16},
    ),
    # Unlike numbers of layers, so that nobody takes one stack for the other.
    "t5": Architecture(
        "unigram", "T5Tokenizer", T5_NAMES, T5_SPECIAL, ("$A </s>", "$A </s> $B </s>"), family="encoder-decoder",
        extra={"num_decoder_layers": LAYERS + 1, "d_kv": WIDTH // HEADS, "decoder_start_token_id": 0},
    ),
}  # fmt: skip

CLASSIFIER_TASKS = {
    "text-classification": ("AutoModelForSequenceClassification", ("logits",), ["NEGATIVE", "POSITIVE"]),
    "token-classification": (
        "AutoModelForTokenClassification",
        ("logits",),
        ["O", "B-person", "I-person", "B-place", "I-place"],
    ),
    "question-answering": ("AutoModelForQuestionAnswering", ("start_logits", "end_logits"), None),
}
TASKS: dict[str, tuple[str, tuple[str, ...], list[str] | None]] = {
    **CLASSIFIER_TASKS,
    "text-generation": ("AutoModelForCausalLM", ("logits",), None),
    "text2text-generation": ("AutoModelForSeq2SeqLM", ("logits",), None),
}
TASKS_OF_FAMILY = {
    "encoder": tuple(CLASSIFIER_TASKS),
    "decoder": ("text-generation",),
    "encoder-decoder": ("text2text-generation",),
}


def of_family(family: str) -> list[str]:
    """Names of the architectures of a family, sorted."""
    return sorted(name for name, kind in ARCHITECTURES.items() if kind.family == family)
