/* When a photo is like nothing the model learned: from which share of its held-out photos on. */
const createNone = ({ onChange }) => {
  const { el } = dragon;
  const LEAST = 50,
    USUAL = 95,
    MOST = 99;
  let last = MOST, // the highest limit that a photo can be above; the step after it is "never"
    heldOut = null,
    wanted = USUAL; // what the person chose, null for never; a run with few held-out photos only shows less
  const slider = el('input', { type: 'range', min: LEAST, max: last + 1, value: USUAL, id: 'none-limit', 'aria-describedby': 'none-words' });
  const words = el('p', { class: 'd-text d-quiet', id: 'none-words' });
  const why = el('p', { class: 'd-text d-quiet', hidden: true });
  const node = el(
    'details',
    { class: 'fold', hidden: true },
    el('summary', { text: 'When it says \u201cnone of these\u201d' }),
    el('div', { class: 'd-stack fold-body' }, el('label', { class: 'd-label', for: 'none-limit', text: 'How strange a photo may be' }), slider, words, why),
  );
  const limit = () => slider.valueAsNumber;
  const isNever = () => limit() > last;
  const tell = () => {
    slider.setAttribute('aria-valuetext', isNever() ? 'Never' : `${limit()} %`);
    words.textContent = isNever()
      ? 'Never: it always names a class.'
      : `When a photo is less like what it learned than ${limit()} % of the photos that were held out. Of photos like yours, about ${100 - limit()} in 100 are called so by mistake.`;
    why.hidden = last === MOST;
    why.textContent = `It has ${heldOut} held-out photos to compare with, too few to tell more than ${last} % apart. So the slider ends there; its last step is \u201cnever\u201d.`;
  };
  slider.addEventListener('input', () => {
    wanted = isNever() ? null : limit();
    tell();
    onChange();
  });
  tell();
  const isNone = (answer) => answer.strangeness != null && !isNever() && answer.strangeness > limit() / 100;
  /* A photo takes one of M + 1 places among M held-out ones: the strangest has the share M / (M + 1). */
  const end = (n) => {
    if (!n || n === heldOut) return;
    heldOut = n;
    last = Math.min(MOST, Math.ceil((100 * n) / (n + 1)) - 1);
    slider.max = last + 1;
    slider.value = wanted === null ? last + 1 : Math.min(wanted, last);
    tell();
  };
  /* Shown once the app knows what is usual for the model that answers. */
  const meet = (answer) => {
    if (answer.strangeness == null) return;
    node.hidden = false;
    end(answer.held_out);
  };
  return { node, isNone, meet };
};
