"""What Trainer tells a run while it trains."""

from __future__ import annotations

import time
from typing import Any

from transformers import TrainerCallback

from loupe_trainer.events import EventLog
from loupe_trainer.stopping import StopRequest


class RunCallback(TrainerCallback):
    """Writes events, and turns a stop request into a checkpoint and an end of training after the current step."""

    def __init__(self, events: EventLog, stop: StopRequest) -> None:
        self._events = events
        self._stop = stop
        self._began = (0.0, 0)  # (monotonic seconds, step) at the start of this session

    def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Says how long training will be."""
        self._began = (time.monotonic(), state.global_step)
        self._events.write("begin", step=state.global_step, max_steps=state.max_steps, epochs=args.num_train_epochs)

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Asks for a checkpoint and the end of training once someone wants the run to stop."""
        if self._stop and state.global_step < state.max_steps:
            self._events.write("stopping", step=state.global_step)
            control.should_save = True
            control.should_training_stop = True
            control.should_evaluate = False

    def on_epoch_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Skips the epoch's evaluation when stopping: it can take minutes."""
        if self._stop and state.global_step < state.max_steps:
            control.should_evaluate = False

    def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, Any] | None = None, **_: Any) -> None:
        """Writes a training log (loss, learning_rate, grad_norm, epoch) with the seconds left."""
        values = dict(logs or {})
        if "loss" in values:
            began, first_step = self._began
            pace = (time.monotonic() - began) / max(state.global_step - first_step, 1)
            values["eta_s"] = round(pace * (state.max_steps - state.global_step), 1)
            self._events.write("log", step=state.global_step, **values)

    def on_evaluate(self, args: Any, state: Any, control: Any, metrics: dict[str, Any] | None = None, **_: Any) -> None:
        """Writes the metrics on the validation data."""
        self._events.write("eval", step=state.global_step, metrics=metrics or {})

    def on_save(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Names the checkpoint that was written."""
        self._events.write("checkpoint", step=state.global_step, folder=f"checkpoints/checkpoint-{state.global_step}")
