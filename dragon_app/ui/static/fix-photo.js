/* The chosen photo, large, beside what it looks like; why it is listed, and what can be done about it. */
const createFixPhoto = ({ classes, act, suggest, move, undo, help }) => {
  const { el, icon } = dragon;
  const picture = (isMain) => {
    const image = el('img', { alt: '' });
    const dot = el('i', { class: 'd-dot' });
    const words = el('span');
    const node = el(
      'figure',
      { class: `fix-picture ${isMain ? 'is-main' : ''}` },
      el('div', { class: 'fix-frame' }, image),
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

  const button = (key, does, { kind = '', shape = null, label = null } = {}) => {
    const words = el('span', { class: 'd-cut' });
    const kbd = el('kbd', { class: 'd-kbd', text: key, 'aria-hidden': 'true' });
    const node = el(
      'button',
      { type: 'button', class: `d-button ${kind}`, onclick: does, 'aria-label': label },
      ...(shape ? [icon(shape)] : []),
      ...(label ? [] : [words]),
      kbd,
    );
    return { node, words, kbd };
  };
  const take = button('Enter', suggest, { kind: 'is-primary' });
  const keep = button('K', () => act('keep'));
  const bin = button('X', () => act('bin'));
  bin.words.textContent = 'To the bin';
  const before = button('\u2190', () => move(-1), { kind: 'is-quiet is-small', shape: 'previous', label: 'Previous photo' });
  const after = button('\u2192', () => move(1), { kind: 'is-quiet is-small', shape: 'next', label: 'Skip to the next photo' });
  const back = button('U', undo, { kind: 'is-quiet is-small', shape: 'undo', label: 'Undo' });
  const keys = button('?', help, { kind: 'is-quiet is-small' });
  keys.words.textContent = 'Keys';
  const giving = dragon.createGiving({ label: 'Its class', name: 'fix-choices', classes, act });
  const actions = el('div', { class: 'fix-actions', role: 'group', 'aria-label': 'What it is' }, take.node, keep.node, bin.node);
  const moves = el('div', { class: 'fix-moves', role: 'group', 'aria-label': 'Moving on' }, before.node, after.node, back.node, keys.node);
  for (const group of [actions, moves]) group.addEventListener('mousedown', (event) => event.preventDefault());
  const story = dragon.photoJournal();
  const name = el('h2', { class: 'd-subtitle d-cut' });
  const node = el(
    'section',
    { class: 'fix-photo', 'aria-label': 'The chosen photo' },
    el('div', { class: 'fix-head' }, name, moves),
    el('div', { class: 'fix-pictures' }, main.node, other.node),
    more,
    reasons,
    actions,
    el('div', { class: 'fix-other' }, el('span', { class: 'd-quiet', text: 'Another class:' }), giving.node),
    story.node,
  );

  const keepWords = ({ class_id: id, can_be: can }) =>
    id == null ? 'Leave it as it is' : can === 'bad' ? 'Keep it' : 'Not a mistake';
  let drawn = '';
  const show = (finding, colourOf) => {
    node.hidden = !finding;
    if (!finding) {
      drawn = '';
      return;
    }
    giving.show();
    for (const each of giving.node.children) each.ariaPressed = String(each.dataset.id === String(finding.class_id));
    const hasOwnK = classes().some((each) => each.key === 'k'); // given before K was for keeping
    keep.kbd.hidden = hasOwnK;
    const key = JSON.stringify([finding, colourOf(finding.class_id)]);
    if (key === drawn) return;
    drawn = key;
    const { image, others, suggestion } = finding;
    name.textContent = image.name;
    main.show(image, colourOf(image.class_id));
    other.node.hidden = !others.length;
    if (others.length) other.show(others[0], colourOf(others[0].class_id));
    more.textContent = others.length > 1 ? `and like ${dragon.count(others.length - 1, 'more photo')}` : '';
    more.hidden = others.length < 2;
    reasons.replaceChildren(...finding.reasons.map(({ words }) => el('li', { text: words })));
    take.node.hidden = !suggestion;
    if (suggestion) take.words.textContent = `It is ${suggestion.class}`;
    keep.words.textContent = keepWords(finding);
    story.show(image.id);
  };
  return { node, show };
};
