/* A second run that is asked about the same photos, and the menu that chooses it. */
const createChallenger = ({ onChange }) => {
  const { el, call, percent } = dragon;
  const menu = el('select', { class: 'd-input', 'aria-label': 'Compare with' });
  const node = el('label', { class: 'd-row d-quiet challenger', hidden: true }, el('span', { text: 'Compare with' }), menu);
  let seen = '',
    chosen = null;

  const option = ({ id, val_accuracy: accuracy }) =>
    el('option', { value: id, selected: id === chosen, text: `Run ${id}: ${percent(accuracy)} right` });
  /* Asked again only when there may be other runs than the last time. */
  const refresh = async ({ model, run, newest_run: newest }) => {
    const key = JSON.stringify([model?.run, run?.id, newest]);
    if (key === seen) return;
    seen = key;
    try {
      const { runs } = await call('/runs');
      const others = runs.filter((each) => each.val_accuracy != null && each.id !== model?.run);
      if (!others.some((each) => each.id === chosen)) chosen = null;
      menu.replaceChildren(el('option', { value: '', text: 'no other run' }), ...others.map(option));
      node.hidden = !others.length;
    } catch {
      seen = ''; // the next poll asks again
    }
  };
  menu.addEventListener('change', () => {
    chosen = Number(menu.value) || null;
    onChange();
  });
  return { node, refresh, run: () => chosen };
};
