"""The tasks the trainer knows, one file each."""

from __future__ import annotations

from loupe_trainer.config import Job
from loupe_trainer.tasks.base import Split, Task
from loupe_trainer.tasks.question_answering import QuestionAnswering
from loupe_trainer.tasks.text_classification import TextClassification
from loupe_trainer.tasks.token_classification import TokenClassification

TASKS: dict[str, type[Task]] = {
    "text-classification": TextClassification,
    "token-classification": TokenClassification,
    "question-answering": QuestionAnswering,
}

__all__ = ["TASKS", "Split", "Task", "create_task"]


def create_task(job: Job, tokenizer: object) -> Task:
    """Returns the task a job names."""
    return TASKS[job.task](job, tokenizer)
