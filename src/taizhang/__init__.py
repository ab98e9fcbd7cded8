"""Taizhang (台账): an accountability ledger."""

__version__ = "0.1.0"
