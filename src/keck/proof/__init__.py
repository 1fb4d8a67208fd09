"""Proof: the app before a patch and after it, booted in copies of its tree and compared.

What runs in the project's interpreter (`child` and what it imports) stands on the standard library; the rest is
imported when it is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from keck.proof.apps import candidates
    from keck.proof.outcome import Boot, Difference, Proof, TestRun
    from keck.proof.prover import Prover

__all__ = ["Boot", "Difference", "Proof", "Prover", "TestRun", "candidates"]

_PLACES = {"Prover": "prover", "candidates": "apps"}


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(name)
    from importlib import import_module

    return vars(import_module(f"keck.proof.{_PLACES.get(name, 'outcome')}"))[name]
