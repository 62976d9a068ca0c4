/* What fixes brought: how the newest run does beside the one before, and what waits for a training. */
const createFixGain = () => {
  const { el, call } = dragon;
  const brought = el('p', { class: 'd-note fix-brought', hidden: true });
  const words = el('span');
  const waiting = el(
    'p',
    { class: 'd-text d-row fix-waiting', hidden: true },
    words,
    el('button', { type: 'button', class: 'd-button is-small', text: 'Go to Train', onclick: () => dragon.openTab('train') }),
  );
  const node = el('div', { class: 'fix-gain', 'aria-live': 'polite' }, brought, waiting);
  let asked = 0;
  const toneOf = ({ right: [before, after], is_chance: isChance }) =>
    isChance || before.hits === after.hits ? '' : after.hits > before.hits ? 'is-good' : 'is-warn';
  const put = (place, text) => {
    if (place.textContent !== text) place.textContent = text; // said once
  };
  const refresh = async () => {
    asked += 1;
    const mine = asked;
    // no answer is said by the banner; it is asked again with the next change
    const told = await call('/inbox/gain', undefined, { seconds: 60 }).catch(() => null);
    if (!told || mine !== asked) return;
    brought.hidden = !told.gain;
    waiting.hidden = !told.waiting;
    put(words, told.waiting);
    put(brought, told.gain?.words ?? '');
    brought.className = `d-note fix-brought ${told.gain ? toneOf(told.gain) : ''}`;
  };
  return { node, refresh };
};
