/* "Find it for me": the app tries ever higher rates; its suggestion becomes the setting by one click. */
const createRate = ({ wish, onUse, onFree }) => {
  const WATCH_MS = 400;
  const button = el('button', { type: 'button', class: 'd-button is-small', text: 'Find it for me', title: 'Tries ever higher rates on your photos for a moment' });
  const words = el('p', { class: 'd-text rate-words', role: 'status' });
  const bar = el('div', { class: 'd-progress', role: 'progressbar', 'aria-label': 'Looking for a learning rate', 'aria-valuemin': 0, 'aria-valuemax': 100 }, el('i'));
  const stop = el('button', { type: 'button', class: 'd-button is-small', text: 'Stop' });
  const use = el('button', { type: 'button', class: 'd-button is-small is-primary' });
  const chart = dragon.rateChart();
  const panel = el('section', { class: 'd-note rate', 'aria-label': 'Learning rate search', hidden: true },
    el('div', { class: 'rate-line' }, words, use, stop), bar, chart.node);
  let found = null, timer = 0;

  const sentence = ({ status, words: said, suggestion }) => {
    if (status === 'ready' && suggestion != null) return `${dragon.rateWords(suggestion)} fits your photos: a tenth of the rate at which the loss was lowest, so that it falls and does not jump. ${said}`.trim();
    if (status === 'stopped') return said || 'Stopped.';
    return said;
  };
  const show = (fresh) => {
    const wasBusy = found?.status === 'measuring';
    found = fresh;
    const isBusy = found.status === 'measuring';
    const percent = found.total ? Math.round((found.done / found.total) * 100) : 0;
    panel.hidden = found.status === 'none';
    button.disabled = isBusy;
    bar.hidden = stop.hidden = !isBusy;
    bar.firstChild.style.width = `${percent}%`;
    bar.setAttribute('aria-valuenow', percent);
    use.hidden = isBusy || found.suggestion == null;
    if (!use.hidden) use.textContent = `Use ${dragon.rateWords(found.suggestion)}`;
    const text = sentence(found);
    if (words.textContent !== text) words.textContent = text;  // said once to those who listen
    words.classList.toggle('d-error', found.status === 'failed');
    chart.show(found.points, isBusy ? null : found.suggestion);
    clearTimeout(timer);
    if (isBusy) timer = setTimeout(watch, WATCH_MS);
    else if (wasBusy) onFree();
  };
  const watch = async () => {
    try { show(await call('/rate')); } catch { timer = setTimeout(watch, 4 * WATCH_MS); }
  };
  const ask = async (path, body) => {
    try { show(await call(path, body)); } catch (error) {
      show({ status: 'failed', words: error.message, done: 0, total: 0, points: [], suggestion: null });
    }
  };
  button.addEventListener('click', () => { stop.disabled = false; ask('/rate', wish()); });
  stop.addEventListener('click', () => { stop.disabled = true; ask('/rate/stop', {}); });
  use.addEventListener('click', () => {
    onUse(+found.suggestion.toPrecision(2));
    use.hidden = true;
    words.textContent = `The learning rate is ${dragon.rateWords(found.suggestion)} now.`;
  });
  /* A search goes on while the page is loaded anew; one that is over is not brought up again. */
  const takeUp = async () => {
    const fresh = await call('/rate').catch(() => null);
    if (fresh?.status === 'measuring') show(fresh);
  };
  return { button, panel, takeUp };
};
