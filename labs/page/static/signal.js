"use strict";
// How a sample is made: the part without chance, as mnist1d/pipeline.py and mnist1d/steps.py have
// it. All that is random comes in as draws {pad, height, shift, smooth, white, slope}; a recipe is
// an object with the names of Recipe, its padding a pair.
const Signal = (() => {
  const EPSILON = 1e-8; // lifts a digit off zero: on the canvas, exactly zero means padding
  const SMOOTHING = 2; // standard deviation of the Gaussian, in points of the canvas
  const RADIUS = Math.floor(4 * SMOOTHING + 0.5);
  const WEIGHTS = bell();

  function bell() {
    const places = Array.from({ length: 2 * RADIUS + 1 }, (_, k) => k - RADIUS);
    const heights = places.map((k) => Math.exp((-0.5 * k * k) / (SMOOTHING * SMOOTHING)));
    const sum = heights.reduce((a, b) => a + b);
    return heights.map((height) => height / sum);
  }

  const canvas = (recipe) => recipe.template_len + recipe.padding[1];

  // numpy's own arithmetic, or a point on the last zero would here be digit and there padding
  const grid = (n) => Array.from({ length: n }, (_, k) => (k === n - 1 ? 1 : k * (1 / (n - 1))));
  const plans = new Map();

  function plan(length, points) {
    const key = `${length} ${points}`;
    if (!plans.has(key)) {
      const from = grid(length);
      let j = 0;
      const steps = grid(points).map((t) => {
        while (j < length - 1 && from[j + 1] <= t) j += 1;
        const next = Math.min(j + 1, length - 1);
        return { j, next, part: t - from[j], width: from[next] - from[j] || 1 };
      });
      plans.set(key, steps);
    }
    return plans.get(key);
  }

  function resampled(y, points) {
    return plan(y.length, points).map(
      ({ j, next, part, width }) => ((y[next] - y[j]) / width) * part + y[j],
    );
  }

  function smoothed(x) {
    const n = x.length;
    const at = (i) => {
      const k = ((i % (2 * n)) + 2 * n) % (2 * n);
      return x[k < n ? k : 2 * n - 1 - k];
    };
    const edge = new Float64Array(n + 2 * RADIUS);
    for (let i = 0; i < edge.length; i += 1) edge[i] = at(i - RADIUS);
    return Array.from({ length: n }, (_, i) => {
      let sum = 0;
      for (let k = 0; k < WEIGHTS.length; k += 1) sum += WEIGHTS[k] * edge[i + k];
      return sum;
    });
  }

  // strokes as mnist1d/templates.py has them: the pen's places, from top to bottom
  function template(strokes) {
    const mean = strokes.reduce((a, b) => a + b) / strokes.length;
    const square = strokes.reduce((sum, v) => sum + (v - mean) ** 2, 0) / strokes.length;
    const sd = Math.sqrt(square) || 1; // a straight line has none
    return strokes.map((v) => (v - strokes[0]) / sd / 6);
  }

  const stretched = (digit, zeros, points) =>
    resampled([...digit.map((v) => v + EPSILON), ...Array(zeros).fill(0)], points);

  const rolled = (x, shift) => x.map((_, i) => x[(i - shift + x.length) % x.length]);

  // the signal after every transform
  function through(digit, recipe, draws) {
    const points = canvas(recipe);
    const zeros = recipe.padding[0] + draws.pad;
    const shift = draws.shift < points ? draws.shift : 0;
    const factor = 1 + recipe.scale_coeff * (draws.height - 0.5);
    const slope = recipe.shear_scale * (draws.slope - 0.5);
    const dilated = stretched(digit, zeros, points);
    const scaled = dilated.map((v) => factor * v);
    const translated = rolled(scaled, shift);
    const inside = translated.map((v) => v !== 0);
    const noise = smoothed(draws.smooth.slice(0, points));
    const smooth = translated.map((v, i) => (inside[i] ? v : recipe.corr_noise_scale * noise[i]));
    const white = smooth.map((v, i) => v + recipe.iid_noise_scale * draws.white[i]);
    const sheared = white.map((v, i) => v - slope * (-0.5 + i / (points - 1)));
    const sample = resampled(sheared, recipe.final_seq_length);
    return {
      zeros,
      shift,
      factor,
      slope,
      dilated,
      scaled,
      translated,
      inside,
      smooth,
      white,
      sheared,
      sample,
    };
  }

  function stage(name, note, x, digit, last, shift = 0) {
    const at = x.map((_, k) => (k * last) / (x.length - 1));
    return { name, note, at, x, digit, shift };
  }

  // The stages of one sample: {name, note, at, x, digit, shift} as Step has them. `order` of its
  // positions, where they are shuffled, adds one.
  function stages(digit, recipe, draws, moments, order = null) {
    const made = through(digit, recipe, draws);
    const last = canvas(recipe) - 1;
    const padded = [...digit, ...Array(made.zeros).fill(0)];
    const pen = padded.map((_, k) => k < digit.length);
    const whole = made.dilated.map((v) => v !== 0);
    const kept = made.sample.map((_, k) => {
      const at = (k * last) / (made.sample.length - 1);
      return made.inside[Math.round(at)];
    });
    const unit = made.sample.map((v) => (v - moments.mean) / moments.sd);
    const slope = -made.slope;
    const all = [
      stage(
        "template",
        `${digit.length} points`,
        digit,
        digit.map(() => true),
        digit.length - 1,
      ),
      stage("pad", `+ ${made.zeros} zeros`, padded, pen, padded.length - 1),
      stage("dilate", `to ${last + 1} points`, made.dilated, whole, last),
      stage("scale", `times ${made.factor.toFixed(2)}`, made.scaled, whole, last),
      stage("translate", `by ${made.shift} points`, made.translated, made.inside, last, made.shift),
      stage("smooth noise", "in the padding", made.smooth, made.inside, last),
      stage("white noise", `sd ${recipe.iid_noise_scale}`, made.white, made.inside, last),
      stage(
        "shear",
        `slope ${slope < 0 ? "" : "+"}${slope.toFixed(2)}`,
        made.sheared,
        made.inside,
        last,
      ),
      stage("subsample", `to ${made.sample.length} points`, made.sample, kept, last),
      stage("standardise", "mean 0, sd 1", unit, kept, last),
    ];
    if (order) {
      const mixed = (values) => order.map((k) => values[k]);
      all.push(stage("shuffle", "positions permuted", mixed(unit), mixed(kept), last));
    }
    return all;
  }

  // Mean and standard deviation of a point of a sample over the whole law, in closed form.
  function moments(digits, recipe) {
    const points = canvas(recipe);
    const weigh = plan(points, recipe.final_seq_length);
    const [own, shared] = noises(points, weigh);
    const pads = recipe.padding[1] - recipe.padding[0] + 1;
    const shifts = recipe.max_translation;
    const moving = Math.min(shifts, points); // others leave the signal in place
    let [mean, square, noise] = [0, 0, 0];
    for (const digit of digits) {
      for (let pad = 0; pad < pads; pad += 1) {
        const dilated = stretched(digit, recipe.padding[0] + pad, points);
        for (let shift = 0; shift < moving; shift += 1) {
          const times = shift === 0 ? 1 + shifts - moving : 1;
          const x = rolled(dilated, shift);
          for (const { j, next, part, width } of weigh) {
            const v = ((x[next] - x[j]) / width) * part + x[j];
            mean += times * v;
            square += times * v * v;
          }
          for (let i = 0; i < points; i += 1) {
            if (x[i] === 0) noise += times * (own[i] + (x[i + 1] === 0 ? shared[i] : 0));
          }
        }
      }
    }
    const count = digits.length * pads * shifts * recipe.final_seq_length;
    mean /= count;
    let variance = (square / count) * (1 + recipe.scale_coeff ** 2 / 12) - mean ** 2;
    variance += (recipe.corr_noise_scale ** 2 * noise) / count;
    for (const { j, part, width } of weigh) {
      const share = part / width;
      const ramp = -0.5 + (j + share) / (points - 1);
      const white = recipe.iid_noise_scale ** 2 * (share ** 2 + (1 - share) ** 2);
      variance += (white + (recipe.shear_scale * ramp) ** 2 / 12) / weigh.length;
    }
    return { mean, sd: Math.sqrt(variance) };
  }

  // What smooth noise of unit height at a point, and at it and the next, adds to the squares of a
  // sample's points.
  function noises(points, weigh) {
    const unit = (i) => Array.from({ length: points }, (_, k) => Number(k === i));
    const columns = Array.from({ length: points }, (_, i) => smoothed(unit(i)));
    const covariance = (i, k) => columns.reduce((sum, column) => sum + column[i] * column[k], 0);
    const own = new Float64Array(points);
    const shared = new Float64Array(points);
    for (const { j, next, part, width } of weigh) {
      const share = part / width;
      own[j] += (1 - share) ** 2;
      own[next] += share ** 2;
      shared[j] += 2 * share * (1 - share);
    }
    for (let i = 0; i < points; i += 1) {
      own[i] *= covariance(i, i);
      if (i < points - 1) shared[i] *= covariance(i, i + 1);
    }
    return [own, shared];
  }

  return { canvas, template, through, stages, moments };
})();
