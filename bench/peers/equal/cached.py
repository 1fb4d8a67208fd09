"""Answers of the catalogue, kept in Redis by version, path and query string, as the service keeps them."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import orjson
from fastapi import Request, Response
from redis.asyncio import Redis

from .settings import settings

VERSION = "equal:version"
VERSION_SECONDS = 30 * 24 * 3_600
BUSY = "busy:"
HEADERS = {"Cache-Control": "public, max-age=0, must-revalidate"}

Made = tuple[str, str | None]
"""A body of JSON, and its Link header."""

store: Redis = Redis.from_url(settings.redis_url, socket_connect_timeout=1, socket_timeout=1, decode_responses=True)


async def cached(request: Request, make: Callable[[], Awaitable[Made]]) -> Response:
    """The kept answer to the same address, or a new one that is kept from now on; 304 where the client has it."""
    version = await _version()
    key = f"equal:cache:{version}:{request.scope['path']}?{request.scope['query_string'].decode('latin-1')}"
    kept = await store.get(key) if version else None
    if kept is not None:
        return _answer(request, orjson.loads(kept))
    body, link = await make()
    found = {"body": body, "etag": f'"{hashlib.sha256(body.encode()).hexdigest()[:32]}"', "link": link}
    if version:
        await store.set(key, orjson.dumps(found).decode(), ex=settings.cache_seconds)
    return _answer(request, found)


async def _version() -> str:
    """The version that answers belong to; empty while the catalogue is changed."""
    kept = await store.get(VERSION)
    found = None if kept is None else str(kept)
    if found is None:
        found = uuid4().hex
        await store.set(VERSION, found, ex=VERSION_SECONDS, nx=True)
    return "" if found.startswith(BUSY) else found


def _answer(request: Request, found: dict[str, Any]) -> Response:
    headers = {**HEADERS, "ETag": found["etag"]}
    if found["link"]:
        headers["Link"] = found["link"]
    if request.headers.get("If-None-Match") == found["etag"]:
        return Response(status_code=304, headers=headers)
    return Response(found["body"], media_type="application/json", headers=headers)
