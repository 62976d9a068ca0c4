/* How far a run's confidence can be taken at its word: a diagram, its numbers, and a sentence. */
const createCalibration = () => {
  const { el, call, percent, chartParts } = dragon;
  const { svg } = chartParts;
  const SIZE = 260,
    EDGE = 48;
  const at = (share) => EDGE + share * (SIZE - EDGE - 8);
  const up = (share) => SIZE - at(share);

  const pointsOf = (bins) => bins.map((each) => `${at(each.confidence).toFixed(1)},${up(each.right).toFixed(1)}`).join(' ');
  const drawing = ({ bins, words, told, told_bins: toldBins }) => {
    const most = Math.max(...bins.map((each) => each.n));
    const parts = [0, 0.5, 1].flatMap((share) => [
      svg('line', { class: 'chart-grid', x1: at(0), x2: at(1), y1: up(share), y2: up(share) }),
      svg('text', { class: 'chart-tick', x: EDGE - 6, y: up(share) + 4, 'text-anchor': 'end' }, percent(share)),
      svg('text', { class: 'chart-tick', x: at(share), y: SIZE - EDGE + 18, 'text-anchor': share === 1 ? 'end' : 'middle' }, percent(share)),
    ]);
    parts.push(
      svg('line', { class: 'chart-kept', x1: at(0), y1: up(0), x2: at(1), y2: up(1) }),
      svg('text', { class: 'chart-tick', x: at(0.5), y: SIZE - 4, 'text-anchor': 'middle' }, 'how sure it says it is'),
    );
    if (bins.length > 1) {
      parts.push(svg('polyline', { class: 'chart-line is-val', points: pointsOf(bins) }));
    }
    if (told && toldBins.length > 1) parts.push(svg('polyline', { class: 'chart-line is-told', points: pointsOf(toldBins) }));
    parts.push(
      ...bins.map((each) =>
        svg('circle', { class: 'chart-end is-val', cx: at(each.confidence), cy: up(each.right), r: 3 + 6 * Math.sqrt(each.n / most) }),
      ),
    );
    const made = svg('svg', { role: 'img', class: 'calibration-drawing', viewBox: `0 0 ${SIZE} ${SIZE}`, 'aria-label': words });
    made.append(...parts);
    return made;
  };
  const table = (bins) =>
    el(
      'table',
      { class: 'd-table', 'aria-label': 'How sure and how often right' },
      el('thead', {}, el('tr', {}, ...['It says', 'It is right', 'Photos'].map((text) => el('th', { scope: 'col', text })))),
      el(
        'tbody',
        {},
        ...bins.map(({ low, high, right, n }) =>
          el(
            'tr',
            {},
            el('th', { scope: 'row', class: 'd-number', text: `${Math.round(low * 100)} to ${percent(high)}` }),
            el('td', { class: 'd-number', text: percent(right) }),
            el('td', { class: 'd-number', text: n }),
          ),
        ),
      ),
    );
  const load = async (id) => {
    const found = await call(`/runs/${id}/calibration`);
    const sentence = el('p', { class: 'd-text', text: found.words });
    if (!found.n) return [sentence];
    return [
      sentence,
      el('div', { class: 'calibration' }, drawing(found), table(found.bins)),
      el('p', {
        class: 'd-text d-quiet',
        text: `As the run was measured. On the straight dashed line it would be as often right as it says; larger dots stand for more photos. Off by ${percent(found.error)} on average (expected calibration error).`,
      }),
      ...(found.told ? [el('p', { class: 'd-text', text: `${found.told} The dashed curve is drawn with that.` })] : []),
    ];
  };
  return (id) => createFold('How sure it is', () => load(id));
};
