/* The chosen photo, large, beside what it looks like; why it is listed, and what can be done about it. */
const createFixPhoto = ({ classes, act, suggest, move, undo, help, onLarge }) => {
  const { el, icon } = dragon;
  const picture = (isMain) => {
    const image = el('img', { alt: '' });
    const dot = el('i', { class: 'd-dot' });
    const words = el('span');
    const node = el(
      'figure',
      { class: `fix-picture ${isMain ? 'is-main' : ''}` },
      el('div', isMain ? { class: 'fix-frame', onclick: onLarge } : { class: 'fix-frame' }, image),
      el('figcaption', {}, dot, words),
    );
    const show = (photo, colour) => {
      const source = `/dragon/photos/${photo.id}?v=${photo.v}`;
      if (image.getAttribute('src') !== source) {
        image.removeAttribute('src'); // the one before is not shown under this one's name
        image.src = source;
      }
      image.alt = photo.name;
      node.title = photo.name;
      dot.style.setProperty('--c', colour);
      const part = { train: 'to learn from', val: 'held out', test: 'kept apart' }[photo.split];
      words.textContent = [isMain ? 'This photo' : 'Looks like it', photo.class || 'no class', part]
        .filter(Boolean)
        .join(' \u00b7 ');
    };
    return { node, show };
  };
  const [main, other] = [picture(true), picture(false)];
  const more = el('p', { class: 'd-text d-quiet' });
  const reasons = el('ul', { class: 'fix-reasons', 'aria-label': 'Why it is listed' });

  const button = (key, does, { shape, label }) =>
    el(
      'button',
      { type: 'button', class: 'd-button is-quiet is-small', onclick: does, 'aria-label': label, title: label },
      ...(shape ? [icon(shape)] : [el('span', { text: label })]),
      el('kbd', { class: 'd-kbd', text: key, 'aria-hidden': 'true' }),
    );
  const actions = createFixActions({ classes, act, suggest });
  const giving = dragon.createGiving({ label: 'Its class', name: 'fix-choices', classes, act });
  const moves = el(
    'div',
    { class: 'fix-moves', role: 'group', 'aria-label': 'Moving on' },
    button('\u2190', () => move(-1), { shape: 'previous', label: 'Previous photo' }),
    button('\u2192', () => move(1), { shape: 'next', label: 'Skip to the next photo' }),
    button('U', undo, { shape: 'undo', label: 'Undo' }),
    button('Space', onLarge, { shape: 'large', label: 'Show it large' }),
    button('?', help, { label: 'Keys' }),
  );
  moves.addEventListener('mousedown', (event) => event.preventDefault()); // keys stay the photos'
  const story = dragon.photoJournal();
  const name = el('h2', { class: 'd-subtitle d-cut' });
  const node = el(
    'section',
    { class: 'fix-photo', 'aria-label': 'The chosen photo' },
    el('div', { class: 'fix-head' }, name, moves),
    el('div', { class: 'fix-pictures' }, main.node, other.node),
    more,
    reasons,
    actions.node,
    el('div', { class: 'fix-other' }, el('span', { class: 'd-quiet', text: 'Another class:' }), giving.node),
    story.node,
  );

  let drawn = '';
  const show = (finding, colourOf) => {
    node.hidden = !finding;
    if (!finding) {
      drawn = '';
      return;
    }
    giving.show();
    for (const each of giving.node.children) each.ariaPressed = String(each.dataset.id === String(finding.class_id));
    actions.show(finding);
    const key = JSON.stringify([finding, colourOf(finding.class_id)]);
    if (key === drawn) return;
    drawn = key;
    const { image, others } = finding;
    name.textContent = image.name;
    main.show(image, colourOf(image.class_id));
    other.node.hidden = !others.length;
    if (others.length) other.show(others[0], colourOf(others[0].class_id));
    more.textContent = others.length > 1 ? `and like ${dragon.count(others.length - 1, 'more photo')}` : '';
    more.hidden = others.length < 2;
    reasons.replaceChildren(...finding.reasons.map(({ words }) => el('li', { text: words })));
    story.show(image.id);
  };
  return { node, show };
};
