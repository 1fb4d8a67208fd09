"""Values as texts that can be compared between two boots: without addresses, secrets, modules and the copy's place."""

# ruff: noqa: ANN401 - values of the app are what they are

from __future__ import annotations

import functools
import hashlib
import hmac
import json
import os
import re
import types
from collections.abc import Mapping
from typing import Any

from keck.live.config import plain
from keck.live.secrets import Scrubber, is_a, is_secret, texts

_ADDRESS = re.compile(r"\bat 0x[0-9A-Fa-f]+|\b0x[0-9A-Fa-f]{6,}")
_DEPTH = 6
_LONGEST = 2000
_FUNCTIONS = (types.FunctionType, types.BuiltinFunctionType, types.MethodType, type)


class Texts:
    """Writes values down.

    Args:
        key: that secrets are hashed with, so that none can be told from what is written.
        copy: where the app was booted; paths below it become relative.
        config: of the app; its secrets are taken out of other texts.
    """

    def __init__(self, key: bytes, copy: str, config: Mapping[str, Any]) -> None:
        self.key = key
        self.copies = sorted({copy, os.path.realpath(copy)}, key=len, reverse=True)
        self.scrubber = Scrubber(config)

    def json(self, value: Any, name: str = "") -> str:
        """Return a value as JSON text.

        Args:
            value: any.
            name: of the config key or attribute that holds it, by which a secret is known and hashed, also where it
                stands in a dictionary; empty where names mean no such thing.
        """
        return json.dumps(self.data(value, name), ensure_ascii=False, sort_keys=True)

    def data(self, value: Any, name: str = "", depth: int = _DEPTH) -> Any:
        """Return a value as JSON data."""
        if name and is_secret(name, value) and any(texts(value)):
            return f"{type(value).__name__} {self.hashed(value)}"
        if value is None or type(value) in {bool, int}:
            return value
        if type(value) is str:
            return self.text(value)
        if is_a(value, dict) and depth:
            return {
                self.text(str(key)): self.data(one, str(key) if name else "", depth - 1)
                for key, one in dict.items(value)
            }
        if is_a(value, list, tuple, set, frozenset) and depth:
            members = [self.data(one, "", depth - 1) for one in value]
            return sorted(members, key=str) if is_a(value, set, frozenset) else members
        if is_a(value, *_FUNCTIONS, functools.partial):
            return f"{called(value)}()"
        simple = plain(value)
        return self.text(str(simple if simple is not None else _shown(value)))

    def text(self, text: str) -> str:
        """Return a text without addresses, secrets, and the place of the copy; the hash of what is masked is added."""
        for copy in self.copies:
            text = text.replace(copy, ".") if copy in text else text
        text = _ADDRESS.sub("0x", text)[:_LONGEST]
        shown = self.scrubber.text(text)
        return shown if shown == text else f"{shown} {self.hashed(text)}"

    def hashed(self, value: Any) -> str:
        """Return what a secret can be recognised by, and not told from."""
        whole = "\0".join(texts(value)).encode("utf-8", "replace")
        return "#" + hmac.new(self.key, whole, hashlib.sha256).hexdigest()[:12]


def called(value: Any) -> str:
    """Return the name of a function or class without its module and what it is defined in; of an object, its type's."""
    while is_a(value, functools.partial):
        value = value.func
    name = getattr(value, "__qualname__", None) if is_a(value, *_FUNCTIONS) else type(value).__qualname__
    return short(name if type(name) is str else type(value).__qualname__)


def short(name: str) -> str:
    """Return the last part of a qualified name."""
    return name.rpartition("<locals>.")[2].rpartition(".")[2]


def _shown(value: Any) -> str:
    """Return an object as its own `repr`, where that says more than where it is."""
    try:
        shown = repr(value)
    except Exception:  # noqa: BLE001 - it is the project's code
        return f"{called(value)} object"
    own = "object at 0x" in shown or not shown
    return f"{called(value)} object" if own else shown
