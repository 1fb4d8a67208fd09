"""A project with all that its files say, also of what no rule has a word for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from keck.analysis import trail_of
from keck.job import Job
from keck.source import read

if TYPE_CHECKING:
    from keck.project import Project


def project_of(job: Job) -> Project:
    """Return the project of a job, every file of it read whole."""
    from keck.deployment import workers
    from keck.facts import facts_of
    from keck.pins import pins
    from keck.project import Project, Surroundings

    texts: Mapping[str, bytes] = {
        **job.outer,
        **{path: data for path in job.others if (data := read(job.base, path)) is not None},
    }
    facts = {path: facts_of(data) for path in job.files if (data := read(job.base, path)) is not None}
    around = Surroundings(pins(texts), workers(texts), tuple(sorted(texts)), texts, trail_of(job.base))
    return Project(facts, around)
