/* Right answers against seconds of learning, one line for each way to train. Lines differ by colour,
   by dashes and by the shape of their marks; the key of each stands in its row of the table. */
const createCompareChart = () => {
  const { svg, ticks, HEIGHT, LEFT, RIGHT, TOP, BOTTOM } = dragon.chartParts;
  const MARKED = 16;  // epochs up to which each has a mark of its own
  const MARKS = ['circle', 'square', 'triangle', 'diamond', 'cross'];
  const drawing = svg('svg', { role: 'img', class: 'chart-drawing', height: HEIGHT });
  const node = el('figure', { class: 'chart compare-chart', hidden: true },
    el('figcaption', { class: 'chart-head' }, el('span', { class: 'd-label', text: 'Right answers by time' }), el('span', { class: 'd-quiet', text: 'on the held-out photos, after each epoch' })), drawing);
  let lines = [];

  const PATHS = {
    circle: (r) => `M${-r} 0a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`,
    square: (r) => `M${-r} ${-r}h${2 * r}v${2 * r}h${-2 * r}z`,
    triangle: (r) => `M0 ${-1.2 * r}L${1.2 * r} ${r}H${-1.2 * r}z`,
    diamond: (r) => `M0 ${-1.4 * r}L${1.4 * r} 0L0 ${1.4 * r}L${-1.4 * r} 0z`,
    cross: (r) => `M${-r} ${-r}L${r} ${r}M${-r} ${r}L${r} ${-r}`,
  };
  const kind = (place) => `is-${place % MARKS.length}`;
  const mark = (place, x, y, r) => svg('path', { class: `compare-mark ${kind(place)}`, d: PATHS[MARKS[place % MARKS.length]](r), transform: `translate(${x.toFixed(1)} ${y.toFixed(1)})` });
  /* The key of a line, for its row in the table. */
  const key = (place) => {
    const made = svg('svg', { class: 'compare-key', width: 36, height: 16, viewBox: '0 0 36 16', 'aria-hidden': 'true' });
    made.append(svg('line', { class: `compare-line ${kind(place)}`, x1: 1, x2: 35, y1: 8, y2: 8 }), mark(place, 18, 8, 4));
    return made;
  };
  const best = (points) => points.reduce((a, b) => (b[1] > a[1] ? b : a));

  const draw = () => {
    const width = drawing.clientWidth || 480;
    const most = Math.max(...lines.flatMap(({ points }) => points.map(([seconds]) => seconds)), 1);
    const [unit, name] = most > 300 ? [60, 'minutes of learning'] : [1, 'seconds of learning'];
    const x = (seconds) => LEFT + (seconds / most) * (width - LEFT - RIGHT);
    const y = (share) => TOP + (1 - share) * (HEIGHT - TOP - BOTTOM);
    const parts = ticks(1, 4).flatMap((share) => [
      svg('line', { class: 'chart-grid', x1: LEFT, x2: width - RIGHT, y1: y(share), y2: y(share) }),
      svg('text', { class: 'chart-tick', x: LEFT - 8, y: y(share) + 4, 'text-anchor': 'end' }, dragon.percent(share))]);
    for (const value of ticks(most / unit, Math.min(6, width / 70))) {
      parts.push(svg('text', { class: 'chart-tick', x: x(value * unit), y: HEIGHT - BOTTOM + 16, 'text-anchor': 'middle' }, value));
    }
    parts.push(svg('text', { class: 'chart-tick', x: (LEFT + width - RIGHT) / 2, y: HEIGHT - 6, 'text-anchor': 'middle' }, name));
    lines.forEach(({ points }, place) => {
      if (!points.length) return;
      parts.push(svg('polyline', { class: `compare-line ${kind(place)}`, points: points.map(([s, share]) => `${x(s).toFixed(1)},${y(share).toFixed(1)}`).join(' ') }));
      const marked = points.length > MARKED ? [best(points)] : points;
      parts.push(...marked.map((point) => mark(place, x(point[0]), y(point[1]), point === best(points) ? 5 : 3)));
    });
    drawing.setAttribute('viewBox', `0 0 ${width} ${HEIGHT}`);
    drawing.replaceChildren(...parts);
  };
  const inWords = () => 'Right answers by seconds of learning. ' + lines.filter(({ points }) => points.length).map(({ label, points }) => {
    const [top, last] = [best(points), points.at(-1)];
    return `${label}: at best ${dragon.percent(top[1])} after ${dragon.duration(top[0])}, ${dragon.percent(last[1])} at the end, after ${dragon.duration(last[0])}.`;
  }).join(' ');
  /* `fresh` are {label, points: [[seconds, share], ...]}, in the order of the table. */
  const show = (fresh) => {
    lines = fresh;
    node.hidden = !lines.some(({ points }) => points.length);
    if (node.hidden) return;
    drawing.setAttribute('aria-label', inWords());
    draw();
  };
  new ResizeObserver(() => { if (!node.hidden) draw(); }).observe(drawing);
  return { node, show, key };
};
