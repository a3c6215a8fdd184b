"""Loupe's training side: one job file in, one run folder of plain files out."""

__version__ = "0.1.0"
