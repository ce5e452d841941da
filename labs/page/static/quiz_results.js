"use strict";
// What stands there after a quiz: one sentence, the ladder, and where it was hard.
const QuizResults = (() => {
  const { html, svg, picture, line, table } = Chart;
  const { wilson, rightOf } = QuizItems;
  const FEW = 6; // signals in a row of pictures
  const PARTS = 4; // of the quiz, to see whether it went better in the end

  const percent = (share) => (100 * share).toFixed(1);
  const between = ([low, high]) => `[${percent(low)}, ${percent(high)}]`;
  const rightBy = (done) => done.items.map(({ digit }, k) => done.answers[k] === digit);

  const behind = (summary, inside) => html("details", {}, html("summary", {}, summary), inside);

  function drawn(x, turned, width, height) {
    const [across, along] = turned ? [height, width] : [width, height];
    const box = { width: across, height: along, reach: 4.5, last: x.length - 1 };
    const places = Chart.written(
      x,
      x.map((_, k) => k),
      box,
    );
    return line(turned ? places.map(([a, b]) => [b, height - a]) : places, "of-digit");
  }

  // ---- the sentence and the ladder
  function verdict(done, right) {
    const count = done.items.length;
    const ends = wilson(right, count);
    const share = `That is ${percent(right / count)}\u00a0%.`;
    const open = `After ${count} signals your true share may lie anywhere in`;
    return `${share} ${open} ${between(ends)} (95\u00a0%). `;
  }

  function aboutPerson(kind) {
    if (kind !== "plain") {
      return `No person's answers to ${kind} signals are known: you stand beside models alone.`;
    }
    const counts = QuizItems.person();
    const [wrong, asked] = [0, 1].map((k) => counts.reduce((sum, each) => sum + each[k], 0));
    const right = asked - wrong;
    const share = Number(((100 * right) / asked).toFixed(2));
    const ends = between(wilson(right, asked));
    const who = "One person, an author of the data set,";
    return `${who} read ${right} of ${asked}: ${share}\u00a0% ${ends}.`;
  }

  // Everybody on these signals, and on all: {name, same, all, ends, you}.
  function ladder(done, right) {
    const count = done.items.length;
    const rows = QuizItems.others(done.kind).map(({ name, answers, level, person }) => {
      const full =
        person && 1 - QuizItems.person().reduce((sum, [wrong]) => sum + wrong, 0) / answers.length;
      return {
        name,
        same: answers ? rightOf(answers, done.items) : null,
        all: person ? full : level === null ? null : level / 100,
        ends: person ? wilson(Math.round(full * answers.length), answers.length) : null,
        kind: person ? "person" : "model",
      };
    });
    rows.push({ name: "you", same: right, all: null, ends: wilson(right, count), kind: "you" });
    const height = (row) => row.all ?? (row.same ?? 0) / count;
    return rows.sort((a, b) => height(a) - height(b));
  }

  const x = (share) => 10 + 280 * share;

  function rung(row, count) {
    const marks = [svg("line", { class: "zero", x1: x(0), x2: x(1), y1: 12, y2: 12 })];
    if (row.ends) {
      const [low, high] = row.ends.map(x);
      marks.push(svg("line", { class: "ends", x1: low, x2: high, y1: 12, y2: 12 }));
    }
    if (row.same !== null && row.kind !== "you") {
      marks.push(svg("circle", { class: "ring", cx: x(row.same / count), cy: 12, r: 5 }));
    }
    const dot = row.kind === "you" ? row.same / count : row.all;
    if (dot !== null) marks.push(svg("circle", { class: "mark", cx: x(dot), cy: 12, r: 5.5 }));
    return html(
      "li",
      { class: row.kind },
      html("b", {}, row.name),
      picture(300, 24, rungText(row, count), ...marks),
      html("span", {}, rungText(row, count)),
    );
  }

  function rungText(row, count) {
    const all = row.all !== null && `${percent(row.all)} % of all`;
    const same = row.same !== null && `${row.same} of these ${count}`;
    return [same, all].filter(Boolean).join(", ") || "no answers stored";
  }

  function scale() {
    const ticks = [0, 0.25, 0.5, 0.75, 1].map((share) =>
      svg("text", { class: "tick", x: x(share), y: 12 }, `${100 * share}`),
    );
    return html(
      "li",
      { class: "scale-of" },
      html("b", {}, "percent right"),
      svg("svg", { viewBox: "0 0 300 16", "aria-hidden": "true" }, ...ticks),
      html("span"),
    );
  }

  function ladderPart(done, right) {
    const count = done.items.length;
    const rows = ladder(done, right);
    const cells = [...rows]
      .reverse()
      .map((row) => [
        row.name,
        row.same === null ? "not stored" : `${row.same} (${percent(row.same / count)} %)`,
        row.all === null ? "" : `${percent(row.all)} %`,
        row.ends ? between(row.ends) : "",
      ]);
    const caption = `Right answers to the same ${count} signals, and to all that were asked`;
    return [
      html("h4", {}, "The ladder"),
      html(
        "p",
        { class: "key" },
        "Dot: all signals (yours: these). Ring: the same signals as yours. Bar: 95 % interval.",
      ),
      html(
        "ul",
        { class: "ladder" },
        ...[...rows].reverse().map((row) => rung(row, count)),
        scale(),
      ),
      behind(
        "The ladder as a table",
        table(caption, ["reader", `same ${count}`, "all", "95 % interval"], cells),
      ),
    ];
  }

  // ---- by digit
  function digitPart(done) {
    const counts = QuizItems.confusion(done.items, done.answers);
    const person = QuizItems.person();
    const rows = counts.map((row, digit) => {
      const asked = row.reduce((a, b) => a + b);
      const theirs =
        done.kind === "plain" ? `${person[digit][0]} of ${person[digit][1]}` : "not asked";
      return [digit, `${asked - row[digit]} of ${asked}`, theirs];
    });
    const cells = counts.map((row, digit) => [
      digit,
      ...row.map((count, answer) => {
        const name = !count ? "none" : answer === digit ? "hit" : "miss";
        return html("span", { class: name }, count || "·");
      }),
    ]);
    const head = ["it was", ...counts.map((_, digit) => String(digit))];
    return [
      html("h4", {}, "Digit by digit"),
      html(
        "div",
        { class: "pair" },
        table("Missed, by digit", ["digit", "you", "the person, of 400"], rows),
        table("What it was, and what you said", head, cells, "confusion"),
      ),
    ];
  }

  // ---- items
  function gallery(title, ranks, done, note) {
    const figures = ranks.map((k) => {
      const { x: values, digit } = done.items[k];
      const label = `Signal ${k + 1}, a ${digit}`;
      return html(
        "figure",
        {},
        picture(90, 130, label, drawn(values, false, 90, 130)),
        html("figcaption", {}, html("b", {}, `a ${digit}`), html("small", {}, note(k))),
      );
    });
    const none = html("p", { class: "key" }, "None.");
    return [
      html("h4", {}, title),
      figures.length ? html("div", { class: "gallery" }, ...figures) : none,
    ];
  }

  function itemPart(done) {
    const all = done.items.map((_, k) => k);
    const right = rightBy(done);
    const readers = QuizItems.others(done.kind).filter(({ answers }) => answers);
    const said = (k) =>
      readers.map(({ name, answers }) => [name, Number(answers[done.items[k].place])]);
    const misses = (k) => said(k).filter(([, answer]) => answer !== done.items[k].digit).length;
    const missed = all
      .filter((k) => !right[k])
      .sort((a, b) => misses(b) - misses(a))
      .slice(0, FEW);
    const slowest = [...all].sort((a, b) => done.seconds[b] - done.seconds[a]).slice(0, FEW);
    const words = (k) =>
      said(k)
        .map(([name, answer]) => `${name} ${answer}`)
        .join(", ");
    return [
      ...gallery(
        "Missed, most often by the others first",
        missed,
        done,
        (k) => `you ${done.answers[k]}, ${words(k)}`,
      ),
      ...gallery(
        "Slowest",
        slowest,
        done,
        (k) => `${done.seconds[k].toFixed(1)} s, you ${done.answers[k]}`,
      ),
    ];
  }

  // ---- the way through
  const median = (values) => {
    const sorted = [...values].sort((a, b) => a - b);
    const half = sorted.length / 2;
    return (sorted[Math.ceil(half) - 1] + sorted[Math.floor(half)]) / 2;
  };

  function parts(done) {
    const right = rightBy(done);
    const size = right.length / PARTS;
    return Array.from({ length: PARTS }, (_, k) => {
      const [from, to] = [Math.round(k * size), Math.round((k + 1) * size)];
      const hits = right.slice(from, to).filter(Boolean).length;
      return {
        from,
        to,
        hits,
        ends: wilson(hits, to - from),
        seconds: median(done.seconds.slice(from, to)),
      };
    });
  }

  function trendPart(done) {
    const found = parts(done);
    const at = (k) => 45 + 70 * k;
    const y = (share) => 8 + 94 * (1 - share);
    const share = ({ hits, from, to }) => hits / (to - from);
    const bars = found.map(({ ends: [low, high] }, k) =>
      svg("line", { class: "ends", x1: at(k), x2: at(k), y1: y(low), y2: y(high) }),
    );
    const marks = found.map((part, k) =>
      svg("circle", { class: "mark", cx: at(k), cy: y(share(part)), r: 4.5 }),
    );
    const rules = [0, 0.5, 1].flatMap((each) => [
      svg("line", { class: "zero", x1: 28, x2: 290, y1: y(each), y2: y(each) }),
      svg("text", { x: 0, y: y(each) + 4 }, `${100 * each}`),
    ]);
    const path = line(
      found.map((part, k) => [at(k), y(share(part))]),
      "trail",
    );
    const shares = found.map((part) => percent(share(part))).join(", ");
    const label = `Share right by quarter: ${shares} percent`;
    const cells = found.map((part) => [
      `${part.from + 1} to ${part.to}`,
      `${part.hits} of ${part.to - part.from}`,
      between(part.ends),
      part.seconds.toFixed(1),
    ]);
    return [
      html("h4", {}, "Did you learn on the way?"),
      html(
        "div",
        { class: "pair trend" },
        picture(300, 110, label, ...rules, path, ...bars, ...marks),
        behind(
          "The quarters as a table",
          table(
            "Each quarter of the quiz, percent with 95 % intervals",
            ["signals", "right", "interval", "median seconds"],
            cells,
          ),
        ),
      ),
    ];
  }

  function show(place, done, again) {
    const right = rightBy(done).filter(Boolean).length;
    const title = html("h3", { tabindex: "-1" }, `${right} of ${done.items.length} right`);
    const save = html("button", { type: "button", id: "quiz-save" }, "Save my answers (JSON)");
    save.addEventListener("click", () => Chart.save("quiz.json", QuizItems.exported(done)));
    const more = html("button", { type: "button", id: "quiz-again" }, "Another quiz");
    more.addEventListener("click", again);
    place.replaceChildren(
      title,
      html("p", { role: "status" }, verdict(done, right), aboutPerson(done.kind)),
      ...ladderPart(done, right),
      ...digitPart(done),
      ...itemPart(done),
      ...trendPart(done),
      html("p", { class: "buttons" }, save, more),
      html(
        "p",
        { class: "key" },
        `Kind ${done.kind}, seed ${done.seed}: this page's address gives anybody the same signals.`,
      ),
    );
    place.hidden = false;
    title.focus();
  }

  return { show, drawn };
})();
