"use strict";
// What the explorer is set to: as it begins, as Python says it, and as an address holds it.
const ExplorerState = (() => {
  const { strokes, knobs, seed: published, pen } = Chart.data("explorer-data");
  const LARGEST = 2 ** 32 - 1; // seed
  const PREFIX = { a: "", b: "b." }; // of a recipe's knobs in the address

  const original = () => ({
    ...Object.fromEntries(knobs.map((knob) => [knob.name, knob.default])),
    shuffle_seq: false,
  });
  const fresh = () => ({
    digit: "3",
    seed: published,
    own: null,
    compare: false,
    edit: "a",
    hide: "",
    a: original(),
    b: original(),
  });

  // a recipe as Signal takes it
  function recipe(values) {
    const { padding_low: low, padding_high: high, ...others } = values;
    return { ...others, padding: [low, high] };
  }

  function python(values, seed) {
    const words = [];
    const say = (name, value, usual) => {
      if (value !== usual) words.push(`${name}=${value}`);
    };
    const usual = original();
    const pair = (of) => `(${of.padding_low}, ${of.padding_high})`;
    say("padding", pair(values), pair(usual));
    for (const { name } of knobs) {
      if (!name.startsWith("padding")) say(name, values[name], usual[name]);
    }
    if (values.shuffle_seq) words.push("shuffle_seq=True");
    say("seed", seed, published);
    return `Recipe(${words.join(", ")})`;
  }

  // what differs from the beginning
  function kept(state) {
    const usual = original();
    const found = {};
    if (state.digit !== "3") found.digit = state.digit;
    if (state.seed !== published) found.seed = state.seed;
    for (const name of state.compare ? ["a", "b"] : ["a"]) {
      for (const [knob, value] of Object.entries(state[name])) {
        if (value !== usual[knob]) found[PREFIX[name] + knob] = value;
      }
    }
    if (state.own) found.own = state.own.join(",");
    if (state.compare) found.compare = state.edit;
    if (state.hide) found.hide = state.hide;
    return found;
  }

  // What is wrong in an address is as if it were not there.
  function legal(knob, text) {
    const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN;
    if (!(value >= knob.low && value <= knob.high)) return null;
    return Number((Math.round(value / knob.step) * knob.step).toFixed(2));
  }

  function seedOf(text) {
    const value = /^\d{1,10}$/.test(text) ? Number(text) : Infinity;
    return value <= LARGEST ? value : null;
  }

  function values(found, prefix) {
    const made = original();
    for (const knob of knobs) {
      made[knob.name] = legal(knob, found.get(prefix + knob.name) ?? "") ?? made[knob.name];
    }
    const { padding_low: low, padding_high: high } = made;
    if (low > high) Object.assign(made, { padding_low: high, padding_high: low });
    made.shuffle_seq = found.get(`${prefix}shuffle_seq`) === "true";
    return made;
  }

  function own(text) {
    const [low, high] = pen;
    const points = text.split(",").map((point) => legal({ low, high, step: 0.25 }, point));
    return points.length === strokes[0].length && !points.includes(null) ? points : null;
  }

  function restored(found) {
    const made = fresh();
    for (const [name, prefix] of Object.entries(PREFIX)) made[name] = values(found, prefix);
    made.own = own(found.get("own") ?? "");
    const digit = found.get("digit") ?? "";
    if (/^\d$/.test(digit) || (digit === "own" && made.own)) made.digit = digit;
    made.seed = seedOf(found.get("seed") ?? "") ?? published;
    made.compare = Object.hasOwn(PREFIX, found.get("compare"));
    if (made.compare) made.edit = found.get("compare");
    made.hide = found.get("hide") ?? "";
    return made;
  }

  return { strokes, knobs, LARGEST, original, fresh, recipe, python, kept, restored, seedOf };
})();
