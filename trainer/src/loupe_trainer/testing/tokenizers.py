"""Real tokenizers whose subwords come from a small corpus, the same every time."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

from loupe_trainer.testing.architectures import ARCHITECTURES, POSITIONS, VOCABULARY, Architecture

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
        special_tokens=list(dict.fromkeys(kind.special.values())),
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
    if kind.template:
        single, pair = kind.template
        used = [token for token in dict.fromkeys(kind.special.values()) if token in single]
        tokenizer.post_processor = processors.TemplateProcessing(
            single=single, pair=pair, special_tokens=[(token, tokenizer.token_to_id(token)) for token in used]
        )
    inputs = ["input_ids", "token_type_ids", "attention_mask"] if kind.token_types else ["input_ids", "attention_mask"]
    names = {f"{name}_token": token for name, token in kind.special.items()}
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, model_max_length=POSITIONS, model_input_names=inputs, **names
    )
