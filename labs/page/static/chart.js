"use strict";
// Small pieces that are drawn or written: text only ever becomes text.
const Chart = (() => {
  const SVG = "http://www.w3.org/2000/svg";

  function made(node, attributes, inside) {
    for (const [name, value] of Object.entries(attributes)) {
      if (value !== null && value !== false) node.setAttribute(name, value === true ? "" : value);
    }
    node.append(...inside);
    return node;
  }

  const html = (kind, attributes = {}, ...inside) =>
    made(document.createElement(kind), attributes, inside);
  const svg = (kind, attributes = {}, ...inside) =>
    made(document.createElementNS(SVG, kind), attributes, inside);

  // a picture that is one thing for those who do not see it
  const picture = (width, height, label, ...inside) =>
    svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label }, ...inside);

  const line = (points, name) =>
    svg("polyline", {
      class: name,
      points: points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" "),
    });

  // A signal written downwards: places [x, y] in a box; `reach` of the signal to each side.
  function written(values, at, box) {
    const { width, height, reach, last } = box;
    return values.map((v, k) => [
      width / 2 + (Math.max(-1.2, Math.min(1.2, v / reach)) * width) / 2,
      3 + (at[k] / last) * (height - 6),
    ]);
  }

  function table(caption, head, rows, name = "") {
    const cells = ([first, ...others]) =>
      html(
        "tr",
        {},
        html("th", { scope: "row" }, String(first)),
        ...others.map((cell) => html("td", {}, cell instanceof Node ? cell : String(cell))),
      );
    const columns = html("tr", {}, ...head.map((each) => html("th", { scope: "col" }, each)));
    const inside = html(
      "table",
      { class: name },
      html("caption", {}, caption),
      html("thead", {}, columns),
      html("tbody", {}, ...rows.map(cells)),
    );
    const box = { class: "scroll", role: "region", "aria-label": caption, tabindex: "0" };
    return html("div", box, inside);
  }

  function save(name, value) {
    const address = URL.createObjectURL(
      new Blob([`${JSON.stringify(value, null, 1)}\n`], { type: "application/json" }),
    );
    html("a", { href: address, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(address), 10000);
  }

  // what stands behind a place's name in the address: #explorer?digit=3
  function asked(place) {
    const found = location.hash.startsWith(`#${place}?`)
      ? location.hash.slice(place.length + 2)
      : "";
    return new URLSearchParams(found);
  }

  function keep(place, values) {
    const query = new URLSearchParams(values).toString().replaceAll("%2C", ",");
    try {
      history.replaceState(null, "", query ? `#${place}?${query}` : `#${place}`);
    } catch {
      // a browser that is asked too often: the next change will be kept
    }
  }

  const data = (name) => JSON.parse(document.getElementById(name).textContent);
  const percent = (share) => `${(100 * share).toFixed(1)}\u00a0%`;

  return { html, svg, picture, line, written, table, save, asked, keep, data, percent };
})();
