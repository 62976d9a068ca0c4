/* Loss against learning rate, on an axis of powers of ten, with the rate to take marked. */
Object.assign(window.dragon, (() => {
  const { el, chartParts: { svg, ticks, plain, HEIGHT, LEFT, RIGHT, TOP, BOTTOM } } = window.dragon;
  const JUMPS = 1.6;  // times the first loss: what lies above has jumped, and how far does not matter

  /* A rate as the settings write it: 0.003, below a thousandth 3e-4. */
  const rateWords = (rate) => (rate >= 1e-3 ? String(+rate.toPrecision(2)) : rate.toExponential(1).replace('.0e', 'e'));

  const rateChart = () => {
    const drawing = svg('svg', { role: 'img', class: 'chart-drawing', height: HEIGHT });
    const node = el('figure', { class: 'chart' }, el('figcaption', { class: 'chart-head' }, el('span', { class: 'd-label', text: 'Loss at ever higher rates' })), drawing);
    let points = [], suggestion = null;

    const draw = () => {
      const width = drawing.clientWidth || 480;
      const [low, high] = [Math.log10(points[0][0]), Math.log10(points.at(-1)[0])];
      const most = Math.max(...points.map(([, loss]) => Math.min(loss, points[0][1] * JUMPS))) * 1.05 || 1;
      const x = (rate) => LEFT + ((Math.log10(rate) - low) / (high - low || 1)) * (width - LEFT - RIGHT);
      const y = (loss) => TOP + (1 - Math.min(loss, most) / most) * (HEIGHT - TOP - BOTTOM);
      const parts = ticks(most, 4).flatMap((value) => [
        svg('line', { class: 'chart-grid', x1: LEFT, x2: width - RIGHT, y1: y(value), y2: y(value) }),
        svg('text', { class: 'chart-tick', x: LEFT - 8, y: y(value) + 4, 'text-anchor': 'end' }, value)]);
      const every = Math.max(1, Math.ceil((high - low) / (width / 70)));
      for (let power = Math.ceil(low); power <= high; power += every) {
        parts.push(svg('text', { class: 'chart-tick', x: x(10 ** power), y: HEIGHT - BOTTOM + 16, 'text-anchor': 'middle' }, rateWords(10 ** power)));
      }
      parts.push(svg('text', { class: 'chart-tick', x: (LEFT + width - RIGHT) / 2, y: HEIGHT - 6, 'text-anchor': 'middle' }, 'learning rate'));
      if (suggestion != null) {
        const share = (Math.log10(suggestion) - low) / (high - low || 1);
        parts.push(svg('line', { class: 'chart-kept', x1: x(suggestion), x2: x(suggestion), y1: TOP, y2: HEIGHT - BOTTOM }),
          svg('text', { class: 'chart-kept-words', x: x(suggestion), y: TOP - 9, 'text-anchor': share > 0.75 ? 'end' : share < 0.25 ? 'start' : 'middle' }, `take ${rateWords(suggestion)}`));
      }
      parts.push(svg('polyline', { class: 'chart-line is-val', points: points.map(([rate, loss]) => `${x(rate).toFixed(1)},${y(loss).toFixed(1)}`).join(' ') }));
      if (suggestion != null) {
        const near = points.reduce((best, each) => (Math.abs(Math.log(each[0] / suggestion)) < Math.abs(Math.log(best[0] / suggestion)) ? each : best));
        parts.push(svg('circle', { class: 'chart-end is-val', cx: x(suggestion), cy: y(near[1]), r: 5 }));
      }
      drawing.setAttribute('viewBox', `0 0 ${width} ${HEIGHT}`);
      drawing.replaceChildren(...parts);
    };
    const inWords = () => {
      const lowest = points.reduce((best, each) => (each[1] < best[1] ? each : best));
      const at = ([rate, loss]) => `${plain(loss)} at a rate of ${rateWords(rate)}`;
      return `Loss by learning rate: ${at(points[0])}, lowest ${at(lowest)}, ${at(points.at(-1))}.`
        + (suggestion == null ? '' : ` Suggested: ${rateWords(suggestion)}.`);
    };
    /* `fresh` are [rate, loss] from low to high; at least two make a line. */
    const show = (fresh, take) => {
      points = fresh.filter(([rate, loss]) => rate > 0 && Number.isFinite(loss));
      suggestion = take;
      node.hidden = points.length < 2;
      if (node.hidden) return;
      drawing.setAttribute('aria-label', inWords());
      draw();
    };
    new ResizeObserver(() => { if (!node.hidden && points.length > 1) draw(); }).observe(drawing);
    return { node, show };
  };
  return { rateChart, rateWords };
})());
