"""The docs page in a real browser: headless Chromium, driven over its own protocol."""

from __future__ import annotations

import re
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any, Literal

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

from tests.chromium import Browser, asked_for, contrast, log, luminance, prefer, started
from tests.service.servers.service import Service

METHODS = {"get", "put", "post", "delete", "options", "head", "patch", "trace"}
PATIENCE = 20  # seconds that the page has for each step
OWN = ("data:", "chrome:")  # what Chromium answers to itself
READABLE = 4.5  # contrast of text, WCAG 2.2 level AA
ITEMS = '.opblock-get:has([data-path="/api/items"])'


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Browser]:
    """A fresh headless Chromium that keeps a log of its requests and of its console."""
    with started(tmp_path / "profile") as driver:
        yield driver


def seen(browser: Browser, css: str, text: str = "") -> WebElement:
    """The first element that the selector finds, waited for, with that text in it."""

    def found(driver: Browser) -> WebElement | Literal[False]:
        return next((part for part in driver.find_elements(By.CSS_SELECTOR, css) if text in part.text), False)

    return WebDriverWait(browser, PATIENCE).until(found, f"{css} {text!r} never came")


def operations(document: dict[str, Any]) -> set[tuple[str, str]]:
    """The method and path of every operation that an OpenAPI document holds."""
    return {(method, path) for path, item in document["paths"].items() for method in item.keys() & METHODS}


def shown(browser: Browser) -> set[tuple[str, str]]:
    """The method and path of every operation on the page."""
    return {
        (
            block.find_element(By.CSS_SELECTOR, ".opblock-summary-method").text.lower(),
            str(block.find_element(By.CSS_SELECTOR, ".opblock-summary-path").get_attribute("data-path")),
        )
        for block in browser.find_elements(By.CSS_SELECTOR, ".opblock")
    }


def test_every_operation_is_shown_and_can_be_tried_without_leaving_the_service(
    browser: Browser, embedded: Service
) -> None:
    """All operations are on the page, one can be tried, nothing is fetched from elsewhere, and nothing is refused."""
    browser.get(f"{embedded.url}/docs")
    seen(browser, ".opblock")
    document = embedded.client().get("/openapi.json").json()
    assert shown(browser) == operations(document)
    assert browser.title == document["info"]["title"]

    seen(browser, f"{ITEMS} .opblock-summary-control").click()
    seen(browser, f"{ITEMS} .try-out__btn").click()
    seen(browser, f"{ITEMS} .execute").click()
    assert seen(browser, f"{ITEMS} .live-responses-table .response-col_status", "200")
    assert seen(browser, f"{ITEMS} .live-responses-table .highlight-code", "items")

    requests = asked_for(browser)
    assert f"{embedded.url}/openapi.json" in requests
    assert [url for url in requests if not url.startswith((f"{embedded.url}/", *OWN))] == []
    assert [entry for entry in log(browser, "browser") if entry["level"] in {"WARNING", "SEVERE"}] == []


COLOURS = """
const numbers = (colour) => colour.match(/[0-9.]+/g).slice(0, 3).map(Number);
const style = (element) => getComputedStyle(element);
return [numbers(style(document.documentElement).backgroundColor), numbers(style(document.querySelector(".title")).color)];
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_follows_the_readers_colours(browser: Browser, embedded: Service, tmp_path: Path, scheme: str) -> None:
    """A reader who asks for dark gets a dark page, one who asks for light a light one, and can read both."""
    prefer(browser, scheme)
    browser.get(f"{embedded.url}/docs")
    seen(browser, ".opblock")
    assert browser.save_screenshot(str(tmp_path / f"docs-{scheme}.png"))

    ground, text = browser.execute_script(COLOURS)
    assert (luminance(ground) < luminance(text)) == (scheme == "dark")
    assert contrast(ground, text) >= READABLE


def test_files_of_the_page_are_kept_and_the_page_is_not(embedded: Service) -> None:
    """A browser may keep the versioned files for good, but asks for the page, which names the version, each time."""
    client = embedded.client()
    page = client.get("/docs")
    assert page.headers["Cache-Control"] == "no-cache"
    assert "script-src 'self';" in page.headers["Content-Security-Policy"]
    assert "<script>" not in page.text
    (script,) = re.findall(r'src="([^"]*/docs\.js)"', page.text)
    version = script.split("/")[-2]

    kept = client.get(script)
    assert "immutable" in kept.headers["Cache-Control"]
    assert kept.headers["ETag"]
    assert "immutable" not in client.get(script.replace(version, "another")).headers["Cache-Control"]
    assert client.get(f"/docs/static/{version}/none.js").status_code == HTTPStatus.NOT_FOUND
