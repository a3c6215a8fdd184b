"""Bad job files: what the message says and where it points."""

from __future__ import annotations

import json

import pytest

from loupe_trainer.config import load_job
from loupe_trainer.errors import JobError

GOOD = """{
  // a comment
  "job": "finetune",
  "name": "tiny",
  "task": "text-classification",
  "model": "base",
  "dataset": { "train": "train.csv" },
  "training": { "num_train_epochs": 1, },
}
"""


@pytest.fixture
def write(tmp_path):
    """Returns a function that writes a job beside a model and data that exist."""
    (tmp_path / "base").mkdir()
    (tmp_path / "base/config.json").write_text("{}")
    (tmp_path / "train.csv").write_text("text,label\nfine,good\n")

    def write_job(text):
        file = tmp_path / "job.loupe.json"
        file.write_text(text, encoding="utf-8")
        return file

    return write_job


def test_good_job_loads_with_comments_and_trailing_commas(write, tmp_path):
    job = load_job(write(GOOD))
    assert job.model == tmp_path / "base"
    assert job.dataset.train == tmp_path / "train.csv"
    assert job.training == {"num_train_epochs": 1}
    assert (job.max_length, job.seed, job.export.int8) == (128, 42, True)


def test_resolved_job_reads_back_equal(write, tmp_path):
    job = load_job(write(GOOD))
    assert load_job(write(json.dumps(job.to_json()))) == job


@pytest.mark.parametrize(
    ("old", "new", "line", "column", "words"),
    [
        ('"job": "finetune",', '"job": "finetune"', 4, 3, ['"," or "}"']),
        ('"name": "tiny",', '"name": "Tiny model",', 4, 3, ["name"]),
        ('"name": "tiny",', "", 1, 1, ['"name" is missing']),
        ('"name": "tiny",', '"name": "tiny", "name": "b",', 4, 19, ["occurs twice"]),
        ('"text-classification"', '"summarization"', 5, 3, ["summarization", "question-answering"]),
        (
            '"num_train_epochs": 1',
            '"num_train_epoch": 1',
            8,
            17,
            ["num_train_epoch", 'did you mean "num_train_epochs"'],
        ),
        ('"num_train_epochs": 1', '"evaluation_strategy": "no"', 8, 17, ["version 4", '"eval_strategy"']),
        ('"num_train_epochs": 1', '"warmup_ratio": 0.1', 8, 17, ["version 4", "warmup_steps"]),
        ('"num_train_epochs": 1', '"num_train_epochs": "two"', 8, 17, ["'two' is not of type 'number'"]),
        ('"num_train_epochs": 1', '"eval_strategy": "epoch"', 8, 17, ['needs "validation"']),
        ('"train": "train.csv"', '"train": "gone.csv"', 7, 16, ["no file", "gone.csv"]),
        ('"model": "base"', '"model": "gone"', 6, 3, ["not a model folder"]),
        ('"model": "base"', '"model": NaN', 6, 12, ["NaN"]),
        ('"model": "base"', '"model": "base\\x"', 6, 12, ["escape"]),
        ('"model": "base",', '"model": "base", "export": {"onnx": false},', 6, 20, ["int8"]),
        ('"model": "base",', '"model": "base", "epochs": 2,', 6, 20, ['unknown key "epochs"']),
    ],
)
def test_bad_job_points_at_the_place(write, old, new, line, column, words):
    assert old in GOOD
    file = write(GOOD.replace(old, new))
    with pytest.raises(JobError) as caught:
        load_job(file)
    message = str(caught.value)
    assert message.startswith(f"{file}:{line}:{column}: "), message
    for word in words:
        assert word in message


def test_file_that_is_not_there_or_not_text(tmp_path):
    with pytest.raises(JobError, match="cannot read"):
        load_job(tmp_path / "none.loupe.json")
    (tmp_path / "binary.loupe.json").write_bytes(b"\xff\xfe\x00{")
    with pytest.raises(JobError, match="not UTF-8"):
        load_job(tmp_path / "binary.loupe.json")


def test_command_line_prints_one_message_and_returns_2(write, run_cli, capsys):
    assert run_cli("check", write(GOOD.replace("finetune", "train"))) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert ':3:3: "job" is "train"; it must be one of "finetune"' in error


def test_every_recipe_job_fits_the_schema():
    from pathlib import Path

    import jsonschema

    from loupe_trainer import jsonc
    from loupe_trainer.config import SCHEMA_FILE

    schema = json.loads(SCHEMA_FILE.read_text())
    jsonschema.Draft7Validator.check_schema(schema)
    root = Path(__file__).parents[2]
    files = [*root.glob("trainer/recipes/*/*.loupe.json"), *root.glob("examples/jobs/*.loupe.json")]
    assert files
    for file in files:
        jsonschema.Draft7Validator(schema).validate(jsonc.parse(file.read_text(encoding="utf-8")).value)
