/* What the model says about a photo: bars with percentages, how long it took, which run answered. */
const createAnswer = ({ isNone }) => {
  const headline = el('p', { class: 'd-text answer-headline', 'aria-live': 'polite' });
  const bars = el('ul', { class: 'bars' });
  const more = el('button', { type: 'button', class: 'd-link', hidden: true });
  const facts = el('p', { class: 'd-text d-quiet d-number' });
  const node = el('div', { class: 'answer' }, headline, bars, more, facts);
  const MOST = 8;
  let isAll = false, last = null;

  const words = (probability) => (probability > 0.995 && probability < 1 ? '> 99 %' : dragon.percent(probability));
  const bar = (colours) => ({ name, probability }) => el('li', { class: 'bar' },
    el('span', { class: 'bar-name d-cut', text: name, title: name }), el('span', { class: 'bar-value d-number', text: words(probability) }),
    el('span', { class: 'bar-track', style: `--share:${probability * 100}%;--c:${colours.get(name) ?? 'var(--accent)'}`, 'aria-hidden': 'true' }));
  /* `isQuiet` is for frames of a webcam: ten answers a second are not to be read aloud. */
  const show = (answer, run, colours, { isQuiet = false } = {}) => {
    last = [answer, run, colours, { isQuiet }];
    const best = answer.classes[0];
    headline.setAttribute('aria-live', isQuiet ? 'off' : 'polite');
    headline.classList.toggle('d-error', !best);
    const none = best && isNone(answer);
    headline.textContent = none ? 'None of these' : best ? (best.probability >= 0.5 ? best.name : `Perhaps ${best.name}`) : `${answer.name} ${answer.error}.`;
    bars.classList.toggle('is-none', !!none);
    bars.replaceChildren(...answer.classes.slice(0, isAll ? undefined : MOST).map(bar(colours)));
    more.hidden = answer.classes.length <= MOST;
    more.textContent = isAll ? 'Show fewer' : `Show all ${answer.classes.length} classes`;
    facts.textContent = best ? `${none ? `It is unlike what the model learned. If it must be one: ${best.name}. ` : ''}${Math.max(1, Math.round(answer.milliseconds))} ms, run ${run}` : '';
  };
  more.addEventListener('click', () => { isAll = !isAll; show(...last); });
  return { node, show, again: () => { if (last) show(...last); } };
};
