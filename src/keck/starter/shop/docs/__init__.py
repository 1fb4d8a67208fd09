"""The docs page: Swagger UI over the service's own OpenAPI document, served from here and from nowhere else."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from flask import Blueprint
from flask import Response
from flask import make_response
from flask import render_template
from flask import send_from_directory

STATIC = Path(__file__).parent / "static"
YEAR = 31_536_000  # seconds
CONTENT_SECURITY_POLICY = "; ".join(
    f"{what} {where}"
    for what, where in {
        "default-src": "'none'",
        "base-uri": "'none'",
        "connect-src": "'self'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
        "img-src": "'self' data:",  # the arrows in Swagger UI's style sheet
        "script-src": "'self'",
        "style-src": "'self'",
    }.items()
)


def version_of(folder: Path) -> str:
    """A word that changes with what the folder's files hold: it stands in their addresses, so they are kept for good."""
    digest = sha256()
    for path in sorted(folder.iterdir()):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


VERSION = version_of(STATIC)
blueprint = Blueprint("docs", __name__, url_prefix="/docs", template_folder="templates")


@blueprint.get("")
def page() -> Response:
    """The page itself: it names the files by version, so it is asked for anew each time."""
    answer = make_response(render_template("docs.html", version=VERSION))
    answer.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@blueprint.get("/static/<version>/<name>")
def static(version: str, name: str) -> Response:
    """One of the page's files; a version that is not this one is answered too, but not to be kept."""
    answer = send_from_directory(STATIC, name, max_age=YEAR if version == VERSION else None)
    answer.cache_control.immutable = version == VERSION
    return answer
