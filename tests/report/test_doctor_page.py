"""The doctor's page in a real browser."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

from keck.examining import Examination
from keck.report import View
from keck.report.doctor import render
from tests.chromium import Browser, asked_for, contrast, log, luminance, prefer
from tests.examinations import clean, examined, large

READABLE = 4.5  # contrast of text, WCAG 2.2 level AA
TELLABLE = 3.0  # contrast of what is no text, the same

CONTRASTS = """
const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
const rgba = (colour) => {
  canvas.clearRect(0, 0, 1, 1);
  canvas.fillStyle = colour;
  canvas.fillRect(0, 0, 1, 1);
  const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
  return [r, g, b, a / 255];
};
const over = ([r, g, b, a], [R, G, B]) => [r * a + R * (1 - a), g * a + G * (1 - a), b * a + B * (1 - a)];
const ground = (element) => {
  const layers = [];
  for (let one = element; one; one = one.parentElement) layers.push(rgba(getComputedStyle(one).backgroundColor));
  return layers.reverse().reduce((below, layer) => over(layer, below), [255, 255, 255]);
};
const found = [];
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
  const element = walker.currentNode.parentElement;
  if (!walker.currentNode.data.trim() || !element.checkVisibility()) continue;
  const below = ground(element);
  found.push([walker.currentNode.data.trim(), over(rgba(getComputedStyle(element).color), below), below]);
}
return found;
"""


def opened(browser: Browser, folder: Path, examination: Examination) -> None:
    """Write the page and open it."""
    page = folder / "report.html"
    page.write_text(render("html", examination, View(examination.root)), encoding="utf-8")
    browser.get(page.as_uri())


def column(browser: Browser, number: int) -> list[str]:
    """Return the text of a column of the routes that are shown, from above."""
    return [
        row.find_elements(By.CSS_SELECTOR, "th, td")[number].text.splitlines()[0]
        for row in browser.find_elements(By.CSS_SELECTOR, ".matrix tbody > tr:first-child")
        if row.is_displayed()
    ]


def head(browser: Browser, name: str) -> WebElement:
    """Return the button of a column."""
    return next(one for one in browser.find_elements(By.CSS_SELECTOR, ".sort") if one.text == name)


def sorts(browser: Browser) -> dict[str, str | None]:
    """Return by column how the matrix is sorted."""
    heads = browser.find_elements(By.CSS_SELECTOR, ".matrix thead th")
    return {one.text: one.get_attribute("aria-sort") for one in heads if one.get_attribute("aria-sort") != "none"}


def count(browser: Browser) -> str:
    """Return what the page says of how many routes it shows."""
    return browser.find_element(By.CSS_SELECTOR, ".count").text


def test_page_is_quiet(browser: Browser, tmp_path: Path) -> None:
    """Nothing is asked for but the file itself, and the console stays empty."""
    for examination in (examined(tmp_path), clean(tmp_path)):
        opened(browser, tmp_path, examination)
        head(browser, "Rule").click()
        assert [url for url in asked_for(browser) if not url.startswith(("file:", "data:", "chrome:"))] == []
        assert log(browser, "browser") == []


def test_matrix_is_sorted_by_a_click(browser: Browser, tmp_path: Path) -> None:
    """Ascending, descending, and back to the order of the URL map; exposures from open to guarded."""
    opened(browser, tmp_path, examined(tmp_path))
    rules = column(browser, 1)
    head(browser, "Rule").click()
    assert column(browser, 1) == sorted(rules)
    assert sorts(browser) == {"Rule": "ascending"}
    head(browser, "Rule").click()
    assert column(browser, 1) == sorted(rules, reverse=True)
    assert sorts(browser) == {"Rule": "descending"}
    head(browser, "Rule").click()
    assert column(browser, 1) == rules
    assert sorts(browser) == {}
    head(browser, "Exposure").click()
    assert column(browser, 3) == ["open", "conditional", "optional", "guarded", "static"]
    assert sorts(browser) == {"Exposure": "ascending"}


@pytest.mark.long
def test_matrix_is_filtered_by_text_and_exposure(browser: Browser, tmp_path: Path) -> None:
    """Every word must be there; exposures add up; the page says how many are left."""
    opened(browser, tmp_path, examined(tmp_path))
    search = browser.find_element(By.CSS_SELECTOR, ".search input")
    assert count(browser) == "5 shown"
    search.send_keys("SHOP per")
    assert column(browser, 2) == ["shop.order", "shop.items", "shop.basket"]
    assert count(browser) == "3 of 5 shown"
    chips = {one.get_attribute("data-exposure"): one for one in browser.find_elements(By.CSS_SELECTOR, ".chip")}
    chips["open"].click()
    assert column(browser, 2) == ["shop.items"]
    chips["optional"].click()
    assert column(browser, 2) == ["shop.items", "shop.basket"]
    assert chips["open"].get_attribute("aria-pressed") == "true"
    head(browser, "Endpoint").click()
    assert column(browser, 2) == ["shop.basket", "shop.items"]
    chips["open"].click()
    chips["optional"].click()
    search.send_keys(Keys.CONTROL, "a")
    search.send_keys(Keys.DELETE)
    assert count(browser) == "5 shown"


def test_page_works_by_keyboard_alone(browser: Browser, tmp_path: Path) -> None:
    """Tab reaches everything that can be used, Enter and Space use it, and what has the focus is seen."""
    opened(browser, tmp_path, examined(tmp_path))
    used: dict[str, str] = {}
    for _ in range(80):
        browser.switch_to.active_element.send_keys(Keys.TAB)
        one = browser.switch_to.active_element
        kind = (one.get_attribute("class") or one.tag_name).split()[0]
        if kind == "body":
            break
        outline = one.value_of_css_property("outline-style")
        assert outline != "none", kind
        if kind in used:
            continue
        used[kind] = one.text
        if kind in {"sort", "fold", "chip", "summary"}:
            one.send_keys(Keys.SPACE if kind == "chip" else Keys.ENTER)
    assert used.keys() >= {"a", "summary", "input", "chip", "sort", "fold"}
    assert sorts(browser) == {"Method": "ascending"}
    assert browser.find_elements(By.CSS_SELECTOR, '.chip[aria-pressed="true"]')
    assert browser.find_elements(By.CSS_SELECTOR, "details[open]")
    (fold,) = browser.find_elements(By.CSS_SELECTOR, '.fold[aria-expanded="true"]')
    more = browser.find_element(By.ID, fold.get_attribute("aria-controls") or "")
    assert more.is_displayed()
    fold.send_keys(Keys.SPACE)
    assert not more.is_displayed()


@pytest.mark.long
def test_route_unfolds_into_its_steps(browser: Browser, tmp_path: Path) -> None:
    """The steps stand in the order in which they run, and a sorted table keeps them with their route."""
    opened(browser, tmp_path, examined(tmp_path))
    fold = next(one for one in browser.find_elements(By.CSS_SELECTOR, ".fold") if one.text == "/orders/<int:id>")
    fold.click()
    body = fold.find_element(By.XPATH, "./ancestor::tbody")
    kinds = [one.text for one in body.find_elements(By.CSS_SELECTOR, ".steps .kind")]
    assert kinds == ["hook", "limit", "guard", "cache", "own", "body", "cors"]
    head(browser, "Rule").click()
    assert body.find_element(By.CSS_SELECTOR, ".steps").is_displayed()
    assert len(browser.find_elements(By.CSS_SELECTOR, ".unfolded")) == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_word_can_be_read_in_the_readers_colours(browser: Browser, tmp_path: Path, scheme: str) -> None:
    """Who asks for dark gets dark, and all text has the contrast of WCAG AA, unfolded and pressed, too."""
    prefer(browser, scheme)
    opened(browser, tmp_path, examined(tmp_path))
    browser.execute_script(
        "document.querySelectorAll('details').forEach((one) => (one.open = true));"
        "document.querySelectorAll('.fold, .chip').forEach((one) => one.click());"
    )
    time.sleep(0.2)
    words: list[tuple[str, Any, Any]] = browser.execute_script(CONTRASTS)
    assert len(words) > 150
    assert [
        (text, round(contrast(ink, ground), 2)) for text, ink, ground in words if contrast(ink, ground) < READABLE
    ] == []
    ground = words[0][2]
    assert (luminance(ground) < 0.2) == (scheme == "dark")


@pytest.mark.long
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_exposures_can_be_told_apart_without_colour(browser: Browser, tmp_path: Path, scheme: str) -> None:
    """Each has its own shape and its own word, and its edge stands out from the page."""
    prefer(browser, scheme)
    opened(browser, tmp_path, examined(tmp_path))
    shapes = {}
    for body in browser.find_elements(By.CSS_SELECTOR, ".matrix tbody"):
        pill = body.find_element(By.CSS_SELECTOR, ".pill")
        shapes[pill.text] = pill.find_element(By.CSS_SELECTOR, "use").get_attribute("href")
        tone, surface = browser.execute_script(
            """const number = (name) => {
                 const made = document.createElement("i");
                 made.style.setProperty("color", `var(${name})`);
                 arguments[0].append(made);
                 const found = getComputedStyle(made).color.match(/[0-9.]+/g).slice(0, 3).map(Number);
                 made.remove();
                 return found;
               };
               return [number("--tone"), number("--surface")];""",
            body,
        )
        assert contrast(tone, surface) >= TELLABLE
    assert len(set(shapes.values())) == len(shapes) == 5


@pytest.mark.long
@pytest.mark.parametrize("width", [320, 390, 800, 1200, 1800])
def test_page_fits_every_width(browser: Browser, tmp_path: Path, width: int) -> None:
    """Nothing has to be scrolled sideways, down to a phone."""
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    opened(browser, tmp_path, examined(tmp_path))
    browser.execute_script(
        "document.querySelectorAll('details').forEach((one) => (one.open = true));"
        "document.querySelectorAll('.fold').forEach((one) => one.click());"
    )
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    head(browser, "Rule").click()
    assert sorts(browser) == {"Rule": "ascending"}


@pytest.mark.long
def test_page_can_be_read_without_scripts(browser: Browser, tmp_path: Path) -> None:
    """Nothing is hidden that a script would have to show, and nothing is shown that needs one."""
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    opened(browser, tmp_path, examined(tmp_path))
    page = browser.find_element(By.TAG_NAME, "main").text
    assert "What runs, in order" in page
    assert "5 per 1 minute by address" in page
    assert not browser.find_element(By.CSS_SELECTOR, ".tools").is_displayed()
    assert browser.find_elements(By.CSS_SELECTOR, "button.sort, button.fold") == []
    browser.find_element(By.TAG_NAME, "summary").click()
    assert browser.find_element(By.CSS_SELECTOR, ".explained").is_displayed()


@pytest.mark.long
def test_explanations_are_on_paper(browser: Browser, tmp_path: Path) -> None:
    """Printing unfolds what is folded, and folds it again."""
    opened(browser, tmp_path, examined(tmp_path))
    folded = "return document.querySelectorAll('details:not([open])').length"
    before = browser.execute_script(folded)
    assert before
    browser.execute_script("dispatchEvent(new Event('beforeprint'))")
    assert browser.execute_script(folded) == 0
    browser.execute_script("dispatchEvent(new Event('afterprint'))")
    assert browser.execute_script(folded) == before
    assert browser.print_page()


def test_hostile_names_run_nothing(browser: Browser, tmp_path: Path) -> None:
    """A project whose app is called like a script gets a page that shows the name."""
    from dataclasses import replace

    from msgspec.structs import replace as changed

    made = examined(tmp_path)
    name = "<script>document.title = 'taken'</script><img src=x onerror=\"document.title = 'taken'\">"
    routes = tuple(replace(one, rule=name, endpoint=name) for one in made.app.routes)
    opened(browser, tmp_path, changed(made, app=replace(made.app, name=name, routes=routes)))
    assert browser.find_element(By.TAG_NAME, "h1").text == name
    assert "flask doctor" in browser.title
    assert column(browser, 1)[0] == name
    assert log(browser, "browser") == []


@pytest.mark.long
def test_five_hundred_routes_are_sorted_and_filtered(browser: Browser, tmp_path: Path) -> None:
    """A large app has all of its routes in the table, in the order that is asked for, and those alone that are."""
    opened(browser, tmp_path, large(tmp_path, 500))
    assert count(browser).startswith("500 ")
    browser.execute_script("document.querySelectorAll('.sort')[1].click()")
    rules = column(browser, 1)
    assert len(rules) == 500
    assert rules == sorted(rules)
    browser.execute_script(
        """const search = document.querySelector(".search input");
           search.value = "orders"; search.dispatchEvent(new Event("input"));"""
    )
    assert count(browser).endswith(" of 500 shown")


@pytest.mark.long
def test_counters_wrap_evenly_on_a_narrow_screen(browser: Browser, tmp_path: Path) -> None:
    """At 500 px the six counters are two rows of three."""
    browser.set_window_size(500, 900)
    opened(browser, tmp_path, examined(tmp_path))
    places = [one.location for one in browser.find_elements(By.CSS_SELECTOR, ".tally li")]
    assert len(places) == 6
    assert [len({one[axis] for one in places}) for axis in ("x", "y")] == [3, 2]
