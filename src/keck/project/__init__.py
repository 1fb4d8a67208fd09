"""All facts of one project, linked: what rules look at.

A `Project` is pure: it is made of facts and never opens a file.
"""

from keck.project.project import Project as Project
from keck.project.project import Surroundings as Surroundings
