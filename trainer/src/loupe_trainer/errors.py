"""Errors that a user can act on."""


class JobError(Exception):
    """The job cannot run as written: bad job file, missing or malformed data, a model folder that does not fit.

    The message says what is wrong, where (file, line, column when known) and what to do. The command line prints it
    without a traceback and exits with code 2.
    """


class Stopped(Exception):  # noqa: N818 - a request that was honoured, not an error
    """Someone asked the run to stop; a checkpoint is on disk and the run can be resumed (exit code 75)."""
