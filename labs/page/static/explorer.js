"use strict";
// The explorer: its controls, and what they change.
const Explorer = (() => {
  const section = document.getElementById("explorer");
  const form = document.getElementById("explorer-controls");
  const one = (name) => document.getElementById(`explorer-${name}`);
  const { strokes, knobs, LARGEST, original, fresh, recipe } = ExplorerState;
  const templates = strokes.map(Signal.template);
  const names = knobs.map((knob) => knob.name);
  const SHOWN = 10; // settings

  let state = fresh();
  const tried = []; // all settings measured, for the line of the last ten
  const log = []; // those at which a control came to rest, for the file
  let drawn = null; // what the tables behind the pictures say

  const python = (values) => ExplorerState.python(values, state.seed);
  const own = () => Signal.template(state.own || strokes[3]);
  const template = () => (state.digit === "own" ? own() : templates[Number(state.digit)]);

  function order(values) {
    if (!values.shuffle_seq) return null;
    return Draws.shuffled(values.final_seq_length, `${state.seed}/order`);
  }

  // ---- pictures
  function shownStages() {
    const values = state[state.edit];
    const made = recipe(values);
    const draws = Draws.of(state.seed, "shown", made);
    return Signal.stages(template(), made, draws, Signal.moments(templates, made), order(values));
  }

  function signals(values) {
    const made = recipe(values);
    const moments = Signal.moments(templates, made);
    const all = state.digit === "own" ? [...templates, own()] : templates;
    return all.map((digit, d) =>
      [0, 1, 2].map((k) => {
        const draws = Draws.of(state.seed, `digit ${d} ${k}`, made);
        return Signal.stages(digit, made, draws, moments, order(values)).at(-1).x;
      }),
    );
  }

  const digitName = (d) => (d < 10 ? String(d) : "yours");

  function draw() {
    const stages = shownStages();
    const blocks = (state.compare ? ["a", "b"] : [state.edit]).map((name) => ({
      title: state.compare ? `Recipe ${name.toUpperCase()}` : "",
      rows: signals(state[name]),
    }));
    drawn = { stages, blocks };
    ExplorerViews.stages(one("stages"), stages);
    one("samples").replaceChildren(
      ...blocks.map(({ title, rows }) => ExplorerViews.samples(title, rows, digitName)),
    );
    one("python").value = python(state[state.edit]);
    ExplorerViews.preview(one("preview"), stages, one("level").textContent);
    tables();
  }

  // tables are long: they are written when somebody opens them
  function tables() {
    const fill = (name, nodes) => {
      const place = one(name);
      if (drawn && place.closest("details").open) place.replaceChildren(...nodes());
    };
    fill("numbers", () => [ExplorerViews.numbers(drawn.stages)]);
    fill("sample-numbers", () => ExplorerViews.sampleNumbers(drawn.blocks, digitName));
    fill("tried", () => [ExplorerViews.tried(tried.slice(-SHOWN))]);
    fill("doubled", () => [ExplorerViews.doubled(doubled())]);
  }

  // ---- how hard it is
  function measured(name) {
    const accuracy = Difficulty.accuracy(templates, recipe(state[name]), state.seed);
    return { python: python(state[name]), accuracy };
  }

  // the answer to the guess: the published recipe, and with one knob at twice its value
  function doubled() {
    const level = (values) => Difficulty.accuracy(templates, recipe(values), state.seed);
    const rows = knobs.map((knob) => {
      const value = Math.min(2 * knob.default, knob.high);
      const values = { ...original(), [knob.name]: value };
      values.padding_high = Math.max(values.padding_low, values.padding_high);
      return { name: knob.name, value, accuracy: level(values) };
    });
    rows.sort((a, b) => a.accuracy - b.accuracy);
    return [...rows, { name: "as published", value: "", accuracy: level(original()) }];
  }

  function measure() {
    const now = measured(state.edit);
    if (!tried.length || tried.at(-1).python !== now.python) tried.push(now);
    const other = state.compare && measured(state.edit === "a" ? "b" : "a");
    const texts = [Chart.percent(now.accuracy)];
    if (other) {
      const shares = state.edit === "a" ? [now, other] : [other, now];
      texts.splice(
        0,
        1,
        ...shares.map((each, k) => `${"AB"[k]}:\u00a0${Chart.percent(each.accuracy)}`),
      );
    }
    one("level").textContent = texts.join(", ");
    one("level").setAttribute("aria-busy", "false");
    if (drawn) ExplorerViews.preview(one("preview"), drawn.stages, texts.join(", "));
    one("trail").replaceChildren(ExplorerViews.trail(tried.slice(-SHOWN)));
    tables();
    if (settled) rest(now);
  }

  function rest(now) {
    settled = false;
    one("heard").textContent = `${one("level").textContent} are read right.`;
    const { digit, seed } = state;
    log.push({
      recipe: { ...state[state.edit] },
      python: now.python,
      digit,
      seed,
      accuracy: now.accuracy,
    });
  }

  let settled = false;
  let [frame, timer] = [0, 0];
  function update() {
    one("level").setAttribute("aria-busy", "true");
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(draw);
    if (timer) return; // it will see the newest state
    timer = setTimeout(() => {
      timer = 0;
      measure();
    }, 40);
  }

  // ---- controls
  function show() {
    const values = state[state.edit];
    for (const name of names) {
      form.elements[name].value = values[name];
      form.elements[name].labels[0].parentElement.querySelector("output").value = values[name];
    }
    form.elements.shuffle_seq.checked = values.shuffle_seq;
    for (const name of ["digit", "seed", "edit"]) form.elements[name].value = state[name];
    form.elements.compare.checked = state.compare;
    form.querySelector(".edit").hidden = !state.compare || hidden("edit");
    for (const part of section.querySelectorAll("[data-knob]"))
      part.hidden = hidden(part.dataset.knob);
    if (state.own) pad.set(state.own);
  }

  function hidden(name) {
    return state.hide.split(",").some((word) => word && name.startsWith(word));
  }

  function read(event) {
    const name = event.target.name;
    if (name === "edit") state.edit = form.elements.edit.value;
    const values = state[state.edit];
    if (names.includes(name)) values[name] = Number(event.target.value);
    if (name === "padding_low")
      values.padding_high = Math.max(values.padding_low, values.padding_high);
    if (name === "padding_high")
      values.padding_low = Math.min(values.padding_low, values.padding_high);
    if (name === "shuffle_seq") values.shuffle_seq = event.target.checked;
    if (name === "digit") state.digit = form.elements.digit.value;
    if (state.digit === "own") state.own ??= [...strokes[3]]; // what the pad shows
    if (name === "compare") compare(event.target.checked);
    if (name === "seed") {
      const found = ExplorerState.seedOf(event.target.value);
      if (found === null) return; // half typed
      state.seed = found;
    }
    change();
  }

  function compare(on) {
    state.compare = on;
    state.edit = on ? "b" : "a";
    if (on) state.b = { ...state.a };
  }

  function change() {
    show();
    update();
  }

  const doing = {
    published: () => Object.assign(state[state.edit], original()),
    reset: () => {
      state = { ...fresh(), hide: state.hide };
    },
    another: () => {
      state.seed = (state.seed + 1) % (LARGEST + 1);
    },
    begin: () => {
      if (state.digit !== "own") pad.set(strokes[Number(state.digit)]);
    },
    send: () => send(pad.strokes()),
    copy: () => copy(),
    log: () =>
      Chart.save("explorer.json", { format: "mnist1d-labs explorer", version: 1, settings: log }),
  };

  function send(points) {
    state.own = points;
    state.digit = "own";
    const counts = Difficulty.readings(own(), templates, recipe(state[state.edit]), state.seed);
    const ranked = counts
      .map((count, digit) => ({ count, digit }))
      .sort((a, b) => b.count - a.count);
    const words = ranked.filter(({ count }) => count).slice(0, 3);
    one("read").textContent = `Of 100 signals of your digit, a nearest neighbour reads ${words
      .map(({ count, digit }) => `${count} as ${digit}`)
      .join(", ")}.`;
  }

  async function copy() {
    const field = one("python");
    try {
      await navigator.clipboard.writeText(field.value);
      one("said").textContent = "Copied.";
    } catch {
      field.focus();
      field.select();
      one("said").textContent = "It is selected: press Ctrl+C, or Cmd+C on a Mac.";
    }
  }

  // ---- the address
  const keep = () => Chart.keep("explorer", ExplorerState.kept(state));

  function restore() {
    if (!location.hash.startsWith("#explorer?")) return false;
    state = ExplorerState.restored(Chart.asked("explorer"));
    section.scrollIntoView();
    return true;
  }

  // ---- start
  section.querySelector(".static").hidden = true;
  for (const part of section.querySelectorAll(".needs-script")) part.hidden = false;
  const pad = OwnDigit.start(one("pad"), (points) => {
    send(points);
    rested();
  });

  function rested() {
    settled = true;
    change();
    keep();
  }

  form.addEventListener("input", read);
  form.addEventListener("change", (event) => {
    if (event.target.name === "seed") {
      if (ExplorerState.seedOf(event.target.value) === null) {
        one("heard").textContent = `Seed must be a whole number from 0 to ${LARGEST}.`;
        return show();
      }
      read(event);
    }
    return rested();
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  section.addEventListener("click", (event) => {
    const name = event.target.dataset && event.target.dataset.do;
    if (!name) return;
    doing[name]();
    if (!["copy", "log", "begin"].includes(name)) rested();
  });
  section.addEventListener("toggle", tables, true);
  window.addEventListener("hashchange", () => {
    if (restore()) change();
  });
  pad.set(strokes[3]);
  restore();
  change();

  const text = () => python(state[state.edit]);
  return { python: text, state: () => state, stages: shownStages, templates };
})();
