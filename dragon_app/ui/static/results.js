/* The Results tab: every run, which one answers in Try, the chosen one in full or two compared. */
const root = element.querySelector('.results');
const { el, call } = dragon;
const BUSY_MS = 4000;
let runs = [], tryRun = null, chosen = null, seen = '', state = null, timer = 0, ticked = [];

const cards = createPhotoCards({ classes: () => state?.summary.classes ?? [] });
const champion = createChampion({ onChange: () => refresh(), onCompare: (...ids) => { ticked = ids; draw(); openVersus(); } });
const detail = createDetail({ cards, champion, onStarted: () => { refresh(); dragon.changed('run'); } });
const versus = createVersus({ cards, champion, onClose: () => { ticked = []; detail.forget(); draw(); } });
const body = el('tbody');
const problem = el('p', { class: 'd-note is-bad', role: 'alert', hidden: true });
const compare = el('button', { type: 'button', class: 'd-button is-small', text: 'Compare two runs', onclick: () => openVersus() });
const list = el('section', { class: 'runs', 'aria-label': 'Runs' },
  el('table', { class: 'd-table runs-table' }, el('caption', { class: 'd-hidden', text: 'Runs, newest first' }),
    el('thead', {}, el('tr', {}, ...['Run', 'Right', 'How', 'Took', 'When', 'In Try', 'Compare'].map((text) => el('th', { scope: 'col', text })))), body),
  el('div', { class: 'd-row runs-compare' }, compare, el('span', { class: 'd-quiet', text: 'Tick two of them.' })));
const empty = el('div', { class: 'd-empty' });
root.replaceChildren(problem, empty, champion.node, list, versus.node, detail.node);
list.hidden = true;

const openVersus = () => {
  const [first, second] = [...ticked].sort((a, b) => a - b);
  detail.node.hidden = true;
  versus.show(first, second, runs);
};
const choose = (id) => {
  chosen = id;
  detail.forget();
  if (versus.isOpen()) { versus.node.hidden = true; ticked = []; }
  draw();
};
/* At most two are ticked: a third takes the place of the first. */
const tick = (id, isOn) => {
  ticked = ticked.filter((each) => each !== id);
  if (isOn) ticked = [...ticked, id].slice(-2);
  for (const box of body.querySelectorAll('.runs-tick input')) box.checked = ticked.includes(Number(box.value));
  compare.disabled = ticked.length < 2;
};
const took = (run) => (run.epochs_done ? dragon.tookWords(run) : '');
const ticker = (run) => {
  const box = el('input', { type: 'checkbox', value: run.id, 'aria-label': `Compare run ${run.id}`, onchange: () => tick(run.id, box.checked) });
  box.checked = ticked.includes(run.id);
  return el('label', { class: 'runs-tick' }, box);
};
const inTry = (run) => (run.id === tryRun ? el('span', { class: 'run-status is-champion', text: 'Answers' })
  : el('button', { type: 'button', class: 'd-button is-small', text: 'Promote', title: 'Let this run answer in Try', 'aria-label': `Promote run ${run.id}`, onclick: () => champion.promote(run.id) }));
const line = (run) => {
  const hasModel = run.val_accuracy != null;
  const right = hasModel ? dragon.percent(run.val_accuracy) : '\u2013';
  return el('tr', { class: run.id === chosen ? 'is-chosen' : '', 'data-run': run.id },
    el('th', { scope: 'row' }, el('button', { type: 'button', class: 'd-link', 'aria-pressed': String(run.id === chosen), text: `Run ${run.id}`, onclick: () => choose(run.id) }),
      run.status === 'finished' ? '' : el('span', { class: `run-status is-${run.status}`, text: run.status_words })),
    el('td', { class: 'd-number runs-right', 'data-label': 'Right', text: right }),
    el('td', { 'data-label': 'How' }, el('span', { text: run.title }), el('span', { class: 'd-quiet runs-weights', text: run.weights || run.backbone })),
    el('td', { class: 'd-number', 'data-label': 'Took', text: took(run) }),
    el('td', { class: 'd-quiet d-number', 'data-label': 'When', text: dragon.when(run.created_at) }),
    el('td', { 'data-label': 'In Try' }, hasModel ? inTry(run) : el('span', { class: 'd-quiet', text: 'no model' })),
    el('td', { 'data-label': 'Compare' }, hasModel ? ticker(run) : ''));
};
const showEmpty = () => {
  const next = (text, tab) => el('button', { type: 'button', class: 'd-button is-primary', text, onclick: () => dragon.openTab(tab) });
  const missing = state?.summary.missing ?? [];
  empty.replaceChildren(el('h2', { class: 'd-title', text: 'No results yet' }),
    el('p', { class: 'd-text', text: missing.length ? `After the first training you see here how good it is. ${dragon.missingWords(missing).join(', ')}.` : 'Train a model, and you see here how good it is and what it mixes up.' }),
    missing.length ? next('Go to Label', 'label') : next('Go to Train', 'train'));
};
const draw = () => {
  empty.hidden = runs.length > 0;
  list.hidden = !runs.length;
  if (!runs.length) { detail.node.hidden = true; champion.node.hidden = true; showEmpty(); return; }
  if (!runs.some((run) => run.id === chosen)) chosen = (runs.find((run) => run.id === tryRun) ?? runs[0]).id;
  const comparable = runs.filter((run) => run.val_accuracy != null).map((run) => run.id);
  list.classList.toggle('is-single', comparable.length < 2);
  const focused = document.activeElement;
  const held = focused?.closest?.('.results tr')?.dataset.run;
  const tag = focused?.tagName.toLowerCase();
  body.replaceChildren(...runs.map(line));
  tick(0, false);
  if (held) body.querySelector(`tr[data-run="${held}"] ${tag}`)?.focus();
  champion.challenge(runs, tryRun);
  if (versus.isOpen()) return;
  detail.show(runs.find((run) => run.id === chosen), { answers: chosen === tryRun }).catch(() => detail.forget());
};
const refresh = async () => {
  clearTimeout(timer);
  try {
    const answer = await call('/runs');
    const isSame = JSON.stringify([answer.runs, answer.try_run]) === JSON.stringify([runs, tryRun]);
    ({ runs, try_run: tryRun } = answer);
    problem.hidden = true;
    const wanted = dragon.wantedRun();
    if (wanted != null) { chosen = wanted; versus.node.hidden = true; }
    if (!isSame || wanted != null || !runs.length) { champion.refresh(); draw(); }
  } catch (error) {
    if (runs.length) return;
    problem.textContent = `${error.message} This page goes on as soon as it does.`;
    problem.hidden = false;
  }
  if (runs.some((run) => !run.is_final)) timer = setTimeout(() => { if (dragon.isSeen(root)) refresh(); }, BUSY_MS);
};
dragon.watchState((fresh) => {
  if (!root.isConnected) return;
  state = fresh;
  const now = JSON.stringify([fresh.revision, fresh.run?.id, fresh.run?.status, fresh.newest_run, fresh.waiting, fresh.model?.run]);
  if (now !== seen) { seen = now; refresh(); }
});
dragon.on('run', refresh);
dragon.on('online', refresh);
dragon.on('tab', (tab) => { if (tab === 'results') setTimeout(refresh); });
