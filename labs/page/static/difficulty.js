"use strict";
// How hard a recipe is: the share of fresh signals whose nearest neighbour is of their digit.
const Difficulty = (() => {
  const SAMPLES = 500; // to look among, and as many to read

  function samples(digits, recipe, seed, part) {
    const length = recipe.final_seq_length;
    const found = new Float32Array(SAMPLES * length);
    for (let k = 0; k < SAMPLES; k += 1) {
      const draws = Draws.of(seed, `${part} ${k}`, recipe);
      found.set(Signal.through(digits[k % digits.length], recipe, draws).sample, k * length);
    }
    return found;
  }

  function nearest(train, x, start, length) {
    let [best, place] = [Infinity, 0];
    for (let k = 0; k < SAMPLES; k += 1) {
      let sum = 0;
      for (let i = 0, at = k * length; i < length && sum < best; i += 1) {
        const gap = train[at + i] - x[start + i];
        sum += gap * gap;
      }
      if (sum < best) [best, place] = [sum, k];
    }
    return place;
  }

  // The order of positions is the same for all signals, and does not change a distance.
  function accuracy(digits, recipe, seed) {
    const length = recipe.final_seq_length;
    const train = samples(digits, recipe, seed, "train");
    const test = samples(digits, recipe, seed, "test");
    let right = 0;
    for (let k = 0; k < SAMPLES; k += 1) {
      right += nearest(train, test, k * length, length) % digits.length === k % digits.length;
    }
    return right / SAMPLES;
  }

  // How often a hundred samples of a template are read as each digit.
  function readings(template, digits, recipe, seed) {
    const train = samples(digits, recipe, seed, "train");
    const counts = digits.map(() => 0);
    for (let k = 0; k < 100; k += 1) {
      const { sample } = Signal.through(template, recipe, Draws.of(seed, `own ${k}`, recipe));
      counts[nearest(train, sample, 0, recipe.final_seq_length) % digits.length] += 1;
    }
    return counts;
  }

  return { SAMPLES, accuracy, readings };
})();
