"use strict";
// Chance by name: each kind of draw of each sample has a stream of its own, started by a hash of
// seed, kind and sample. So a knob that uses one kind leaves all others as they were.
const Draws = (() => {
  // cyrb128: four words of 32 bits that depend on every letter
  function hash(text) {
    let [a, b, c, d] = [1779033703, 3144134277, 1013904242, 2773480762];
    for (let i = 0; i < text.length; i += 1) {
      const k = text.charCodeAt(i);
      a = b ^ Math.imul(a ^ k, 597399067);
      b = c ^ Math.imul(b ^ k, 2869860233);
      c = d ^ Math.imul(c ^ k, 951274213);
      d = a ^ Math.imul(d ^ k, 2716044179);
    }
    a = Math.imul(c ^ (a >>> 18), 597399067);
    b = Math.imul(d ^ (b >>> 22), 2869860233);
    c = Math.imul(a ^ (c >>> 17), 951274213);
    d = Math.imul(b ^ (d >>> 19), 2716044179);
    return [a ^ b ^ c ^ d, b ^ a, c ^ a, d ^ a];
  }

  // sfc32: numbers uniform in [0, 1)
  function stream(name) {
    let [a, b, c, d] = hash(name);
    const next = () => {
      const sum = (a + b + d) | 0;
      d = (d + 1) | 0;
      a = b ^ (b >>> 9);
      b = (c + (c << 3)) | 0;
      c = (c << 21) | (c >>> 11);
      c = (c + sum) | 0;
      return (sum >>> 0) / 2 ** 32;
    };
    for (let k = 0; k < 12; k += 1) next(); // the words of the hash mix
    return next;
  }

  // Box and Muller: fewer numbers are the first of more
  function normals(name, count) {
    const next = stream(name);
    const found = new Float64Array(count + (count % 2));
    for (let k = 0; k < found.length; k += 2) {
      const radius = Math.sqrt(-2 * Math.log(1 - next()));
      const angle = 2 * Math.PI * next();
      found[k] = radius * Math.cos(angle);
      found[k + 1] = radius * Math.sin(angle);
    }
    return found;
  }

  function shuffled(count, name) {
    const next = stream(name);
    const order = Array.from({ length: count }, (_, k) => k);
    for (let k = count - 1; k > 0; k -= 1) {
      const other = Math.floor(next() * (k + 1));
      [order[k], order[other]] = [order[other], order[k]];
    }
    return order;
  }

  const LONGER = 64; // points of noise in reserve, for a canvas that grows
  const MANY = 4000; // samples that are kept
  const kept = new Map();

  function raw(seed, sample, points) {
    const key = `${seed}/${sample}`;
    const found = kept.get(key);
    if (found && found.smooth.length >= points) return found;
    if (kept.size > MANY) kept.clear();
    const name = (kind) => `${seed}/${kind}/${sample}`;
    const uniform = (kind) => stream(name(kind))();
    const made = {
      pad: uniform("pad"),
      height: uniform("height"),
      shift: uniform("shift"),
      slope: uniform("slope"),
      smooth: normals(name("smooth"), points + LONGER),
      white: normals(name("white"), points + LONGER),
    };
    kept.set(key, made);
    return made;
  }

  // The draws of a sample, as Signal takes them.
  function of(seed, sample, recipe) {
    const found = raw(seed, sample, recipe.template_len + recipe.padding[1]);
    const pads = recipe.padding[1] - recipe.padding[0] + 1;
    return {
      ...found,
      pad: Math.floor(found.pad * pads),
      shift: Math.floor(found.shift * recipe.max_translation),
    };
  }

  return { stream, normals, shuffled, of };
})();
