from __future__ import annotations

import pytest

from keck.proof.compare import counts, differences, divided, unstable
from keck.proof.outcome import Difference

BEFORE = {"rules/GET /me": "1", "config/A": "1", "config/B": "2", "other/x": "1"}


def test_what_is_added_changed_and_removed_differs() -> None:
    """Rules come before config, and what is alike is not told."""
    after = {"config/A": "1", "config/B": "3", "rules/GET /you": "1", "unread/config": "1"}
    assert differences(BEFORE, after, ()) == [
        Difference("rules/GET /me", "1", None),
        Difference("rules/GET /you", None, "1"),
        Difference("config/B", "2", "3"),
        Difference("other/x", "1", None),
        Difference("unread/config", None, "1"),
    ]


def test_what_changes_by_itself_is_left_out_unless_it_is_gone() -> None:
    """Of an unstable path counts only whether it is there."""
    assert differences({"config/A": "1"}, {"config/A": "2"}, {"config/A"}) == []
    assert differences({"config/A": "1"}, {}, {"config/A"}) == [Difference("config/A", "1", None)]
    assert unstable({"config/A": "1", "config/B": "1"}, {"config/A": "2", "config/B": "1"}) == ("config/A",)


@pytest.mark.parametrize(
    ("path", "pattern", "meant"),
    [
        ("guards/GET /me", "guards/GET /me", True),
        ("guards/GET /me", "guards/* /me", True),
        ("guards/GET /me", "guards/POST /me", False),
        ("guards/GET /users/<int:id>", "guards/* /users/<int:id>", True),
        ("cache/GET /me", "guards/*", False),
        ("layers/GET /me", "guards/* /me", True),
        ("layers/GET /me", "cache/*", True),
        ("layers/GET /you", "guards/* /me", False),
        ("layers/GET /me", "config/*", False),
        ("tables/default/user/name", "tables/*/user/*", True),
        ("app/import_name", "app/import_name", True),
    ],
)
def test_patterns_mean_paths(path: str, pattern: str, meant: bool) -> None:
    """Whoever means to change what protects a route means to change its layers, too."""
    one = Difference(path, "1", "2")
    assert divided([one], [pattern]) == (((one,), ()) if meant else ((), (one,)))


def test_nothing_is_meant_without_patterns() -> None:
    """Every difference is unexpected where no fix says anything."""
    one = Difference("rules/GET /me", "1", "2")
    assert divided([one], []) == ((), (one,))


def test_tables_and_extensions_count_once() -> None:
    """Columns and settings are not counted one by one."""
    paths = [
        "rules/GET /",
        "tables/default/user/id",
        "tables/default/user/name",
        "extensions/cors/bound",
        "extensions/cors/x",
    ]
    assert counts(dict.fromkeys(paths, "1")) == {"rules": 1, "extensions": 1, "tables": 1}
