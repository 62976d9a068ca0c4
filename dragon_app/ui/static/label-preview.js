/* One photo, large: zoom, next and previous, and a class by its key, without closing. */
const openPreview = ({ board, list, chosen, names, grid, classes, classOf, draftOf, keys, move, act }) => {
  const { el, icon } = dragon;
  const image = el('img', { alt: '', draggable: 'false' });
  const name = el('span', { class: 'd-cut' }),
    its = el('span', { class: 'd-row preview-its' }),
    place = el('span', { class: 'd-quiet d-number' });
  const choices = dragon.createGiving({ label: 'Its class', name: 'preview-choices', classes, act });
  const frame = el('div', { class: 'preview-photo' }, image);
  const zoom = createZoom(frame, image);
  const story = dragon.photoJournal();
  const button = (label, shape, does) =>
    el(
      'button',
      { type: 'button', class: 'd-button is-icon', 'aria-label': label, onclick: does },
      icon(shape),
    );
  const step = (by) => move(by, { hasFocus: false });
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
    frame,
    story.node,
    el(
      'div',
      { class: 'preview-line is-end' },
      button('Previous photo', 'previous', () => step(-1)),
      choices.node,
      button('Next photo', 'next', () => step(1)),
    ),
  );
  const show = () => {
    const id = chosen.hereId();
    const row = id === null ? -1 : board.rowOf(id);
    if (row < 0) {
      box.close();
      return;
    }
    const source = `/dragon/photos/${id}?v=${board.mark(row)}`;
    if (image.getAttribute('src') !== source) {
      zoom.whole();
      image.removeAttribute('src'); // the one before is not shown under this one's name
      image.src = source;
    }
    const photo = names.of(id);
    image.alt = name.textContent = photo.name;
    const label = classOf(board.classId(row));
    const draft = draftOf(id);
    const drafted = label ? null : classOf(draft?.class_id);
    const state = label?.name ?? (drafted ? `${drafted.name}? ${draft.percent} %, not saved` : board.isSkipped(row) ? 'Skipped' : 'Unlabelled');
    its.replaceChildren(
      el('i', { class: 'd-dot', style: `--c:${(label ?? drafted)?.colour ?? 'transparent'}` }),
      el('span', { class: 'd-cut', text: state }),
    );
    choices.node.hidden = board.isBinned(row);
    choices.show();
    for (const each of choices.node.children) each.ariaPressed = each.dataset.id === String(label?.id);
    story.show(id);
    place.textContent = `${(chosen.here() + 1).toLocaleString('en')} of ${list.total().toLocaleString('en')}`;
  };
  const zooms = { '+': zoom.larger, '=': zoom.larger, '-': zoom.smaller };
  const moves = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity };
  box.addEventListener('keydown', (event) => {
    const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey;
    const does = isPlain && (zooms[event.key] ?? (event.key in moves && (() => step(moves[event.key]))));
    if (does) does();
    else if (event.key === ' ' && !event.target.closest('button, summary')) box.close();
    else {
      keys.tell(event);
      return;
    }
    event.preventDefault();
  });
  box.addEventListener('close', () => {
    box.remove();
    grid.takeKeys();
    grid.show(chosen.here());
    grid.draw();
  });
  document.body.append(box);
  box.showModal();
  box.focus();
  show();
  return { show, isOpen: () => box.open };
};
