/* How training will see the person's own photos: each row a photo, plain and then varied.
   The app draws them with the very code that training uses; nothing is varied in the page. */
const createAugment = ({ wish }) => {
  const TYPING_MS = 200, SLOW_MS = 1200;
  const words = el('p', { class: 'd-text d-quiet seen-words', role: 'status' });
  const others = el('button', { type: 'button', class: 'd-button is-small', text: 'Show others', hidden: true });
  const rows = el('div', { class: 'seen-rows' });
  const node = el('section', { class: 'seen', 'aria-label': 'What training sees' }, el('div', { class: 'seen-line' }, words, others), rows);
  let asked = '', turn = 0, timer = 0;

  const say = (text, isWrong = false) => {
    words.textContent = text;
    words.classList.toggle('d-error', isWrong);
  };
  const picture = (src) => el('img', { src, alt: '' });
  const row = ({ name, plain, varied }) => el('div', { class: 'seen-row', role: 'img', 'aria-label': `${name}: as it is, then ${dragon.count(varied.length, 'time')} as training sees it` },
    picture(plain), ...varied.map(picture));
  const draw = (photos, why) => {
    rows.replaceChildren(...photos.map(row));
    rows.setAttribute('aria-busy', 'false');
    others.hidden = !photos.length && !turn;  // where one is damaged, those of another turn may be in order
    say(why || 'Your own photos: on the left as they are, beside it as training sees them.', !!why);
  };
  const ask = async () => {
    const mine = asked;
    rows.setAttribute('aria-busy', 'true');
    if (!rows.childElementCount) say('Drawing \u2026');
    const slow = setTimeout(() => { if (mine === asked) say('Loading the training engine: the first time takes some seconds.'); }, SLOW_MS);
    try {
      const { photos, words: why } = await call('/views', { ...wish(), turn });
      if (mine === asked) draw(photos, why);
    } catch (error) {
      if (mine === asked) draw([], error.message);
    } finally { clearTimeout(slow); }
  };
  /* Draw again when something changed that photos are varied by; nothing while nobody can see it. */
  const show = (config, photos) => {
    if (!node.closest('details')?.open || !dragon.isSeen(node)) return;
    const { augment, mirror, backbone, weights, weights_file: file, image_size_px: size, freeze, unfreeze_after: first, optimizer, seed } = config;
    const key = JSON.stringify([turn, photos, augment, String(mirror), backbone, weights, file, size, freeze, first, optimizer, seed]);
    if (key === asked) return;
    clearTimeout(timer);
    timer = setTimeout(ask, asked ? TYPING_MS : 0);
    asked = key;
  };
  return { node, show, onOthers: (work) => others.addEventListener('click', () => { turn += 1; work(); }), again: () => { asked = ''; } };
};
