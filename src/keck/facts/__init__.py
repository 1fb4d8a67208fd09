"""One source file to one `Facts`: plain data that knows nothing of other files."""

from keck.facts.read import facts_of as facts_of
from keck.facts.record import Facts as Facts
