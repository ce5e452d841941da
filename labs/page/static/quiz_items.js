"use strict";
// The signals of the quiz, who answered what, and the few numbers made of answers.
const QuizItems = (() => {
  const found = Chart.data("quiz-data");
  const LENGTH = 40;
  const THOUSAND = 1000;
  const Z = 1.959963984540054; // of a 95 % interval

  function signal(values, place) {
    return values.slice(LENGTH * place, LENGTH * (place + 1)).map((v) => v / THOUSAND);
  }

  // One item: its signal, its digit, and its place among the 400 (null where it is practice).
  function item(kind, place) {
    if (kind === "practice") {
      const { signals, labels } = found.practice;
      return { place: null, x: signal(signals, place), digit: Number(labels[place]) };
    }
    const x = signal(found[kind === "noisy" ? "noisy" : "plain"], place);
    const shown = kind === "shuffled" ? found.order.map((k) => x[k]) : x;
    return { place, x: shown, digit: Number(found.labels[place]) };
  }

  // The items of a quiz: the same for the same seed and kind, fewer are the first of more.
  function chosen(kind, count, seed) {
    const all = kind === "practice" ? found.practice.labels.length : found.labels.length;
    const order = Draws.shuffled(all, `${seed}/quiz/${kind}`);
    return order.slice(0, count).map((place) => item(kind, place));
  }

  // Who else answered: name, digits, level in percent on more signals than these.
  function others(kind) {
    const models = found.models[kind];
    if (kind !== "plain") return models;
    return [...models, { name: "one person", answers: found.human, level: null, person: true }];
  }

  const rightOf = (answers, items) =>
    items.filter(({ place, digit }) => Number(answers[place]) === digit).length;

  // The interval of Wilson (1927) for a share.
  function wilson(right, count) {
    const share = right / count;
    const square = (Z * Z) / count;
    const middle = (share + square / 2) / (1 + square);
    const half =
      (Z * Math.sqrt((share * (1 - share)) / count + square / (4 * count))) / (1 + square);
    return [Math.max(0, middle - half), Math.min(1, middle + half)];
  }

  function confusion(items, answers) {
    const counts = Array.from({ length: 10 }, () => Array(10).fill(0));
    items.forEach(({ digit }, k) => {
      counts[digit][answers[k]] += 1;
    });
    return counts;
  }

  // How many of its signals the person missed, and how many there were, for each digit.
  function person() {
    const wrong = Array.from({ length: 10 }, () => [0, 0]);
    [...found.labels].forEach((label, k) => {
      wrong[label][1] += 1;
      wrong[label][0] += label !== found.human[k];
    });
    return wrong;
  }

  function exported({ kind, seed, items, answers, seconds }) {
    return {
      format: found.format,
      version: found.version,
      kind,
      seed,
      items: items.map(({ place }) => found.indices[place]),
      answers,
      seconds: seconds.map((each) => Math.round(each * THOUSAND) / THOUSAND),
    };
  }

  const { counts } = found;
  return { counts, chosen, others, rightOf, wilson, confusion, person, exported };
})();
