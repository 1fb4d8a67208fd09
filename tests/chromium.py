"""Headless Chromium for tests, and what it has logged."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver

FLAGS = (
    "--headless",
    "--no-sandbox",  # root, as CI often is, has no other way
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1200,1600",
)
CHROMIUM = ("chromium", "google-chrome")
DRIVER = ("chromedriver",)

Browser = webdriver.Chrome


def missing() -> str | None:
    """What a browser test needs and this machine lacks."""
    lacking = [names[0] for names in (CHROMIUM, DRIVER) if not any(map(shutil.which, names))]
    return f"no {' and no '.join(lacking)} here: apt-get install chromium chromium-driver" if lacking else None


@contextmanager
def started(profile: Path) -> Iterator[Browser]:
    """A fresh headless Chromium that keeps a log of its requests and of its console; skips where there is none."""
    if reason := missing():
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(reason)
    options = webdriver.ChromeOptions()
    options.binary_location = str(next(filter(None, map(shutil.which, CHROMIUM))))
    for flag in (*FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    driver = webdriver.Chrome(options, webdriver.ChromeService(shutil.which("chromedriver")))
    try:
        yield driver
    finally:
        driver.quit()


def log(browser: Browser, kind: str) -> list[dict[str, Any]]:
    """What the browser's log of that kind gained since the last call."""
    entries: list[dict[str, Any]] = browser.get_log(kind)  # type: ignore[no-untyped-call]
    return entries


def asked_for(browser: Browser) -> list[str]:
    """The addresses of all requests since the last call."""
    messages = [json.loads(entry["message"])["message"] for entry in log(browser, "performance")]
    return [
        message["params"]["request"]["url"] for message in messages if message["method"] == "Network.requestWillBeSent"
    ]


def prefer(browser: Browser, scheme: str) -> None:
    """Let the reader ask for ``light`` or ``dark``."""
    browser.execute_cdp_cmd(
        "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    )


def luminance(colour: list[float]) -> float:
    """The relative luminance of red, green and blue (0 to 255), after WCAG 2.2."""
    parts = [part / 255 for part in colour]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: list[float], other: list[float]) -> float:
    """The contrast ratio of two colours, after WCAG 2.2."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)
