/* Line charts over epochs, as SVG painted by the style sheet: they follow light and dark at once. */
Object.assign(window.dragon, (() => {
  const { el } = window.dragon;
  const HEIGHT = 224, LEFT = 48, RIGHT = 12, TOP = 22, BOTTOM = 40;

  const svg = (tag, attributes = {}, text = null) => {
    const made = document.createElementNS('http://www.w3.org/2000/svg', tag);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    if (text != null) made.textContent = text;
    return made;
  };
  /* The round number nearest above `rough`: 1, 2 or 5 times a power of ten. */
  const roundStep = (rough) => {
    const power = 10 ** Math.floor(Math.log10(rough));
    return [1, 2, 5, 10].find((times) => times * power >= rough * 0.999) * power;
  };
  const ticks = (most, wanted, least = 0) => {
    const step = Math.max(least, roundStep(most / wanted));
    return Array.from({ length: Math.floor(most / step + 1e-9) + 1 }, (_, i) => +(i * step).toPrecision(6));
  };
  /* Never 100 % while something is missing; `core/metrics.py` says shares the same way. */
  const percent = (share) => `${share < 1 && share >= 0.995 ? Math.floor(share * 1000) / 10 : Math.round(share * 100)} %`;
  /* Where the true share likely lies. */
  const range = ({ low, high }) => `${percent(low).replace(' %', '')} to ${percent(high)}`;
  const plain = (value) => (value >= 10 ? value.toFixed(0) : value.toFixed(2));

  /* `show(series, {epochs, kept})` draws, and marks the epoch that was kept; a series is {name, kind, points: [[epoch, value], ...]}.
     `kind` is train, val or steps. The words for screen readers follow what is drawn. */
  const lineChart = (title, { isShare = false, hint = '' } = {}) => {
    const say = isShare ? percent : plain;
    const legend = el('div', { class: 'chart-legend d-number' });
    const drawing = svg('svg', { role: 'img', class: 'chart-drawing', height: HEIGHT });
    const node = el('figure', { class: 'chart' },
      el('figcaption', { class: 'chart-head' }, el('span', { class: 'd-label', text: title }), ...(hint ? [el('span', { class: 'd-quiet', text: hint })] : []), legend), drawing);
    let shown = [], epochs = 1, kept = null;
    /* The point that counts: of the epoch that was kept, else the newest. */
    const point = (points) => points.find(([epoch]) => epoch === kept) ?? points.at(-1);

    const draw = () => {
      const width = drawing.clientWidth || 480;
      const values = shown.flatMap(({ points }) => points.map(([, value]) => value)).filter(Number.isFinite);
      const most = isShare ? 1 : Math.max(...values, 0.1) * 1.05;
      const x = (epoch) => LEFT + (epoch / epochs) * (width - LEFT - RIGHT);
      const y = (value) => TOP + (1 - Math.min(value, most) / most) * (HEIGHT - TOP - BOTTOM);
      const parts = [];
      for (const value of ticks(most, 4)) {
        parts.push(svg('line', { class: 'chart-grid', x1: LEFT, x2: width - RIGHT, y1: y(value), y2: y(value) }),
          svg('text', { class: 'chart-tick', x: LEFT - 8, y: y(value) + 4, 'text-anchor': 'end' },
            isShare ? percent(value) : String(value)));
      }
      for (const epoch of ticks(epochs, Math.min(6, width / 70), 1)) {
        parts.push(svg('text', { class: 'chart-tick', x: x(epoch), y: HEIGHT - BOTTOM + 16, 'text-anchor': 'middle' }, epoch));
      }
      parts.push(svg('text', { class: 'chart-tick', x: (LEFT + width - RIGHT) / 2, y: HEIGHT - 6, 'text-anchor': 'middle' }, 'epoch: once through all photos'));
      if (kept != null) {
        const side = { 'text-anchor': kept > epochs * 0.75 ? 'end' : kept < epochs * 0.25 ? 'start' : 'middle' };
        parts.push(svg('line', { class: 'chart-kept', x1: x(kept), x2: x(kept), y1: TOP, y2: HEIGHT - BOTTOM }),
          svg('text', { class: 'chart-kept-words', x: x(kept), y: TOP - 9, ...side }, `kept: epoch ${kept}`));
      }
      for (const { kind, points } of shown) {
        const known = points.filter(([, value]) => Number.isFinite(value));
        if (!known.length) continue;
        parts.push(svg('polyline', { class: `chart-line is-${kind}`,
          points: known.map(([epoch, value]) => `${x(epoch).toFixed(1)},${y(value).toFixed(1)}`).join(' ') }));
        if (kind === 'steps') continue;
        const [epoch, value] = point(known);
        parts.push(svg('circle', { class: `chart-end is-${kind}`, cx: x(epoch), cy: y(value), r: 4 }));
      }
      drawing.setAttribute('viewBox', `0 0 ${width} ${HEIGHT}`);
      drawing.replaceChildren(...parts);
    };
    const inWords = () => {
      const lines = shown.filter(({ kind, points }) => kind !== 'steps' && points.length).map(({ name, points }) => {
        const [first, last] = [points[0], points.at(-1)];
        return `${name}: ${say(first[1])} after epoch ${first[0]}, ${say(last[1])} after epoch ${last[0]}.`;
      });
      return `${title} by epoch. ${lines.join(' ') || 'Nothing measured yet.'}${kept == null ? '' : ` Kept: epoch ${kept}.`}`;
    };
    const show = (series, options) => {
      shown = series;
      epochs = Math.max(1, options.epochs);
      kept = options.kept ?? null;
      legend.replaceChildren(...series.filter(({ kind, points }) => kind !== 'steps' || points.length).map(({ name, kind, points }) =>
        el('span', { class: 'chart-key' }, el('i', { class: `is-${kind}` }),
          el('span', { text: points.length && kind !== 'steps' ? `${name} ${say(point(points)[1])}` : name }))));
      drawing.setAttribute('aria-label', inWords());
      draw();
    };
    new ResizeObserver(draw).observe(drawing);
    return { node, show };
  };

  /* Loss and accuracy of a run side by side; `show(measured, steps, {epochs, kept})`. */
  const runCharts = () => {
    const loss = lineChart('Loss', { hint: 'how wrong the answers are: the less, the better' }), accuracy = lineChart('Right answers', { isShare: true });
    const node = el('div', { class: 'charts' }, accuracy.node, loss.node);
    const show = (measured, steps, { epochs: planned, kept }) => {
      // One that is over may have ended well before the last epoch that was planned.
      const options = { kept, epochs: (kept != null && measured.at(-1)?.epoch) || planned };
      const by = (key) => measured.map((each) => [each.epoch, each[key]]);
      accuracy.show([{ name: 'Photos learned from', kind: 'train', points: by('train_accuracy') },
        { name: 'Held-out photos', kind: 'val', points: by('val_accuracy') }], options);
      loss.show([{ name: 'Each step', kind: 'steps', points: steps },
        { name: 'Photos learned from', kind: 'train', points: by('train_loss') },
        { name: 'Held-out photos', kind: 'val', points: by('val_loss') }], options);
    };
    return { node, show };
  };

  return { lineChart, runCharts, percent, range, chartParts: { svg, ticks, plain, HEIGHT, LEFT, RIGHT, TOP, BOTTOM } };
})());
