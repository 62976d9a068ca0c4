/* Which run answers in Try, since when, and the way back to the one before. */
const createChampion = ({ onChange, onCompare }) => {
  const { el, call } = dragon;
  const words = el('span', { 'aria-live': 'polite' });
  const back = el('button', { type: 'button', class: 'd-button is-small' });
  const rival = el('button', { type: 'button', class: 'd-button is-small', hidden: true });
  const lines = el('ol', { class: 'champion-lines' });
  const past = el('details', { class: 'fold' }, el('summary', { text: 'Who answered before' }), lines);
  const node = el('div', { class: 'champion', hidden: true }, el('p', { class: 'd-text d-row' }, words, back, rival), past);

  const line = ({ run, at, is_return: isReturn }) =>
    el('li', {}, el('time', { datetime: at, class: 'd-quiet d-number', text: dragon.when(at) }), ` Run ${run} ${isReturn ? 'came back' : 'was promoted'}`);
  let holder = null; // the run that answers
  const show = ({ run, before, history }) => {
    holder = run;
    node.hidden = run == null;
    words.textContent = history.length
      ? `Run ${run} answers in Try, since ${dragon.when(history[0].at)}.`
      : `Run ${run} answers in Try: the newest one does until you promote another.`;
    back.hidden = before == null;
    back.textContent = `Back to run ${before}`;
    past.hidden = history.length < 2;
    lines.replaceChildren(...history.map(line));
  };
  const refresh = () => call('/promotions').then(show, () => {});

  /* A newer run that did better on its held-out photos is worth a look beside the one that answers. */
  const challenge = (runs, id) => {
    const current = runs.find((run) => run.id === id);
    const better = runs.find((run) => run.id > id && run.status === 'finished' && run.val_accuracy > current?.val_accuracy);
    rival.hidden = !better;
    if (!better) return;
    rival.textContent = `Run ${better.id} did better: compare`;
    rival.onclick = () => onCompare(id, better.id);
  };
  const say = (id, text) =>
    dragon.toast(text, { kind: 'good', key: 'try', action: { label: 'Try it', run: () => dragon.openTab('try') } });

  /* Lets a run answer from now on. */
  const promote = async (id) => {
    try {
      await call(`/runs/${id}/try`, {});
      say(id, `Run ${id} answers in Try from now on. The one before is kept.`);
      onChange();
      dragon.changed();
    } catch (error) {
      dragon.toast(error.message, { kind: 'bad' });
    }
    refresh();
  };
  back.addEventListener('click', async () => {
    try {
      const told = await call('/promotions/back', {});
      show(told);
      say(told.run, `Run ${told.run} answers in Try again.`);
      onChange();
      dragon.changed();
    } catch (error) {
      dragon.toast(error.message, { kind: 'bad' });
    }
  });
  return { node, promote, refresh, challenge, isHeldBy: (id) => id === holder };
};
