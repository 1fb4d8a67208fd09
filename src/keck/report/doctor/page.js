"use strict";
document.documentElement.classList.add("js");
document.addEventListener("DOMContentLoaded", () => {
  const table = document.querySelector(".matrix");
  if (table) {
    const rows = Array.from(table.tBodies, (body, place) => ({
      body,
      place,
      cells: body.rows[0].cells,
      text: body.rows[0].textContent.toLowerCase(),
      exposure: body.dataset.exposure,
    }));
    makeSortable(table, rows);
    makeFoldable(table, rows);
    makeFilterable(rows);
  }
  unfoldForPrint();
});

function button(className, ...content) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = className;
  made.append(...content);
  return made;
}

function makeSortable(table, rows) {
  const heads = Array.from(table.tHead.rows[0].cells);
  const { compare } = new Intl.Collator("en", { numeric: true });
  const exposure = 3;
  const keyed = (row, column) => (column === exposure ? row.body.dataset.rank : row.cells[column].textContent.trim());
  const next = { none: "ascending", ascending: "descending", descending: "none" };
  heads.forEach((head, column) => {
    const made = button("sort", head.textContent);
    head.replaceChildren(made);
    head.setAttribute("aria-sort", "none");
    made.addEventListener("click", () => {
      const order = next[head.getAttribute("aria-sort")];
      heads.forEach((other) => other.setAttribute("aria-sort", other === head ? order : "none"));
      const sorted = rows.map((row) => [keyed(row, column), row]);
      if (order !== "none") {
        const sign = order === "ascending" ? 1 : -1;
        sorted.sort(([a, one], [b, other]) => sign * compare(a, b) || one.place - other.place);
      }
      table.append(...sorted.map(([, row]) => row.body));
    });
  });
}

function makeFoldable(table, rows) {
  rows.forEach(({ body }) => {
    const more = body.rows[1];
    const name = body.querySelector(".name");
    const made = button("fold");
    made.setAttribute("aria-expanded", "false");
    made.setAttribute("aria-controls", more.id);
    name.replaceWith(made);
    made.append(name);
  });
  table.addEventListener("click", (event) => {
    const made = event.target.closest(".fold");
    if (made) {
      const open = made.closest("tbody").classList.toggle("unfolded");
      made.setAttribute("aria-expanded", String(open));
    }
  });
}

function makeFilterable(rows) {
  const tools = document.querySelector(".tools");
  const search = tools.querySelector("input");
  const chips = Array.from(tools.querySelectorAll(".chip"));
  const count = tools.querySelector(".count");
  const filter = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const chosen = chips.filter((chip) => chip.getAttribute("aria-pressed") === "true").map((chip) => chip.dataset.exposure);
    let shown = 0;
    rows.forEach(({ body, text, exposure }) => {
      const fits = (!chosen.length || chosen.includes(exposure)) && words.every((word) => text.includes(word));
      body.hidden = !fits;
      shown += fits;
    });
    count.textContent = shown === rows.length ? `${rows.length} shown` : `${shown} of ${rows.length} shown`;
  };
  search.addEventListener("input", filter);
  chips.forEach((chip) => {
    chip.addEventListener("click", () => {
      chip.setAttribute("aria-pressed", String(chip.getAttribute("aria-pressed") !== "true"));
      filter();
    });
  });
  tools.hidden = false;
  filter();
}

function unfoldForPrint() {
  let closed = [];
  window.addEventListener("beforeprint", () => {
    closed = Array.from(document.querySelectorAll("details:not([open])"));
    closed.forEach((one) => (one.open = true));
  });
  window.addEventListener("afterprint", () => closed.forEach((one) => (one.open = false)));
}
