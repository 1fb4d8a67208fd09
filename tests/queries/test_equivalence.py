"""Rewritten queries give the same rows, errors and statements as the legacy ones: on queries made from a grammar."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from tests.queries.grammar import Grammar
from tests.queries.world import World, normalised, rewritten
from tests.service.servers.postgres import Postgres


@pytest.fixture(scope="module")
def sqlite() -> Iterator[World]:
    """The models over SQLite in memory."""
    world = World("sqlite://")
    yield world
    world.close()


def compared(world: World, seed: int, count: int) -> Counter[str]:
    """Ask queries of a seed in both forms and return how many were rewritten, left, and raised in both.

    Two kinds of statements may differ, as what they answer cannot: a count of a query that is only filtered is asked
    of the table and not of a subquery, and an EXISTS lists columns where `Query` has a 1.
    """
    grammar = Grammar(seed)
    old = [grammar.function(f"ask_{index}") for index in range(count)]
    text, _ = rewritten("\n\n".join(old))
    new = text.split("\n\n")
    before, after = world.load("\n\n".join(old)), world.load(text)
    found: Counter[str] = Counter()
    for index, (legacy, modern) in enumerate(zip(old, new, strict=True)):
        if legacy.strip() == modern.strip():
            found["left"] += 1
            continue
        expected, asked = world.answer(before[f"ask_{index}"])
        answer, statements = world.answer(after[f"ask_{index}"])
        assert answer == expected, f"{legacy}\n{modern}"
        if "exists()" not in legacy and "count()" not in legacy:
            assert normalised(statements) == normalised(asked), f"{legacy}\n{modern}"
        else:
            assert len(statements) == len(asked)
        found["rewritten"] += 1
        found["raises"] += isinstance(expected, str) and expected.startswith("raises")
    return found


def test_rewritten_queries_ask_the_same(sqlite: World) -> None:
    """Some hundred queries of all kinds have the same answers, errors and statements on SQLite."""
    found = compared(sqlite, 1, 200)
    assert found["rewritten"] > 140
    assert 0 < found["raises"] < found["rewritten"] / 2


@pytest.mark.long
@pytest.mark.parametrize("seed", range(100, 110))
def test_thousands_of_rewritten_queries_ask_the_same(sqlite: World, seed: int) -> None:
    """The same holds for thousands of others."""
    assert compared(sqlite, seed, 1000)["rewritten"] > 750


@pytest.mark.long
def test_rewritten_queries_ask_postgresql_the_same(postgres: Postgres) -> None:
    """The same holds on PostgreSQL, which refuses more."""
    world = World(postgres.database())
    try:
        for seed in range(200, 205):
            assert compared(world, seed, 1000)["rewritten"] > 750
    finally:
        world.close()
