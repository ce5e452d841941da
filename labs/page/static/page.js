"use strict";
// What the page can do besides being read: find, sort, guess, and open what a link points at.
(() => {
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const one = (id) => document.getElementById(id);

  // ---- filters and order of the table of all claims; the address keeps them
  const form = one("filters");
  const table = one("claims");
  const body = table && table.tBodies[0];
  const rows = body ? [...body.rows] : [];
  const words = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));
  const CHOSEN = ["lab", "verdict", "family"];
  const FILTERS = [...CHOSEN, "words"];

  function matches(row, wanted) {
    const chosen = CHOSEN.every((name) => !wanted[name] || row.dataset[name] === wanted[name]);
    const asked = wanted.words.toLowerCase().split(/\s+/);
    return chosen && asked.every((word) => words.get(row).includes(word));
  }

  function filter() {
    const wanted = Object.fromEntries(FILTERS.map((n) => [n, form.elements[n].value.trim()]));
    let shown = 0;
    for (const row of rows) {
      row.hidden = !matches(row, wanted);
      shown += !row.hidden;
    }
    one("count").textContent = `${shown} of ${rows.length} claims are shown.`;
    return wanted;
  }

  function keep(wanted) {
    const chosen = Object.entries(wanted).filter(([, value]) => value);
    Chart.keep("all", Object.fromEntries(chosen));
  }

  function restore() {
    if (!location.hash.startsWith("#all?")) return;
    const found = new URLSearchParams(location.hash.slice(5));
    for (const name of FILTERS) {
      const field = form.elements[name];
      field.value = found.get(name) || "";
      if (field.selectedIndex === -1) field.value = "";
    }
    filter();
    one("all").scrollIntoView();
  }

  function key(row, column) {
    const text = row.cells[column].textContent.trim();
    const number = parseFloat(text.replace(/^\[/, ""));
    return Number.isNaN(number) ? text.toLowerCase() : number;
  }

  function compare(a, b) {
    if (typeof a === typeof b) return a < b ? -1 : a > b ? 1 : 0;
    return typeof a === "number" ? -1 : 1;
  }

  function sort(head) {
    const up = head.getAttribute("aria-sort") !== "ascending";
    for (const other of all("th", table.tHead)) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    const column = head.cellIndex;
    const keyed = rows.map((row) => [key(row, column), row]);
    keyed.sort(([a], [b]) => (up ? compare(a, b) : compare(b, a)));
    body.append(...keyed.map(([, row]) => row));
  }

  function sortable(head) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    button.addEventListener("click", () => sort(head));
    head.replaceChildren(button);
  }

  if (form && body) {
    form.hidden = false;
    form.addEventListener("input", () => keep(filter()));
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("reset", () => setTimeout(() => keep(filter())));
    all("th", table.tHead).forEach(sortable);
    filter();
    restore();
  }

  // ---- guessing: a verdict is covered until somebody guesses it, or looks
  const GUESSES = { h: "holds", c: "contradicted", u: "undecided" };
  const chips = all(".verdict").filter((chip) => chip.dataset.verdict !== "not judged");
  const button = one("guess");
  const choices = document.createElement("span");
  const TELLING = new Set(["verdict", "ours", "interval", "in our 95 %?", "in one run's?"]);
  let asked = null;
  let right = 0;
  let guessed = 0;

  const guessing = () => document.body.classList.contains("guessing");
  const covered = (chip) => guessing() && !chip.classList.contains("seen");

  function name(chip) {
    if (!covered(chip)) {
      for (const attribute of ["tabindex", "role", "aria-label"]) chip.removeAttribute(attribute);
      return;
    }
    chip.setAttribute("tabindex", "0");
    chip.setAttribute("role", "button");
    chip.setAttribute(
      "aria-label",
      "Covered verdict: h guesses holds, c contradicted, u undecided; Enter shows buttons",
    );
  }

  function score(more = "") {
    one("score").textContent = guessed ? `${more}${right} of ${guessed} guesses were right.` : more;
  }

  function reveal(chip) {
    const claim = CSS.escape(chip.dataset.claim);
    for (const part of all(`[data-claim="${claim}"]`)) {
      part.classList.add("seen");
      if (part.classList.contains("verdict")) name(part);
    }
  }

  function guess(chip, word) {
    close();
    reveal(chip);
    if (word) {
      guessed += 1;
      right += word === chip.dataset.verdict;
      score(word === chip.dataset.verdict ? "Right. " : `No: ${chip.dataset.verdict}. `);
    }
    chip.tabIndex = -1;
    chip.focus();
  }

  function close() {
    choices.remove();
    asked = null;
  }

  function ask(chip) {
    const open = asked !== chip;
    close();
    if (!open) return;
    asked = chip;
    chip.after(choices);
    choices.firstChild.focus();
  }

  function choice(word, text) {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = text;
    made.addEventListener("click", () => guess(asked, word));
    return made;
  }

  function withhold(on) {
    // what would tell covered verdicts: their filter, and an order by them or by our numbers
    form.elements.verdict.value = "";
    form.elements.verdict.disabled = on;
    for (const head of all("th button", table.tHead)) {
      if (TELLING.has(head.textContent)) head.disabled = on;
    }
    filter();
  }

  function cover() {
    const on = document.body.classList.toggle("guessing");
    close();
    right = guessed = 0;
    for (const part of all(".seen")) part.classList.remove("seen");
    chips.forEach(name);
    if (form) withhold(on);
    button.textContent = on ? "Show all verdicts" : "Cover the verdicts: I want to guess";
    score(on ? "Press a covered verdict." : "");
  }

  if (button) {
    choices.id = "choices";
    choices.setAttribute("role", "group");
    choices.setAttribute("aria-label", "Your guess");
    for (const word of Object.values(GUESSES)) choices.append(choice(word, word));
    choices.append(choice("", "just show it"));
    button.parentElement.hidden = false;
    button.addEventListener("click", cover);
    document.addEventListener("click", (event) => {
      const chip = event.target.closest && event.target.closest(".verdict");
      if (chip && chips.includes(chip) && covered(chip)) ask(chip);
    });
    document.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === "Escape" && asked) {
        const chip = asked;
        close();
        chip.focus();
      }
      const chip = event.target;
      if (!chip.classList || !chip.classList.contains("verdict") || !covered(chip)) return;
      if (event.key in GUESSES) guess(chip, GUESSES[event.key]);
      else if (event.key === "Enter" || event.key === " ") ask(chip);
      else return;
      event.preventDefault();
    });
  }

  // ---- a link into something closed opens it
  function uncover() {
    let place = null;
    try {
      place = one(decodeURIComponent(location.hash.slice(1)));
    } catch {
      return; // the address is not well formed
    }
    if (!place) return;
    if (place.hidden && form) {
      for (const name of FILTERS) form.elements[name].value = ""; // no reset: it keeps "#all"
      filter();
    }
    for (let at = place.closest("details"); at; at = at.parentElement.closest("details")) {
      at.open = true;
    }
    place.scrollIntoView();
  }

  window.addEventListener("hashchange", () => {
    if (form) restore();
    uncover();
  });
  if (location.hash) uncover();
})();
