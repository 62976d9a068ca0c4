/* The bar of the chosen photos: how many, and everything that can be done to them by click or tap. */
const createBar = ({ board, list, chosen, classes, act }) => {
  const { el, icon } = dragon;
  const number = el('strong', { class: 'd-number', 'aria-live': 'polite' });
  const choices = el('div', { class: 'chosen-choices', role: 'group', 'aria-label': 'Give a class' });
  const others = el('div', { class: 'd-row chosen-others' });
  const bar = el(
    'div',
    { class: 'chosen', role: 'toolbar', 'aria-label': 'Chosen photos', hidden: true },
    number,
    choices,
    others,
    el(
      'button',
      {
        type: 'button',
        class: 'd-button is-quiet is-icon is-small',
        'aria-label': 'Choose none',
        onclick: () => chosen.clear(),
      },
      icon('close'),
    ),
  );
  bar.addEventListener('mousedown', (event) => event.preventDefault()); // keys stay the grid's
  const button = (text, does, ...before) =>
    el(
      'button',
      { type: 'button', class: 'd-button is-small', title: text, onclick: does },
      ...before,
      el('span', { class: 'd-cut', text }),
    );
  let drawn = '';
  /* Drawn anew only when it differs: a button that has the focus keeps it. */
  const show = () => {
    bar.hidden = !chosen.size();
    if (bar.hidden) return;
    const rows = chosen.all().map(board.rowOf);
    const isBin = list.which().shown === 'binned';
    const isSkipped = rows.every(board.isSkipped);
    const hasClass = rows.some(board.classId);
    number.textContent = `${dragon.count(chosen.size(), 'photo')} chosen`;
    const key = JSON.stringify([isBin, isSkipped, hasClass, classes()]);
    if (key === drawn) return;
    drawn = key;
    const hint = (text) => (text ? [el('kbd', { class: 'd-kbd', text, 'aria-hidden': 'true' })] : []);
    choices.replaceChildren(
      ...(isBin ? [] : classes())
        .filter((each) => !each.is_disabled)
        .map((each) => {
          const made = button(
            each.name,
            () => act('class', each.id),
            el('i', { class: 'd-dot', style: `--c:${each.colour}` }),
          );
          made.append(...hint(each.key));
          return made;
        }),
    );
    others.replaceChildren(
      ...(isBin ? [button('Put back', () => act('restore'), icon('undo'))] : []),
      ...(!isBin && hasClass ? [button('No class', () => act('class', null))] : []),
      ...(isBin || hasClass ? [] : [button(isSkipped ? 'Ask again' : 'Skip', () => act('skip'))]),
      ...(isBin ? [] : [button('To the bin', () => act('bin'), icon('bin'))]),
    );
  };
  return { bar, show };
};
