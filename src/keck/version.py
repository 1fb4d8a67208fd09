"""The version of this Keck."""

__version__ = "0.1.0"
