"""Stopping a run politely: by SIGTERM, or by a file named ``stop`` in the run folder (for systems without signals)."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from loupe_trainer.errors import Stopped


class StopRequest:
    """Knows whether someone asked the run to stop."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._signalled = False

    def __bool__(self) -> bool:
        return self._signalled or self._file.exists()

    def check(self) -> None:
        """Raises Stopped if a stop was asked for; called between stages, where everything needed is on disk."""
        if self:
            raise Stopped

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Notes SIGTERM and SIGINT instead of dying of them; the previous handlers come back afterwards."""
        if threading.current_thread() is not threading.main_thread():
            yield  # Python accepts signal handlers in the main thread only (Ray trains in another)
            return
        handlers = {number: signal.signal(number, self._note) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            yield
        finally:
            for number, handler in handlers.items():
                signal.signal(number, handler)

    def _note(self, _number: int, _frame: object) -> None:
        self._signalled = True
