"use strict";
// What the explorer draws: stages, samples, and how hard the last settings were.
const ExplorerViews = (() => {
  const { html, svg, picture, line, written } = Chart;
  const WIDTH = 100;
  const HEIGHT = 150;

  // the half width of a picture: it grows by doubling, so that a small change does not move it
  function reach(values, smallest) {
    let found = smallest;
    const most = Math.max(...values.map(Math.abs));
    while (found < most) found *= 2;
    return found;
  }

  // The pieces of a line that belong to the digit.
  function runs(points, digit) {
    const found = [];
    points.forEach((point, k) => {
      if (!digit[k]) return;
      if (k === 0 || !digit[k - 1]) found.push([]);
      found[found.length - 1].push(point);
    });
    return found.filter((run) => run.length > 1);
  }

  const number = (value) => Number(value.toFixed(2));
  const ALONE = ["pad", "standardise", "shuffle"]; // not drawn over the stage before

  function panel(stage, before, box, k) {
    const points = written(stage.x, stage.at, box);
    const lines = [
      line(points, "of-padding"),
      ...runs(points, stage.digit).map((run) => line(run, "of-digit")),
    ];
    if (before && !ALONE.includes(stage.name)) {
      lines.unshift(line(written(before.x, before.at, box), "of-before"));
    }
    const middle = svg("line", { class: "zero", x1: WIDTH / 2, x2: WIDTH / 2, y1: 0, y2: HEIGHT });
    const ends = [`−${number(box.reach)}`, number(box.reach)].map((text, side) =>
      svg("text", { class: side ? "end" : "", x: side * WIDTH, y: HEIGHT + 14 }, String(text)),
    );
    const label = `Stage ${k + 1}, ${stage.name} ${stage.note}`;
    return html(
      "figure",
      { class: "panel" },
      html(
        "figcaption",
        {},
        html("b", {}, `${k + 1} ${stage.name}`),
        html("small", {}, stage.note),
      ),
      picture(WIDTH, HEIGHT + 18, label, middle, ...lines, ...ends),
    );
  }

  function stages(place, all) {
    const raw = reach(
      all.slice(0, 9).flatMap((stage) => stage.x),
      0.8,
    );
    const unit = reach(all[9].x, 3.6);
    const last = Math.max(all[1].x.length - 1, all[2].x.length - 1);
    place.replaceChildren(
      ...all.map((stage, k) => {
        const own = stage.name === "template" ? stage.x.length - 1 : last;
        const box = { width: WIDTH, height: HEIGHT, reach: k < 9 ? raw : unit, last: own };
        return panel(stage, k ? all[k - 1] : null, box, k);
      }),
    );
  }

  // the finished signal alone, beside the sliders of a narrow screen
  function preview(place, all, level) {
    const stage = all.at(-1);
    const last = stage.at.at(-1);
    const box = { width: 64, height: 92, reach: reach(stage.x, 3.6), last };
    const points = written(stage.x, stage.at, box);
    const lines = [
      line(points, "of-padding"),
      ...runs(points, stage.digit).map((run) => line(run, "of-digit")),
    ];
    const text = html("span", {}, html("b", {}, level), html("small", {}, " read right"));
    place.replaceChildren(svg("svg", { viewBox: "0 0 64 92" }, ...lines), text);
  }

  function numbers(all) {
    const longest = Math.max(...all.map((stage) => stage.x.length));
    const rows = Array.from({ length: longest }, (_, i) => [
      i,
      ...all.map((stage) => (i < stage.x.length ? stage.x[i].toFixed(3) : "")),
    ]);
    return Chart.table(
      "The signal after each stage",
      ["point", ...all.map((s) => s.name)],
      rows,
      "values",
    );
  }

  // Three signals of each digit, side by side under its name.
  function samples(title, rows, name) {
    const most = reach(rows.flat(2), 3.6);
    const digits = rows.map((signals, digit) => {
      const lines = signals.map((x, k) => {
        const box = { width: 28, height: 100, reach: most, last: x.length - 1 };
        const points = written(
          x,
          x.map((_, i) => i),
          box,
        );
        return svg("g", { transform: `translate(${2 + 31 * k} 0)` }, line(points, "of-digit"));
      });
      const label = `Three signals of digit ${name(digit)}`;
      return html(
        "figure",
        { class: "three" },
        html("figcaption", {}, name(digit)),
        picture(94, 100, label, ...lines),
      );
    });
    return html(
      "div",
      {},
      title && html("h4", {}, title),
      html("div", { class: "ten-digits" }, ...digits),
    );
  }

  function sampleNumbers(blocks, name) {
    return blocks.map(({ title, rows }) => {
      const lines = rows.flatMap((signals, digit) =>
        signals.map((x, k) => [`${name(digit)}, ${k + 1}`, ...x.map((v) => v.toFixed(2))]),
      );
      const head = ["digit, signal", ...rows[0][0].map((_, i) => String(i))];
      return Chart.table(`Signals ${title}`, head, lines, "values");
    });
  }

  function trail(settings) {
    const x = (k) => 40 + (k * 185) / 9;
    const y = (share) => 8 + 74 * (1 - share);
    const points = settings.map((setting, k) => [x(k), y(setting.accuracy)]);
    const marks = points.map(([cx, cy], k) =>
      svg("circle", { cx, cy, r: k === points.length - 1 ? 4.5 : 2.5, class: "mark" }),
    );
    const rules = [
      [1, "100 %"],
      [0.1, "10 %"],
    ].flatMap(([share, text]) => [
      svg("line", { class: "zero", x1: 36, x2: 232, y1: y(share), y2: y(share) }),
      svg("text", { x: 0, y: y(share) + 4 }, text),
    ]);
    const said = settings.map((setting) => Chart.percent(setting.accuracy)).join(", ");
    const label = `Share read right in the last ${settings.length} settings: ${said}`;
    return picture(240, 92, label, ...rules, line(points, "trail"), ...marks);
  }

  const tried = (settings) =>
    Chart.table(
      "The last ten settings, the newest below",
      ["recipe", "read right"],
      settings.map((setting) => [setting.python, Chart.percent(setting.accuracy)]),
    );

  const doubled = (rows) =>
    Chart.table(
      "The published recipe with one knob at twice its value, the hardest first",
      ["knob", "at", "read right"],
      rows.map(({ name, value, accuracy }) => [name, value, Chart.percent(accuracy)]),
    );

  return { stages, preview, numbers, samples, sampleNumbers, trail, tried, doubled };
})();
