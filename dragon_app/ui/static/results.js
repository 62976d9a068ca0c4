/* The Results tab: every run, which one Try uses, and the chosen one in full. */
const root = element.querySelector('.results');
const { el, icon, call } = dragon;
const BUSY_MS = 4000;
let runs = [], tryRun = null, chosen = null, seen = '', state = null, timer = 0;

const detail = createDetail();
const body = el('tbody');
const problem = el('p', { class: 'd-note is-bad', role: 'alert', hidden: true });
const list = el('section', { class: 'runs', 'aria-label': 'Runs' },
  el('table', { class: 'd-table runs-table' }, el('caption', { class: 'd-hidden', text: 'Runs, newest first' }),
    el('thead', {}, el('tr', {}, ...['Run', 'Right', 'How', 'Took', 'When', 'Use in Try'].map((text) => el('th', { scope: 'col', text })))), body));
const empty = el('div', { class: 'd-empty' });
root.replaceChildren(problem, empty, list, detail.node);
list.hidden = true;

const useInTry = async (id) => {
  try {
    await call(`/runs/${id}/try`, {});
    tryRun = id;
    dragon.toast(`Run ${id} answers in Try from now on.`, { kind: 'good', key: 'try', action: { label: 'Try it', run: () => dragon.openTab('try') } });
    dragon.changed();
  } catch (error) { dragon.toast(error.message, { kind: 'bad' }); }
  draw();
};
const choose = (id) => { chosen = id; draw(); };
const took = (run) => (run.epochs_done ? dragon.tookWords(run) : '');
const line = (run) => {
  const hasModel = run.val_accuracy != null;
  const radio = el('input', { type: 'radio', name: 'try-run', 'aria-label': `Use run ${run.id} in Try`, onchange: () => useInTry(run.id) });
  radio.checked = run.id === tryRun;
  const right = hasModel ? dragon.percent(run.val_accuracy) : '\u2013';
  return el('tr', { class: run.id === chosen ? 'is-chosen' : '', 'data-run': run.id },
    el('th', { scope: 'row' }, el('button', { type: 'button', class: 'd-link', 'aria-pressed': String(run.id === chosen), text: `Run ${run.id}`, onclick: () => choose(run.id) }),
      run.status === 'finished' ? '' : el('span', { class: `run-status is-${run.status}`, text: run.status_words })),
    el('td', { class: 'd-number runs-right', 'data-label': 'Right', text: right }),
    el('td', { 'data-label': 'How' }, el('span', { text: run.title }), el('span', { class: 'd-quiet runs-weights', text: run.weights || run.backbone })),
    el('td', { class: 'd-number', 'data-label': 'Took', text: took(run) }),
    el('td', { class: 'd-quiet d-number', 'data-label': 'When', text: dragon.when(run.created_at) }),
    el('td', { 'data-label': 'Use in Try' }, hasModel ? el('label', { class: 'runs-radio' }, radio) : el('span', { class: 'd-quiet', text: 'no model' })));
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
  if (!runs.length) { detail.node.hidden = true; showEmpty(); return; }
  if (!runs.some((run) => run.id === chosen)) chosen = (runs.find((run) => run.id === tryRun) ?? runs[0]).id;
  const held = document.activeElement?.closest?.('.results tr')?.dataset.run;
  const tag = document.activeElement?.tagName.toLowerCase();
  body.replaceChildren(...runs.map(line));
  if (held) body.querySelector(`tr[data-run="${held}"] ${tag}`)?.focus();
  detail.show(runs.find((run) => run.id === chosen)).catch(() => detail.forget());
};
const refresh = async () => {
  clearTimeout(timer);
  try {
    const answer = await call('/runs');
    const isSame = JSON.stringify([answer.runs, answer.try_run]) === JSON.stringify([runs, tryRun]);
    ({ runs, try_run: tryRun } = answer);
    problem.hidden = true;
    const wanted = dragon.wantedRun();
    if (wanted != null) chosen = wanted;
    if (!isSame || wanted != null || !runs.length) draw();
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
