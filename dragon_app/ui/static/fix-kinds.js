/* The kinds of reasons with their counts: one of them, or all, says what the list shows. */
const createFixKinds = ({ onChoose }) => {
  const { el } = dragon;
  const node = el('div', { class: 'fix-kinds', role: 'group', 'aria-label': 'Show only' });
  node.addEventListener('mousedown', (event) => event.preventDefault()); // keys stay the photos'
  let drawn = '';
  const chip = ({ kind, name, hint, count }, chosen) =>
    el(
      'button',
      {
        type: 'button',
        class: 'd-button is-small fix-kind',
        title: hint,
        'data-kind': kind,
        'aria-pressed': String(kind === chosen),
        onclick: () => onChoose(kind),
      },
      el('span', { text: name }),
      el('span', { class: 'd-quiet d-number', text: count.toLocaleString('en') }),
    );
  const show = ({ kinds, all }, chosen) => {
    const listed = kinds.filter((each) => each.count || each.kind === chosen);
    const every = { kind: '', name: 'All', hint: 'Whatever the reason', count: all };
    const key = JSON.stringify([listed, all, chosen]);
    node.hidden = !all && !chosen;
    if (key === drawn) return;
    drawn = key;
    const focused = node.contains(document.activeElement) ? document.activeElement.dataset.kind : null;
    node.replaceChildren(...[every, ...listed].map((each) => chip(each, chosen)));
    if (focused !== null) node.querySelector(`[data-kind="${focused}"]`)?.focus();
  };
  return { node, show };
};
