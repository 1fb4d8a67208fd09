"""Words of the files that the rules about CORS need to see."""

from __future__ import annotations

ORIGINS = ("CORS", "cross_origin", "flask_cors", "ORIGIN", "origins", "re.compile", "://(", "://[", "https?")
"""Where CORS is set up, and where the origins may stand that it is given."""
