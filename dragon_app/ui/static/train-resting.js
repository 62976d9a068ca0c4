/* Runs that are paused while the tab shows another: each can go on from here. */
const createResting = () => {
  const node = el('section', { class: 'resting', 'aria-label': 'Paused', hidden: true });
  let shown = '';
  const line = (id) => el('div', { class: 'd-row' }, el('span', { class: 'd-text', text: `Run ${id} is paused.` }),
    el('button', { type: 'button', class: 'd-button is-small', text: 'Continue', 'aria-label': `Continue run ${id}`, onclick: () => dragon.continueRun(id) }));
  const follow = (paused, elsewhere) => {
    const others = paused.filter((id) => id !== elsewhere);
    if (others.join() === shown) return;
    shown = others.join();
    node.hidden = !others.length;
    node.replaceChildren(...others.map(line));
  };
  return { node, follow };
};
