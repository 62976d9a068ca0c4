/* In Try: the photos that the run learned from and that the tried one is most like, each with its class. */
const createLike = () => {
  const { el } = dragon;
  const WORDS = 'Photos that the model learned from, as it sees them; the nearest comes first.',
    COMING = 'The model looks at its own photos once more. Until that is done it names a class for anything, even for what is none of them.';
  const title = el('h3', { class: 'd-label', id: 'like-title' });
  const words = el('p', { class: 'd-text d-quiet', role: 'status' });
  const list = el('ul', { class: 'like-photos' });
  const node = el(
    'section',
    { class: 'like', hidden: true, 'aria-labelledby': 'like-title' },
    title,
    words,
    list,
  );
  const photo = ({ id, v, class: name }) =>
    el('li', {}, el('img', { alt: '', src: `/dragon/thumbnails/${id}?v=${v}` }), el('span', { class: 'd-cut', text: name, title: name }));
  const show = (answer) => {
    const like = answer.like ?? [];
    node.hidden = !like.length;
    title.textContent = 'It looks like these';
    words.textContent = WORDS;
    list.replaceChildren(...like.map(photo));
  };
  const wait = () => {
    node.hidden = false;
    title.textContent = 'Still learning what is usual';
    words.textContent = COMING;
  };
  return { node, show, wait, clear: () => show({}) };
};
