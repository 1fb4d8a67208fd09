"""Brings Swagger UI into the starter: `npm pack swagger-ui-dist`, unpack it, `python tools/swagger_ui.py package`.

What the docs page needs is copied; what a page without outside hosts must not have is taken out: source maps and the
address of the online validator. The word that `keck new` renames is spelled with an escape, so that it stays.
Each changed file says so in its first line, as the Apache licence asks.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

STATIC = Path(__file__).parents[1] / "src" / "keck" / "starter" / "shop" / "docs" / "static"
UNCHANGED = ("LICENSE", "NOTICE", "swagger-ui-bundle.js.LICENSE.txt")
CHANGED = ("swagger-ui-bundle.js", "swagger-ui.css")
VALIDATOR = "https://validator.swagger.io/validator"
SOURCE_MAP = re.compile(r"^(?://|/\*)# sourceMappingURL=.*$\n?", re.MULTILINE)
RENAMED = re.compile(r"\bshop\b")
HEADER = "/* swagger-ui-dist {version}, changed: without source map, without online validator, one word escaped. */\n"


def cleaned(text: str) -> str:
    """The script or style sheet without what would be fetched from elsewhere."""
    text = SOURCE_MAP.sub("", text).replace(VALIDATOR, "none")
    return RENAMED.sub(r"sh\\u006fp", text)


def main(package: Path) -> None:
    """Write the files of an unpacked `swagger-ui-dist` into the starter."""
    version = json.loads((package / "package.json").read_text(encoding="utf-8"))["version"]
    STATIC.mkdir(parents=True, exist_ok=True)
    for name in UNCHANGED:
        (STATIC / name).write_bytes((package / name).read_bytes())
    for name in CHANGED:
        text = HEADER.format(version=version) + cleaned((package / name).read_text(encoding="utf-8"))
        (STATIC / name).write_text(text.rstrip() + "\n", encoding="utf-8", newline="\n")
    print(f"Swagger UI {version} is in {STATIC.as_posix()}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
