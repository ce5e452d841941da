"use strict";
// The quiz: one signal after the other, by key or button, nothing said before the end.
(() => {
  const one = (name) => document.getElementById(`quiz-${name}`);
  const section = document.getElementById("quiz");
  const form = one("start");
  const stage = one("stage");
  const LARGEST = 2 ** 32 - 1; // seed
  const PRACTICE = 10;
  const [WIDTH, HEIGHT] = [180, 250];
  let quiz = null; // the one that runs
  let turned = false;
  let shownAt = 0;

  // ---- what is asked for
  const kind = () => form.elements.kind.value;

  function lengths(wanted) {
    const options = QuizItems.counts[kind()].map((count) => new Option(count, count));
    one("count").replaceChildren(...options);
    one("count").value = wanted;
    if (one("count").selectedIndex === -1) one("count").selectedIndex = 0;
  }

  function seed() {
    const text = one("seed").value.trim();
    const given = /^\d{1,10}$/.test(text) && Number(text) <= LARGEST;
    return given ? Number(text) : Math.floor(Math.random() * (LARGEST + 1));
  }

  function restore() {
    const asked = Chart.asked("quiz");
    const wanted = asked.get("kind");
    if (Object.keys(QuizItems.counts).includes(wanted)) form.elements.kind.value = wanted;
    lengths(asked.get("count") ?? one("count").value);
    const given = asked.get("seed") ?? "";
    if (/^\d{1,10}$/.test(given) && Number(given) <= LARGEST) one("seed").value = given;
    if (location.hash.startsWith("#quiz?")) section.scrollIntoView();
  }

  // ---- one signal after the other
  function start(made) {
    quiz = { ...made, answers: [], seconds: [] };
    form.hidden = true;
    one("results").hidden = true;
    stage.hidden = false;
    one("feedback").textContent = "";
    draw();
    stage.focus();
    stage.scrollIntoView({ block: "nearest" });
  }

  function begin() {
    const own = { kind: kind(), seed: seed(), count: Number(one("count").value) };
    Chart.keep("quiz", own);
    start({ ...own, items: QuizItems.chosen(own.kind, own.count, own.seed) });
  }

  function practise() {
    const own = { kind: "practice", seed: Math.floor(Math.random() * LARGEST) };
    start({ ...own, items: QuizItems.chosen("practice", PRACTICE, own.seed) });
  }

  function draw() {
    const k = quiz.answers.length;
    const { x } = quiz.items[k];
    const what = quiz.kind === "practice" ? "Practice" : "Signal";
    const [width, height] = turned ? [HEIGHT, WIDTH] : [WIDTH, HEIGHT];
    one("progress").textContent = `${what} ${k + 1} of ${quiz.items.length}`;
    one("signal").replaceChildren(
      Chart.picture(
        width,
        height,
        `The signal to read`,
        QuizResults.drawn(x, turned, width, height),
      ),
    );
    one("numbers").textContent = x.map((v) => v.toFixed(2)).join(", ");
    shownAt = performance.now();
  }

  function answer(digit) {
    const item = quiz.items[quiz.answers.length];
    quiz.answers.push(digit);
    quiz.seconds.push((performance.now() - shownAt) / 1000);
    if (quiz.kind === "practice") {
      const right = digit === item.digit;
      one("feedback").textContent = right
        ? `Right: a ${digit}.`
        : `No: it was a ${item.digit}, not a ${digit}.`;
    }
    if (quiz.answers.length < quiz.items.length) draw();
    else end();
  }

  function end() {
    const done = quiz;
    stop();
    if (done.kind !== "practice") {
      QuizResults.show(one("results"), done, again);
      return;
    }
    const right = done.items.filter(({ digit }, k) => digit === done.answers[k]).length;
    one("practised").textContent =
      `${one("feedback").textContent} ${right} of ${PRACTICE} right, and not counted: now start.`;
  }

  function stop() {
    quiz = null;
    stage.hidden = true;
    form.hidden = false;
    form.querySelector("[type=submit]").focus();
  }

  function again() {
    one("results").hidden = true;
    one("seed").value = "";
    Chart.keep("quiz", {});
    form.querySelector("[type=submit]").focus();
  }

  function turn() {
    turned = !turned;
    one("turn").setAttribute("aria-pressed", String(turned));
    const before = shownAt;
    draw();
    shownAt = before; // turning takes time, too
  }

  // ---- keys and buttons
  document.addEventListener("keydown", (event) => {
    if (!quiz || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.matches("input, select, textarea") && !stage.contains(event.target)) return;
    if (/^[0-9]$/.test(event.key)) answer(Number(event.key));
    else if (event.key.toLowerCase() === "t") turn();
    else return;
    event.preventDefault();
  });
  stage.addEventListener("click", (event) => {
    const { digit } = event.target.dataset;
    if (quiz && digit) answer(Number(digit));
  });
  one("turn").addEventListener("click", turn);
  one("stop").addEventListener("click", stop);
  one("practise").addEventListener("click", practise);
  form.addEventListener("change", (event) => {
    if (event.target.name === "kind") lengths(one("count").value);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    begin();
  });
  window.addEventListener("hashchange", restore);

  section.querySelector(".static").hidden = true;
  for (const part of section.querySelectorAll(".needs-script")) part.hidden = false;
  restore();
})();
