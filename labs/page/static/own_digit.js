"use strict";
// A digit of one's own: twelve points, each a slider of its own for the keyboard, and one field to
// draw in for a pointer.
const OwnDigit = (() => {
  const WIDTH = 160;
  const ROW = 18;

  function start(pad, changed) {
    const points = [...pad.querySelectorAll("input")];
    const [low, high] = [points[0].min, points[0].max].map(Number);
    const image = Chart.svg("svg", {
      viewBox: `0 0 ${WIDTH} ${ROW * points.length}`,
      "aria-hidden": "true",
    });
    pad.prepend(image);

    const strokes = () => points.map((point) => Number(point.value));

    function draw() {
      const places = strokes().map((v, k) => [
        8 + ((v - low) / (high - low)) * (WIDTH - 16),
        ROW * (k + 0.5),
      ]);
      const marks = places.map(([cx, cy]) =>
        Chart.svg("circle", { cx, cy, r: 3.5, class: "mark" }),
      );
      image.replaceChildren(Chart.line(places, "of-digit"), ...marks);
      for (const point of points) point.setAttribute("aria-valuetext", point.value);
    }

    function set(values) {
      points.forEach((point, k) => {
        point.value = values[k];
      });
      draw();
    }

    function focus(k) {
      points.forEach((point, i) => {
        point.tabIndex = i === k ? 0 : -1;
      });
      points[k].focus({ preventScroll: true });
    }

    function at(event) {
      const box = image.getBoundingClientRect();
      const k = Math.floor(((event.clientY - box.top) / box.height) * points.length);
      const across = (((event.clientX - box.left) / box.width) * WIDTH - 8) / (WIDTH - 16);
      return [Math.max(0, Math.min(points.length - 1, k)), low + across * (high - low)];
    }

    // a fast pen skips rows: those between its last place and this one lie on a line
    let pen = null;
    function move(event) {
      const [k, value] = at(event);
      const [from, start] = pen || [k, value];
      const way = Math.max(1, Math.abs(k - from));
      for (let i = 0; i <= way; i += 1) {
        const row = from + Math.sign(k - from) * i;
        if (row !== from || !pen) points[row].value = start + ((value - start) * i) / way;
      }
      points[k].value = value;
      pen = [k, value];
      draw();
    }

    pad.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      pad.setPointerCapture(event.pointerId);
      pen = null;
      move(event);
      focus(pen[0]);
    });
    pad.addEventListener("pointermove", (event) => {
      if (pad.hasPointerCapture(event.pointerId)) move(event);
    });
    pad.addEventListener("pointerup", () => changed(strokes()));
    pad.addEventListener("input", draw);
    pad.addEventListener("change", () => changed(strokes()));
    pad.addEventListener("keydown", (event) => {
      const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
      const next = points.indexOf(event.target) + step;
      if (!step) return;
      event.preventDefault(); // up and down go along the pen's way
      if (points[next]) focus(next);
    });
    draw();
    return { strokes, set };
  }

  return { start };
})();
