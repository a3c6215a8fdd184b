"""What Python says about attention: transformers' eager ``output_attentions``, or the Softmax nodes of an ONNX file.

    python attentionReference.py JOBS.json FOLDER        (PYTHONPATH: trainer/src)

Reads jobs by name and writes results.json and tensors.bin (little-endian, one after the other) into FOLDER, and models
below it. Jobs, by "kind":

    tiny      {architecture, variants}   variants: {name: options of loupe_trainer.testing.Variant}, all of one model
    encoder   {folder}                   a real encoder of safetensors, exported by the trainer
    gates     {architecture, variants}   as tiny; logits with heads switched off or turned down
    softmax   {file}                     somebody's ONNX file: Python's onnxruntime, with every Softmax as an output
    text      {architecture | folder, text, target?}   tokens and maps of a text; the check's file is a model folder

A job's result is a list of checks: {file, variant, title, inputs, outputs, expected, rows}. ``inputs`` may hold more
than the file takes, ``outputs`` are expected by name. ``expected`` lists maps [batch, heads, queries, keys] by stack,
in the order of layers. ``rows`` [batch, queries] is 0 where a query may look at nothing (padding before a causal text);
null: all rows count.
"""

from __future__ import annotations

import json
import shutil
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
import transformers
from loupe_trainer import testing
from loupe_trainer.evaluate import open_session
from loupe_trainer.export import export_onnx
from loupe_trainer.testing import generators

Job = dict[str, Any]
Inputs = dict[str, torch.Tensor]
SEED = 11
TASKS = {"encoder": "text-classification", "decoder": "text-generation", "encoder-decoder": "text2text-generation"}


class Results:
    """Collects checks, and writes each tensor once."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.at, self.known = folder, 0, {}
        self.stream = (folder / "tensors.bin").open("wb")

    def tensor(self, value: Any) -> Job:
        """Writes a tensor and returns where it lies."""
        if id(value) not in self.known:
            array = np.ascontiguousarray(value.detach().numpy() if isinstance(value, torch.Tensor) else value)
            array = array.astype(np.float32 if array.dtype.kind == "f" else np.int64)
            # A view of an offset that 8-byte numbers can have.
            self.at += self.stream.write(b"\0" * (-self.at % 8))
            place = {"type": str(array.dtype), "dims": list(array.shape), "offset": self.at, "count": array.size}
            self.at += self.stream.write(array.tobytes())
            # The value is kept, so that no other one gets its id.
            self.known[id(value)] = (value, place)
        return self.known[id(value)][1]

    def check(
        self,
        where: tuple[Path, str],
        title: str,
        inputs: Inputs,
        expected: dict[str, Any],
        rows: Any = None,
        outputs: Inputs | None = None,
    ) -> Job:
        """One run of one file and what it must give: maps by stack, outputs by name."""
        return {
            "file": str(where[0]),
            "variant": where[1],
            "title": title,
            "inputs": {name: self.tensor(value) for name, value in inputs.items()},
            "outputs": {name: self.tensor(value) for name, value in (outputs or {}).items()},
            "expected": {stack: [self.tensor(layer) for layer in layers] for stack, layers in expected.items()},
            "rows": None if rows is None else self.tensor(rows),
        }


def encoder_inputs(config: Any, lengths: list[int], tokens: int) -> Inputs:
    """A batch of random tokens of the given lengths, padded to ``tokens``."""
    generator = torch.Generator().manual_seed(tokens)
    mask = torch.tensor([[1] * length + [0] * (tokens - length) for length in lengths])
    ids = torch.randint(5, config.vocab_size, mask.shape, generator=generator)
    types = (torch.arange(tokens) > tokens // 2).long() if getattr(config, "type_vocab_size", 1) > 1 else mask[0] * 0
    return {
        # RoBERTa counts positions by looking for the padding token.
        "input_ids": torch.where(mask == 1, ids, config.pad_token_id),
        "attention_mask": mask,
        "token_type_ids": types.expand_as(mask).contiguous(),
    }


def encoder_cases(limit: int) -> list[tuple[str, list[int], int]]:
    """Title, lengths and padded length of each batch."""
    return [
        ("one token", [1], 1),
        ("five tokens", [5], 5),
        ("a batch with padding", [17, 3, 9], 17),
        ("a row of padding only", [7, 0], 7),
        ("the longest text", [limit, limit - 100] if limit <= testing.POSITIONS else [limit], limit),
    ]


def encoder_checks(results: Results, model: Any, files: dict[str, Path], eager: set[str], limit: int) -> list[Job]:
    """Checks of an encoder; what a text of padding only attends to is defined by ``eager`` files alone."""
    takes = {entry.name for file in files.values() for entry in onnx.load(file, load_external_data=False).graph.input}
    checks = []
    for title, lengths, tokens in encoder_cases(limit):
        inputs = {name: value for name, value in encoder_inputs(model.config, lengths, tokens).items() if name in takes}
        attentions = model(**inputs, output_attentions=True).attentions
        for name, file in files.items():
            if 0 in lengths and name not in eager:
                continue
            checks.append(results.check((file, name), title, inputs, {"encoder": attentions}))
    return checks


def is_eager(options: Job) -> bool:
    """Whether a variant's graph computes what eager attention does, padding's own rows included."""
    return options.get("attention", "eager") == "eager" and "operator" not in options


def decoder_checks(results: Results, model: Any, files: dict[str, Path], variants: Job) -> list[Job]:
    """Checks of a causal model: whole texts, and, with a cache, further tokens after a real past."""
    checks = []
    for batch, past, tokens in ((1, 0, 1), (1, 0, 6), (2, 0, 17), (1, 0, testing.POSITIONS), (1, 6, 1), (2, 9, 4)):
        inputs = generators.causal_inputs(model.config, batch, 0, past + tokens)
        title = f"{batch} x {tokens} tokens after {past}"
        for name, file in files.items():
            cache = variants[name].get("cache", False)
            # The fused GroupQueryAttention graph counts padding at the end only.
            if (past and not cache) or (batch > 1 and "GroupQuery" in variants[name].get("operator", "")):
                continue
            feed, attentions = with_past(model, inputs, past) if cache else without_past(model, inputs)
            rows = None if is_eager(variants[name]) else inputs["attention_mask"][:, past:]
            checks.append(results.check((file, name), title, feed, {"decoder": attentions}, rows))
    return checks


def without_past(model: Any, inputs: Inputs) -> tuple[Inputs, Any]:
    """Inputs and attentions of a graph that counts positions by itself, padding too."""
    feed = {name: inputs[name] for name in ("input_ids", "attention_mask")}
    return feed, model(**feed, use_cache=False, output_attentions=True).attentions


def with_past(model: Any, inputs: Inputs, past: int) -> tuple[Inputs, Any]:
    """Inputs and attentions of the tokens after ``past``, whose keys and values are the model's own."""
    named = {name: inputs[name] for name in ("input_ids", "attention_mask", "position_ids")}
    feed = {name: inputs[name] for name in generators.past_names(model.config)}
    before = transformers.DynamicCache()
    if past:
        before = model(**{name: value[:, :past] for name, value in named.items()}, use_cache=True).past_key_values
        for at, layer in enumerate(before.layers):
            # Copies: the second run writes into the cache.
            feed[f"past_key_values.{at}.key"] = layer.keys.clone()
            feed[f"past_key_values.{at}.value"] = layer.values.clone()
        mask = named.pop("attention_mask")
        named = {name: value[:, past:] for name, value in named.items()} | {"attention_mask": mask}
    attentions = model(**named, past_key_values=before, use_cache=True, output_attentions=True).attentions
    return named | feed, attentions


def seq2seq_checks(results: Results, model: Any, folders: dict[str, Path], variants: Job) -> list[Job]:
    """Checks of an encoder-decoder, whole or in two files: all three stacks."""
    checks = []
    for batch, source, target in ((1, 1, 1), (1, 9, 4), (3, 17, 6), (2, testing.POSITIONS, 40)):
        inputs = generators.seq2seq_inputs(model.config, batch, source, target)
        output = model(**inputs, output_attentions=True, use_cache=False)
        title = f"{batch} x {source} tokens to {target}"
        encoder = {"encoder": output.encoder_attentions}
        decoder = {"decoder": output.decoder_attentions, "cross": output.cross_attentions}
        halves = {
            "encoder_attention_mask": inputs["attention_mask"],
            "input_ids": inputs["decoder_input_ids"],
            "encoder_hidden_states": output.encoder_last_hidden_state,
        }
        for name, folder in folders.items():
            if variants[name].get("split"):
                checks.append(results.check((folder / "encoder_model.onnx", name), title, inputs, encoder))
                checks.append(results.check((folder / "decoder_model.onnx", name), title, halves, decoder))
                continue
            checks.append(results.check((folder / "model.onnx", name), title, inputs, encoder | decoder))
    return checks


def tiny(job: Job, results: Results, name: str) -> list[Job]:
    """Writes all variants of a tiny model and returns their checks."""
    architecture = job["architecture"]
    family = testing.ARCHITECTURES[architecture].family
    folders = {}
    for variant, options in job["variants"].items():
        folders[variant] = results.folder / name / variant
        chosen = testing.Variant(**({"int8": False} | options))
        testing.write_tiny(architecture, TASKS[family], folders[variant], SEED, chosen)
    model = testing.build_model(architecture, TASKS[family], testing.build_tokenizer(architecture), SEED)
    onnx_folders = {variant: folder / "onnx" for variant, folder in folders.items()}
    files = {variant: folder / "model.onnx" for variant, folder in onnx_folders.items()}
    if family == "decoder":
        return decoder_checks(results, model, files, job["variants"])
    if family == "encoder-decoder":
        return seq2seq_checks(results, model, onnx_folders, job["variants"])
    plain = {variant for variant, options in job["variants"].items() if is_eager(options)}
    return encoder_checks(results, model, files, plain, testing.POSITIONS)


def encoder(job: Job, results: Results, name: str) -> list[Job]:
    """Exports a real encoder and returns its checks at several lengths."""
    model = transformers.AutoModel.from_pretrained(job["folder"], attn_implementation="eager").eval()
    file = results.folder / name / "model.onnx"
    names = ["input_ids", "attention_mask", "token_type_ids"]
    export_onnx(model, names, ("last_hidden_state",), True, file)
    return encoder_checks(results, model, {"export": file}, {"export"}, model.config.max_position_embeddings)


def softmax(job: Job, results: Results, name: str) -> list[Job]:
    """Returns checks of an ONNX file against Python's onnxruntime, where every Softmax has become an output."""
    model = onnx.load(job["file"])
    found = [node.output[0] for node in model.graph.node if node.op_type == "Softmax"]
    for output in found:
        model.graph.output.append(onnx.helper.make_tensor_value_info(output, onnx.TensorProto.FLOAT, None))
    tapped = results.folder / name / "tapped.onnx"
    tapped.parent.mkdir(parents=True)
    onnx.save(model, str(tapped))
    session = open_session(tapped)
    takes = [entry.name for entry in session.get_inputs()]
    config = transformers.BertConfig(vocab_size=28996)  # BERT's smallest
    checks = []
    for title, lengths, tokens in encoder_cases(256):
        if 0 in lengths:
            continue
        inputs = {key: value for key, value in encoder_inputs(config, lengths, tokens).items() if key in takes}
        maps = session.run(found, {key: value.numpy() for key, value in inputs.items()})
        checks.append(results.check((Path(job["file"]), "as it is"), title, inputs, {"encoder": maps}))
    return checks


def gates(job: Job, results: Results, name: str) -> list[Job]:
    """Writes all variants of a tiny model and returns checks of their logits with gates on the heads.

    A head's gate scales what the head adds, as the same factor on its columns of the output projection does.
    """
    architecture = job["architecture"]
    family = testing.ARCHITECTURES[architecture].family
    model = testing.build_model(architecture, TASKS[family], testing.build_tokenizer(architecture), SEED)
    if family == "encoder":
        inputs = encoder_inputs(model.config, [9, 6], 9)
        feed = {key: inputs[key] for key in ("input_ids", "attention_mask", "token_type_ids")}
    elif family == "decoder":
        inputs = generators.causal_inputs(model.config, 1, 0, 9)
        feed = {key: inputs[key] for key in ("input_ids", "attention_mask")}
    else:
        feed = inputs = generators.seq2seq_inputs(model.config, 2, 9, 5)
    generator = torch.Generator().manual_seed(SEED)
    values = {}
    for stack, layers in output_projections(architecture, model).items():
        # Off, on, and halfway.
        chosen = torch.randint(0, 3, (len(layers), testing.HEADS), generator=generator) / 2
        for factors, weight in zip(chosen, layers, strict=True):
            weight.mul_(factors.repeat_interleave(weight.shape[1] // testing.HEADS))
        values[f"loupe.gates.{stack}"] = chosen.expand(feed["input_ids"].shape[0], -1, -1).contiguous()
    options = {} if family == "encoder" else {"use_cache": False}
    logits = model(**feed, **options).logits
    checks = []
    for variant, chosen in job["variants"].items():
        folder = results.folder / name / variant
        testing.write_tiny(architecture, TASKS[family], folder, SEED, testing.Variant(**({"int8": False} | chosen)))
        where = (folder / "onnx" / "model.onnx", variant)
        checks.append(results.check(where, "gates", inputs | values, {}, outputs={"logits": logits}))
    return checks


def output_projections(architecture: str, model: Any) -> dict[str, list[torch.Tensor]]:
    """The output projections' weights [out, in] by stack; what is written to them changes the model."""
    if architecture == "bert":
        return {"encoder": [layer.attention.output.dense.weight for layer in model.bert.encoder.layer]}
    if architecture == "gpt2":
        return {"decoder": [block.attn.c_proj.weight.T for block in model.transformer.h]}
    if architecture == "llama":
        return {"decoder": [layer.self_attn.o_proj.weight for layer in model.model.layers]}
    blocks = model.decoder.block
    return {
        "encoder": [block.layer[0].SelfAttention.o.weight for block in model.encoder.block],
        "decoder": [block.layer[0].SelfAttention.o.weight for block in blocks],
        "cross": [block.layer[1].EncDecAttention.o.weight for block in blocks],
    }


def text(job: Job, results: Results, name: str) -> list[Job]:
    """Writes a whole model folder and returns what its own tokenizer and torch make of a text."""
    folder = results.folder / name
    if "folder" in job:
        model = transformers.AutoModel.from_pretrained(job["folder"], attn_implementation="eager").eval()
        tokenizer = transformers.AutoTokenizer.from_pretrained(job["folder"])
        for file in ("config.json", "tokenizer.json", "tokenizer_config.json"):
            folder.mkdir(exist_ok=True)
            shutil.copy(Path(job["folder"]) / file, folder / file)
        names = ["input_ids", "attention_mask", "token_type_ids"]
        export_onnx(model, names, ("last_hidden_state",), True, folder / "onnx" / "model.onnx")
        family = "encoder"
    else:
        family = testing.ARCHITECTURES[job["architecture"]].family
        variant = testing.Variant(int8=False, split=family == "encoder-decoder", cache=family == "decoder")
        testing.write_tiny(job["architecture"], TASKS[family], folder, SEED, variant)
        tokenizer = testing.build_tokenizer(job["architecture"])
        model = testing.build_model(job["architecture"], TASKS[family], tokenizer, SEED)
    inputs = dict(tokenizer(job["text"], return_tensors="pt"))
    if family != "encoder-decoder":
        stack = "encoder" if family == "encoder" else "decoder"
        maps = {stack: model(**inputs, output_attentions=True).attentions}
    else:
        labels = tokenizer(job["target"], return_tensors="pt")["input_ids"]
        inputs["decoder_input_ids"] = model.prepare_decoder_input_ids_from_labels(labels=labels)
        output = model(**inputs, output_attentions=True, use_cache=False)
        maps = {
            "encoder": output.encoder_attentions,
            "decoder": output.decoder_attentions,
            "cross": output.cross_attentions,
        }
    return [results.check((folder, "folder"), job["text"], inputs, maps)]


KINDS = {"tiny": tiny, "encoder": encoder, "gates": gates, "softmax": softmax, "text": text}


def main() -> int:
    """Does all jobs."""
    warnings.simplefilter("ignore")
    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    torch.set_num_threads(1)
    jobs = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    folder = Path(sys.argv[2])
    results = Results(folder)
    with torch.no_grad():
        checks = {name: KINDS[job["kind"]](job, results, name) for name, job in jobs.items()}
    results.stream.close()
    (folder / "results.json").write_text(json.dumps(checks), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
