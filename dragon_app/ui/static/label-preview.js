/* One photo, large: next and previous, and a class by its number, without closing. */
const openPreview = (grid, { classes, classOf, keys, assign }) => {
  const { el, icon } = dragon;
  const image = el('img', { alt: '' });
  const name = el('span', { class: 'd-cut' }),
    its = el('span', { class: 'd-row' }),
    place = el('span', { class: 'd-quiet d-number' });
  const choices = el('div', { class: 'preview-choices', role: 'group', 'aria-label': 'Its class' });
  const step = async (by) => {
    await grid.move(by, { hasFocus: false });
    show();
  };
  const button = (label, shape, run) =>
    el(
      'button',
      { type: 'button', class: 'd-button is-icon', 'aria-label': label, onclick: run },
      icon(shape),
    );
  const box = el(
    'dialog',
    { class: 'preview', 'aria-label': 'Photo', tabindex: -1 },
    el(
      'div',
      { class: 'preview-line' },
      name,
      its,
      place,
      button('Close', 'close', () => box.close()),
    ),
    el('div', { class: 'preview-photo' }, image),
    el(
      'div',
      { class: 'preview-line is-end' },
      button('Previous photo', 'previous', () => step(-1)),
      choices,
      button('Next photo', 'next', () => step(1)),
    ),
  );
  const show = () => {
    const photo = grid.photoAt(grid.here());
    if (!photo) {
      box.close();
      return;
    }
    const source = `/dragon/photos/${photo.id}?v=${photo.v}`;
    if (image.getAttribute('src') !== source) image.src = source;
    image.alt = name.textContent = photo.name;
    const label = classOf(photo.class_id);
    its.replaceChildren(
      el('i', { class: 'd-dot', style: `--c:${label?.colour ?? 'transparent'}` }),
      el('span', { text: label?.name ?? 'Unlabelled' }),
    );
    choices.replaceChildren(
      ...classes().map((each) =>
        el(
          'button',
          {
            type: 'button',
            class: 'd-button is-small',
            'aria-pressed': each.id === photo.class_id,
            onclick: async () => {
              await assign(each.id);
              show();
            },
          },
          el('i', { class: 'd-dot', style: `--c:${each.colour}` }),
          el('span', { class: 'd-cut', text: each.name }),
        ),
      ),
    );
    place.textContent = `${grid.here() + 1} of ${grid.total().toLocaleString('en')}`;
  };
  box.addEventListener('keydown', async (event) => {
    if (event.key === 'ArrowLeft' || event.key === 'ArrowRight') {
      event.preventDefault();
      step(event.key === 'ArrowLeft' ? -1 : 1);
      return;
    }
    if (event.key === ' ' && !event.target.closest('button')) {
      event.preventDefault();
      box.close();
      return;
    }
    if (await keys(event)) show();
  });
  box.addEventListener('close', () => {
    box.remove();
    grid.list.focus({ preventScroll: true });
  });
  document.body.append(box);
  box.showModal();
  box.focus();
  show();
};
