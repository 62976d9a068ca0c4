/* When a photo is like nothing the model learned: from which share of its held-out photos on. */
const createNone = ({ onChange }) => {
  const { el } = dragon;
  const LIMIT = 95;
  const slider = el('input', { type: 'range', min: 50, max: 100, value: LIMIT, id: 'none-limit', 'aria-describedby': 'none-words' });
  const words = el('p', { class: 'd-text d-quiet', id: 'none-words' });
  const node = el(
    'details',
    { class: 'fold', hidden: true },
    el('summary', { text: 'When it says \u201cnone of these\u201d' }),
    el('div', { class: 'd-stack fold-body' }, el('label', { class: 'd-label', for: 'none-limit', text: 'How strange a photo may be' }), slider, words),
  );
  const limit = () => slider.valueAsNumber;
  const tell = () => {
    words.textContent =
      limit() === 100
        ? 'Never: it always names a class.'
        : `When a photo is less like what it learned than ${limit()} % of the photos that were held out. Of photos like yours, about ${100 - limit()} in 100 are called so by mistake.`;
  };
  slider.addEventListener('input', () => {
    tell();
    onChange();
  });
  tell();
  const isNone = (answer) => answer.strangeness != null && limit() < 100 && answer.strangeness > limit() / 100;
  /* Shown once the app knows what is usual for the model that answers. */
  const meet = (answer) => {
    if (answer.strangeness != null) node.hidden = false;
  };
  return { node, isNone, meet };
};
