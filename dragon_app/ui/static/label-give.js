/* The buttons that give the chosen photos a class, in the bar and in the large view. */
const createGiving = ({ label, name, classes, act }) => {
  const { el } = dragon;
  const node = el('div', { class: name, role: 'group', 'aria-label': label });
  node.addEventListener('mousedown', (event) => event.preventDefault()); // keys stay the photos'
  const button = (each) =>
    el(
      'button',
      {
        type: 'button',
        class: 'd-button is-small',
        title: each.name,
        'data-id': each.id,
        onclick: () => act('class', each.id),
      },
      el('i', { class: 'd-dot', style: `--c:${each.colour}` }),
      el('span', { class: 'd-cut', text: each.name }),
      ...(each.key ? [el('kbd', { class: 'd-kbd', text: each.key.toUpperCase(), 'aria-hidden': 'true' })] : []),
    );
  let drawn = '';
  /* Drawn anew only when a class changed, not with every count: a button with the focus keeps it. */
  const show = () => {
    const given = classes().filter((each) => !each.is_disabled);
    const key = JSON.stringify(given.map(({ id, name, colour, key }) => [id, name, colour, key]));
    if (key === drawn) return;
    drawn = key;
    const focused = node.contains(document.activeElement) ? document.activeElement.dataset.id : null;
    node.replaceChildren(...given.map(button));
    if (focused) node.querySelector(`[data-id="${focused}"]`)?.focus();
  };
  return { node, show };
};
