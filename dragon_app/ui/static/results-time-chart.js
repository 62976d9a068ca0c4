/* How good runs are against how long they took: a dot for each, with how far off it may be. */
const createTimeChart = () => {
  const { el, percent, duration, chartParts } = dragon;
  const { svg, ticks, HEIGHT, LEFT, RIGHT, TOP, BOTTOM } = chartParts;
  const drawing = svg('svg', { role: 'img', class: 'chart-drawing', height: HEIGHT });
  const node = el('figure', { class: 'chart' }, drawing);
  let runs = [],
    marked = [];

  const draw = () => {
    const width = drawing.clientWidth || 480;
    const most = Math.max(...runs.map((run) => run.seconds), 1) * 1.08;
    const x = (seconds) => LEFT + (seconds / most) * (width - LEFT - RIGHT);
    const y = (share) => TOP + (1 - share) * (HEIGHT - TOP - BOTTOM);
    const parts = ticks(1, 4).flatMap((share) => [
      svg('line', { class: 'chart-grid', x1: LEFT, x2: width - RIGHT, y1: y(share), y2: y(share) }),
      svg('text', { class: 'chart-tick', x: LEFT - 8, y: y(share) + 4, 'text-anchor': 'end' }, percent(share)),
    ]);
    for (const seconds of ticks(most, Math.min(5, width / 90))) {
      parts.push(svg('text', { class: 'chart-tick', x: x(seconds), y: HEIGHT - BOTTOM + 16, 'text-anchor': 'middle' }, seconds ? duration(seconds) : '0'));
    }
    parts.push(svg('text', { class: 'chart-tick', x: (LEFT + width - RIGHT) / 2, y: HEIGHT - 6, 'text-anchor': 'middle' }, 'training time'));
    for (const run of runs) {
      const kind = marked.includes(run.id) ? 'is-val' : '';
      const side = x(run.seconds) > width * 0.8 ? { dx: -9, 'text-anchor': 'end' } : { dx: 9 };
      parts.push(
        svg('line', { class: `time-spread ${kind}`, x1: x(run.seconds), x2: x(run.seconds), y1: y(run.low), y2: y(run.high) }),
        svg('circle', { class: `chart-end ${kind}`, cx: x(run.seconds), cy: y(run.val_accuracy), r: kind ? 5 : 4 }),
      );
      if (kind) parts.push(svg('text', { class: 'chart-kept-words', x: x(run.seconds), y: y(run.val_accuracy) - 8, ...side }, `run ${run.id}`));
    }
    drawing.setAttribute('viewBox', `0 0 ${width} ${HEIGHT}`);
    drawing.replaceChildren(...parts);
  };
  /* Draws the runs that have a model; those with the ids `chosen` stand out. */
  const show = (all, chosen) => {
    runs = all.filter((run) => run.val_accuracy != null);
    marked = chosen;
    const said = runs.filter((run) => marked.includes(run.id)).map((run) => `run ${run.id} ${percent(run.val_accuracy)} after ${duration(run.seconds)}`);
    drawing.setAttribute('aria-label', `Share right against training time: ${said.join(', ')}.`);
    draw();
  };
  new ResizeObserver(() => {
    if (runs.length) draw();
  }).observe(drawing);
  return { node, show };
};
