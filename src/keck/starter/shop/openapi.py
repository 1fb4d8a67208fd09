"""The OpenAPI document (3.1), made of the views: what is the same for all operations is added here."""

from __future__ import annotations

from typing import Any

from apiflask import APIFlask
from flask import current_app
from flask import request

from .errors import MEDIA_TYPE

ACCESS = "access"
"""The security scheme of views behind `@jwt_required()`."""
REFRESH = "refresh"
"""The security scheme of views behind `@jwt_required(refresh=True)`."""
CSRF = "csrf"
"""Where tokens are kept in cookies, what is asked for besides by requests that change something."""

_PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string", "description": "What kind of problem it is, for programs."},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What went wrong this time, for people."},
        "request_id": {"type": "string"},
        "errors": {"type": "object", "description": "For each part of the request, what is wrong with its fields."},
    },
}
_ANSWERS = {
    400: "The request is malformed.",
    401: "No valid token, or a wrong password, was sent.",
    403: "The account may not do this.",
    404: "There is no such thing.",
    409: "The present state does not allow it.",
    413: "The body is too large.",
    415: "The body is not JSON.",
    422: "The request is not what this operation takes.",
    429: "Too many requests; Retry-After says when to go on.",
    500: "A fault of the service.",
    503: "Something that the service needs cannot be reached at the moment.",
}
_ALWAYS = (400, 422, 429, 500, 503)
_WITH_BODY = (413, 415)


def init_app(app: APIFlask) -> None:
    """Describe the whole API in `app`'s document, which /openapi.json serves."""
    app.config.update(AUTO_404_RESPONSE=False, AUTO_AUTH_ERROR_RESPONSE=False, AUTO_VALIDATION_ERROR_RESPONSE=False)
    app.config["AUTO_OPERATION_ID"] = True
    if "cookies" in app.config["JWT_TOKEN_LOCATION"]:
        app.security_schemes = {
            ACCESS: {"type": "apiKey", "in": "cookie", "name": app.config["JWT_ACCESS_COOKIE_NAME"]},
            REFRESH: {"type": "apiKey", "in": "cookie", "name": app.config["JWT_REFRESH_COOKIE_NAME"]},
            CSRF: {"type": "apiKey", "in": "header", "name": app.config["JWT_ACCESS_CSRF_HEADER_NAME"]},
        }
    else:
        app.security_schemes = {
            ACCESS: {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
            REFRESH: {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
        }
    app.spec_processor(complete)


def complete(spec: dict[str, Any] | str) -> dict[str, Any] | str:
    """Add to every operation the errors that any view can answer, all as problem documents."""
    if isinstance(spec, str):
        return spec
    components = spec.setdefault("components", {})
    components.setdefault("schemas", {})["Problem"] = _PROBLEM
    # Not the address in the Host header: the document is made once, and shown to everybody.
    spec["servers"] = [{"url": request.script_root or "/"}] if request else []
    for path in spec["paths"].values():
        for operation in path.values():
            responses = operation["responses"]
            codes = {int(code) for code in responses if code >= "400"} | set(_ALWAYS)
            if "requestBody" in operation:
                operation["requestBody"]["required"] = True
                codes |= set(_WITH_BODY)
            if "security" in operation:
                codes.add(401)
            if any(parameter.get("in") == "path" for parameter in operation["parameters"]):
                codes.add(404)
            for code in sorted(codes):
                responses[str(code)] = _problem(code)
    if "cookies" in current_app.config["JWT_TOKEN_LOCATION"]:
        _tell_of_cookies(spec)
    return spec


def _tell_of_cookies(spec: dict[str, Any]) -> None:
    """Take the tokens out of the answers that set them as cookies, and add the CSRF token to what changes something."""
    for name in ("AccessToken", "TokenPair"):
        schema = spec["components"]["schemas"][name]
        schema["properties"] = {"expires_in": schema["properties"]["expires_in"]}
        schema["required"] = ["expires_in"]
    for path in spec["paths"].values():
        for method, operation in path.items():
            if method != "get":
                for needed in operation.get("security", []):
                    needed[CSRF] = []


def _problem(code: int) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "description": _ANSWERS[code],
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    if code in {429, 503}:
        answer["headers"] = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds to wait."}}
    if code == 401:
        answer["headers"] = {"WWW-Authenticate": {"schema": {"type": "string"}}}
    return answer
