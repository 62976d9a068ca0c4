/* The runs that wait for their turn, in their order; each can be taken out of the line. */
const createQueue = () => {
  const heading = el('h3', { class: 'd-subtitle', tabindex: -1, text: 'In line' });
  const words = el('p', { class: 'd-text d-quiet' });
  const lines = el('ol', { class: 'queue-lines' });
  const node = el('section', { class: 'queue', 'aria-label': 'In line', hidden: true }, heading, words, lines);
  let seen = '', shown = [];

  const cancel = async (run) => {
    try {
      await call(`/runs/${run.id}/stop`, {});
      dragon.toast(`Run ${run.id} is out of the line. The others move up.`, { kind: 'good' });
    } catch (error) { dragon.toast(error.message, { kind: 'bad' }); }
    seen = '';
    dragon.changed();
  };
  const line = (run) => el('li', { class: 'queue-line', 'data-run': run.id },
    el('span', { class: 'queue-what' }, el('span', { text: `Run ${run.id}: ${run.title}` }), el('span', { class: 'd-quiet d-number', text: `asked for ${dragon.when(run.created_at)}` })),
    el('button', { type: 'button', class: 'd-button is-small', text: 'Cancel', 'aria-label': `Cancel run ${run.id}`, onclick: () => cancel(run) }));
  const draw = (runs) => {
    if (JSON.stringify(runs) === JSON.stringify(shown)) return;
    const at = [...lines.children].findIndex((each) => each.contains(document.activeElement));
    shown = runs;
    node.hidden = !runs.length;
    words.textContent = runs.length === 1 ? 'It begins by itself when the run before it is over.'
      : 'Trained one at a time, in this order. The next begins by itself when the run before it is over.';
    lines.replaceChildren(...runs.map(line));
    // Whoever took one out by keyboard stays in the list.
    if (at >= 0) (lines.children[Math.min(at, runs.length - 1)]?.querySelector('button') ?? heading).focus();
  };
  /* Asks for the line when the state says that it changed. */
  const follow = async (state) => {
    const now = JSON.stringify([state.waiting, state.run?.id, state.run?.status, state.newest_run]);
    if (now === seen) return;
    seen = now;
    try { draw(await call('/line')); } catch { seen = ''; }
  };
  return { node, follow };
};
