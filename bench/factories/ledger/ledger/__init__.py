"""The club's ledger."""

__version__ = "1.3"
