/* The bar of the chosen photos: how many, and everything that can be done to them by click or tap. */
const createBar = ({ board, list, chosen, grid, classes, act, accept, draftOf, like }) => {
  const { el, icon } = dragon;
  const number = el('strong', { class: 'd-number', 'aria-live': 'polite' });
  const choices = dragon.createGiving({ label: 'Give a class', name: 'chosen-choices', classes, act });
  const others = el('div', { class: 'd-row chosen-others' });
  const bar = el(
    'div',
    { class: 'chosen', role: 'group', 'aria-label': 'Chosen photos', hidden: true },
    number,
    choices.node,
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
  const draw = () => {
    const rows = chosen.all().map(board.rowOf);
    const isBin = rows.every(board.isBinned);
    const isSkipped = rows.every(board.isSkipped);
    const hasClass = rows.some(board.classId);
    const hasDraft = chosen.all().some(draftOf);
    number.textContent = `${dragon.count(chosen.size(), 'photo')} chosen`;
    choices.node.hidden = isBin;
    choices.show();
    const key = JSON.stringify([isBin, isSkipped, hasClass, hasDraft, chosen.size() === 1]);
    if (key === drawn) return;
    drawn = key;
    others.replaceChildren(
      ...(isBin ? [button('Put back', () => act('restore'), icon('undo'))] : []),
      ...(hasDraft ? [button('As suggested', () => accept(), icon('check'))] : []),
      ...(!isBin && chosen.size() === 1 ? [button('Like this one', like)] : []),
      ...(!isBin && hasClass ? [button('No class', () => act('class', null))] : []),
      ...(isBin || hasClass ? [] : [button(isSkipped ? 'Ask again' : 'Skip', () => act('skip'))]),
      ...(isBin ? [] : [button('To the bin', () => act('bin'), icon('bin'))]),
    );
  };
  /* For what stands elsewhere; as :has() it would cost each change of the page. */
  const mark = () => document.body.classList.toggle('has-chosen', !bar.hidden && dragon.currentTab() === 'label');
  dragon.on('tab', mark);
  /* It grew over the photo of the keys, by a suggestion or on a telephone: that photo is kept above it. */
  let height = 0;
  new ResizeObserver(() => {
    const isOver = bar.offsetHeight > height && chosen.size() === 1;
    height = bar.offsetHeight;
    if (isOver) grid.show(chosen.here());
  }).observe(bar);
  /* The focus of a button that goes is the grid's. */
  const show = () => {
    const hadFocus = bar.contains(document.activeElement);
    bar.hidden = !chosen.size();
    mark();
    if (!bar.hidden) draw();
    if (hadFocus && (bar.hidden || !bar.contains(document.activeElement))) grid.takeKeys();
  };
  return { bar, show };
};
