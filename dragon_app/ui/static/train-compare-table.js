/* A comparison as it stands: a table and a chart that grow, who won, and what to do with that. */
const createComparison = ({ onUse, onNews }) => {
  const WATCH_MS = 1500;
  const NAMES = { strategies: 'which layers learn', rates: 'learning rates' };
  const chart = createCompareChart();
  const heading = el('h3', { class: 'd-subtitle', tabindex: -1 });
  const words = el('p', { class: 'd-text compare-words', role: 'status' });
  const note = el('p', { class: 'd-text d-quiet', text: 'Right: on the held-out photos; in brackets where the true share likely lies, that is 19 times in 20. Time: spent learning; a later run finds what an earlier one made of the photos. Learns: the part of the network that changes.' });
  const body = el('tbody');
  const use = el('button', { type: 'button', class: 'd-button', text: 'Use the winner', hidden: true });
  const cancel = el('button', { type: 'button', class: 'd-button', text: 'Cancel the comparison' });
  const node = el('section', { class: 'compare-now', 'aria-label': 'Comparison', hidden: true }, heading, words, el('div', { class: 'd-row' }, use, cancel),
    el('div', { class: 'd-scroll', tabindex: 0, role: 'group', 'aria-label': 'What was compared, as a table' }, el('table', { class: 'd-table compare-table' }, el('caption', { class: 'd-hidden', text: 'What was compared, in the order of training' }),
      el('thead', {}, el('tr', {}, ...['What', 'Right', 'Time', 'Learns'].map((text) => el('th', { scope: 'col', text })))), body)), chart.node, note);
  let now = null, timer = 0, seen = '';

  const share = (part) => (part == null ? '\u2013' : part < 0.01 ? `${(part * 100).toFixed(2)} %` : dragon.percent(part));
  const right = ({ right: got, low, high, is_over: isOver, status_words: status }) => {
    if (got == null) return [el('span', { class: 'd-quiet', text: status })];
    if (low == null) return [`${dragon.percent(got)} `, el('span', { class: 'd-quiet', text: isOver ? status : 'so far' })];
    return [`${dragon.percent(got)} `, el('span', { class: 'd-quiet compare-interval', text: `(${dragon.range({ low, high })})` })];
  };
  const line = (run, place) => el('tr', { class: run.run === now.winner ? 'is-winner' : '' },
    el('th', { scope: 'row' }, el('span', { class: 'compare-name' }, chart.key(place), el('span', { text: run.label }), run.run === now.winner ? icon('check') : '', run.run === now.winner ? el('span', { class: 'd-hidden', text: 'to take' }) : '')),
    el('td', { class: 'd-number' }, ...right(run)),
    el('td', { class: 'd-number', text: run.seconds == null ? '\u2013' : dragon.duration(run.seconds) }),
    el('td', { class: 'd-number', text: share(run.trainable_share) }));

  const show = (fresh) => {
    const text = JSON.stringify(fresh);
    if (text !== seen) {
      seen = text;
      now = fresh;
      node.hidden = !now;
      if (now) draw();
      onNews(now);
    }
    clearTimeout(timer);
    if (now && !now.is_over) timer = setTimeout(() => { if (dragon.isSeen(node)) ask(); }, WATCH_MS);
  };
  const draw = () => {
    heading.textContent = `Comparison ${now.id}: ${NAMES[now.what]}, ${dragon.count(now.runs[0].epochs, 'epoch')} each`;
    if (words.textContent !== now.words) words.textContent = now.words;  // said once to those who listen
    body.replaceChildren(...now.runs.map(line));
    chart.show(now.runs);
    use.hidden = now.winner == null;
    const winner = now.runs.find(({ run }) => run === now.winner);
    if (winner) use.textContent = now.is_clear ? `Use the winner, ${winner.label}` : `Use ${winner.label}`;
    cancel.hidden = now.is_over;
  };
  const ask = async () => {
    try { show((await call('/comparisons/newest')).comparison); } catch { timer = setTimeout(() => { if (dragon.isSeen(node)) ask(); }, 4 * WATCH_MS); }
  };
  cancel.addEventListener('click', async () => {
    cancel.disabled = true;
    try { show(await call(`/comparisons/${now.id}/cancel`, {})); } catch (error) { dragon.toast(error.message, { kind: 'bad' }); }
    cancel.disabled = false;
    if (now.is_over) heading.focus();  // the button is gone
    dragon.changed();
  });
  use.addEventListener('click', async () => {
    const { what, runs, winner } = now;
    try {
      const run = await call(`/comparisons/${now.id}/use`, {});
      onUse(what, run, runs.find((each) => each.run === winner));
    } catch (error) { dragon.toast(error.message, { kind: 'bad' }); }
  });
  document.addEventListener('visibilitychange', () => { if (!document.hidden && now && !now.is_over) ask(); });
  dragon.on('tab', (tab) => { if (tab === 'train' && now && !now.is_over) setTimeout(ask); });
  return { node, show, ask, focus: () => heading.focus(), isBusy: () => !!now && !now.is_over };
};
