/* Compare strategies: what would be trained and how long that takes, one button, then how it stands.
   `wish` gives the preset and the settings that stay the same. */
const createCompare = ({ wish, onUse, onStarted }) => {
  const AGAIN_MS = 700, TYPING_MS = 300;
  const WAYS = { strategies: ['Which layers should learn', 'Compare five ways'], rates: ['Which learning rate', 'Compare the rates'] };
  const TEASER = 'Which layers should learn? Train five ways and see.';
  const count = el('span', { class: 'd-quiet compare-count is-teaser', text: TEASER });
  const radios = Object.entries(WAYS).map(([value, [text]]) => el('label', { class: 'compare-way' },
    el('input', { type: 'radio', name: 'compare-what', value, checked: value === 'strategies', onchange: () => look() }), el('span', { text })));
  const epochs = el('input', { id: 'compare-epochs', class: 'd-input d-number', type: 'text', inputmode: 'numeric', autocomplete: 'off', 'aria-describedby': 'compare-budget' });
  const list = el('ul', { class: 'compare-plan' });
  const budget = el('p', { id: 'compare-budget', class: 'd-text d-quiet d-number', 'aria-live': 'polite' });
  const start = el('button', { type: 'button', class: 'd-button', disabled: true });
  const comparison = createComparison({ onUse, onNews: (fresh) => news(fresh) });
  const form = el('div', { class: 'compare-form' },
    el('fieldset', { class: 'compare-ways' }, el('legend', { class: 'd-label', text: 'Compare' }), ...radios),
    el('div', { class: 'd-field compare-epochs' }, el('label', { for: 'compare-epochs', text: 'Epochs for each' }), epochs),
    list, el('div', { class: 'train-go' }, start, budget));
  const node = el('details', { class: 'compare' }, el('summary', {}, el('span', { text: 'Compare strategies' }), count),
    el('p', { class: 'd-text', text: 'One run after the other, on the same photos, from the same weights, for the same number of epochs. Your other settings stay as they are.' }), form, comparison.node);
  let timer = 0, asked = '', opened = null, missing = false, isKnown = false, isWrong = false, isBusy = false;

  const what = () => node.querySelector('input[name="compare-what"]:checked').value;
  /* Until a number is typed, each has as many epochs as the settings above. */
  const body = () => ({ ...wish(), what: what(), epochs: epochs.value.trim() || null });
  const sentence = (plan) => {
    const all = `${dragon.count(plan.variants.length, 'run')} of ${dragon.count(plan.epochs, 'epoch')} each`;
    if (plan.seconds != null) return `${all}: about ${dragon.duration(plan.seconds)} in all. You can go on labelling meanwhile.`;
    return plan.is_measuring ? `${all}. How long that takes is being measured.` : `${all}. How long that takes is not known on this machine yet.`;
  };
  const showPlan = (plan) => {
    isKnown = true;
    epochs.placeholder = plan.epochs;
    list.replaceChildren(...plan.variants.map((each) => el('li', {}, el('b', { text: each.label }), el('span', { text: each.what }),
      el('span', { class: 'd-quiet d-number', text: each.seconds == null ? '' : `about ${dragon.duration(each.seconds)}` }))));
    say(sentence(plan));
  };
  const say = (text, wrong = false) => {
    if (budget.textContent !== text) budget.textContent = text;
    budget.classList.toggle('d-error', wrong);
    epochs.setAttribute('aria-invalid', String(wrong && /epoch/i.test(text)));
  };
  const showButton = () => {
    start.textContent = isBusy ? 'Starting \u2026' : WAYS[what()][1];
    form.hidden = comparison.isBusy();  // what is at work says enough
    start.disabled = isBusy || missing || !isKnown || isWrong;
  };
  const ask = async () => {
    const mine = asked;
    try {
      const plan = await call('/comparisons/plan', JSON.parse(mine));
      if (mine !== asked) return;
      isWrong = false;
      showPlan(plan);
      if (plan.is_measuring) timer = setTimeout(() => { if (dragon.isSeen(form)) ask(); }, AGAIN_MS);
    } catch (error) {
      if (mine !== asked) return;
      isWrong = !error.offline;
      list.replaceChildren();
      say(error.status === 422 ? 'Epochs must be a whole number.' : error.message, true);
    }
    showButton();
  };
  /* Ask what would be trained, unless that is known; a folded section asks nothing. */
  const look = ({ isNew = false } = {}) => {
    if (!node.open) return;
    const key = JSON.stringify(body());
    showButton();
    if (key === asked && !isNew) return;
    asked = key;
    clearTimeout(timer);
    timer = setTimeout(ask, TYPING_MS);
  };
  const news = (fresh) => {
    const done = fresh?.runs.filter(({ is_over: isOver }) => isOver).length;
    count.textContent = !fresh ? TEASER : fresh.is_over ? `Comparison ${fresh.id} is done` : `${done} of ${fresh.runs.length} done`;
    count.classList.toggle('is-teaser', !fresh);
    if (fresh && !fresh.is_over && opened !== fresh.id) {  // once: who folds it then has reasons
      opened = fresh.id;
      node.open = true;
    }
    showButton();
  };
  epochs.addEventListener('input', () => look());
  start.addEventListener('click', async () => {
    isBusy = true;
    showButton();
    try {
      comparison.show(await call('/comparisons', body()));
      comparison.focus();  // the button is gone now
      onStarted();
    } catch (error) {
      dragon.toast(error.message, { kind: 'bad' });
      comparison.ask();  // another window may have begun one
    }
    isBusy = false;
    showButton();
  });
  node.addEventListener('toggle', () => { if (node.open) { look({ isNew: true }); comparison.ask(); } });
  /* The settings above, the photos or the runs changed. */
  const follow = (state) => { missing = state.summary.missing.length > 0; look(); };
  return { node, follow, look, refresh: () => { comparison.ask(); look({ isNew: true }); } };
};
