/* What can be done about a photo with one press: take what is suggested, keep it, bin it. */
const createFixActions = ({ classes, act, suggest }) => {
  const { el } = dragon;
  const button = (key, does, kind = '') => {
    const words = el('span', { class: 'd-cut' });
    const kbd = el('kbd', { class: 'd-kbd', text: key, 'aria-hidden': 'true' });
    return { node: el('button', { type: 'button', class: `d-button ${kind}`, onclick: does }, words, kbd), words, kbd };
  };
  const take = button('Enter', suggest, 'is-primary');
  const keep = button('K', () => act('keep'));
  const bin = button('X', () => act('bin'));
  bin.words.textContent = 'To the bin';
  const node = el('div', { class: 'fix-actions', role: 'group', 'aria-label': 'What it is' }, take.node, keep.node, bin.node);
  node.addEventListener('mousedown', (event) => event.preventDefault()); // keys stay the photos'
  const keepWords = ({ class_id: id, can_be: can }) => (id == null ? 'Leave it as it is' : can === 'bad' ? 'Keep it' : 'Not a mistake');
  const show = (finding) => {
    const { suggestion } = finding;
    keep.kbd.hidden = classes().some((each) => each.key === 'k'); // given before K was for keeping
    take.node.hidden = !suggestion;
    if (suggestion) take.words.textContent = `It is ${suggestion.class}`;
    keep.words.textContent = keepWords(finding);
  };
  return { node, show };
};
