/* The Train tab: joins the run at work, the presets, Advanced and the one button. */
const root = element.querySelector('.train');
const { el, icon, call } = dragon;
let setup = null, state = null, isStarting = false, seen = '';

const weights = createWeights({ onHere: () => refresh() });
const rate = createRate({ wish: () => ({ preset: cards.id(), values: advanced.values() }), onFree: () => costs.again(),
  onUse: (found) => { advanced.change('head_lr', found); advanced.focus('head_lr'); } });
const augment = createAugment({ wish: () => ({ preset: cards.id(), values: advanced.values() }) });
const below = (node) => el('div', { class: 'setting-below' }, node);
const advanced = createAdvanced({ weights, extras: { head_lr: { beside: rate.button, below: below(rate.panel) }, mirror: { below: below(augment.node) } },
  onChange: (seconds) => showWish(seconds), onOpen: () => { rate.takeUp(); showSeen(); } });
const costs = createCosts({ onNews: () => showMap(), onMeasured: () => { refresh(); if (weights.infos()) weights.load().then(() => showWish(), () => {}); } });
const map = createMap({ onMove: (frozen) => freeze(frozen), onAgain: () => costs.again() });
const cards = createCards({ onChoose: () => { advanced.forget('freeze'); showForm(); if (cards.id() === 'tale') weights.load().then(() => showWish(), () => {}); } });
const panel = createRunPanel({ onKnown: () => showForm(), onOver: () => { dragon.changed(); refresh(); }, onAgain: (preset, values) => again(preset, values) });
const queue = createQueue(), resting = createResting(), memory = createTrainMemory();
const compare = createCompare({ wish: () => ({ preset: cards.id(), values: advanced.values() }), onUse: (what, run, winner) => take(what, run, winner),
  onStarted: () => dragon.changed() });

const train = el('button', { type: 'button', class: 'd-button is-primary train-button', text: 'Train', disabled: true, 'aria-describedby': 'train-why' });
const why = el('div', { id: 'train-why', class: 'train-why', 'aria-live': 'polite' });
const heading = el('h2', { class: 'd-title' });
const formBody = el('div', { class: 'train-body' }, cards.node, el('div', { class: 'train-go' }, train, why), compare.node, map.node, weights.node, advanced.node);
const form = el('section', { class: 'train-form', 'aria-label': 'Train' }, heading, formBody);
const problem = el('p', { class: 'd-note is-bad', role: 'alert', hidden: true });
root.replaceChildren(panel.node, resting.node, queue.node, problem, form);
form.hidden = true;

const photosWords = () => {
  const classes = state.summary.classes.filter((each) => each.train + each.val);
  const sum = (part) => classes.reduce((all, each) => all + each[part], 0);
  return `${dragon.count(sum('train') + sum('val'), 'photo')} of ${dragon.count(classes.length, 'class', 'classes')}: `
    + `${sum('train')} to learn from, ${dragon.count(sum('val'), 'held-out photo')} to measure it with.`;
};
/* What the one button would do, or what it still waits for. */
const showWish = (seconds = null) => {
  if (!setup || !state) return;
  memory.keep(cards.id(), advanced.values());
  weights.show(advanced.config());
  showMap();
  showSeen();
  const missing = state.summary.missing;
  const toLabel = (text) => el('button', { type: 'button', class: `d-button ${panel.run() ? '' : 'is-primary'}`, text, onclick: () => dragon.openTab('label') });
  train.disabled = isStarting || missing.length > 0;
  if (missing.length) {
    why.replaceChildren(el('ul', { class: 'train-missing' }, ...dragon.missingWords(missing).map((text) => el('li', { text }))), toLabel(state.summary.total ? 'Go to Label' : 'Add photos in Label'));
  } else if (advanced.wrong()) {
    why.replaceChildren(el('span', { class: 'd-error', text: advanced.wrong() === 1 ? 'One setting under Advanced is wrong.' : `${advanced.wrong()} settings under Advanced are wrong.` }));
  } else {
    const takes = seconds == null ? '' : ` About ${dragon.duration(seconds)}.`;
    const turn = panel.isOver() ? '' : ` It begins by itself when ${state.waiting ? 'all in line are' : 'this one is'} over.`;
    why.replaceChildren(el('span', { class: 'd-quiet d-number', text: photosWords() + takes + turn }), ...warnings());
  }
  compare.follow(state);
};
/* What a person should know before the button is pressed. */
const warnings = () => {
  const { backbone, weights: source, balance } = advanced.config();
  const isNothing = weights.isNothing({ backbone, weights: source }) ?? costs.network(backbone)?.hasWeights === false;
  const nothing = `It starts from nothing${source === 'none' ? '' : `: there are no weights for ${backbone} on this machine`}. That needs many photos and many epochs.`;
  const words = [[isNothing ? nothing : '', 'is-warn'], [setup.balance[balance] ?? '', balance === 'off' ? 'is-warn' : '']];
  return words.filter(([text]) => text).map(([text, kind]) => el('p', { class: `d-note train-note ${kind}`, text }));
};
const showSeen = () => { if (setup && state) augment.show(advanced.config(), state.summary.total); };
augment.onOthers(showSeen);
/* The map follows presets and settings; what they cost is asked beside. */
const showMap = () => {
  if (!setup || !state) return;
  const config = advanced.config();
  const network = costs.network(config.backbone);
  costs.look(config.backbone);
  const photos = state.summary.classes.reduce((sum, each) => sum + each.train + each.val, 0);
  costs.show(cards.id(), advanced.values(), { backbone: config.backbone, photos });
  if (network?.stages.length) {
    advanced.showStages(network.stages.length);
    if (config.freeze > network.stages.length) { advanced.change('freeze', 'backbone'); return; }  // of a deeper network
  }
  map.show({ network, config, answer: costs.answer(), isWrong: advanced.wrong() > 0 });
};
/* A last layer that is computed allows no deeper learning: then the balanced preset takes over. */
const freeze = (frozen) => {
  const stages = costs.network(advanced.config().backbone).stages.length;
  if (frozen < stages && cards.chosen().config.optimizer === 'exact') {
    cards.choose('balanced');
    showForm();
  }
  const { optimizer } = cards.chosen().config;
  if (frozen < stages && advanced.config().optimizer === 'exact') advanced.change('optimizer', optimizer);
  advanced.change('freeze', mapWords.freezeAt(frozen, stages));
};
const showForm = () => {
  if (!setup || !state) return;
  const kept = memory.begin(state.workspace.key);
  if (kept) cards.choose(kept.preset);  // one that there is no more gives way below
  cards.show(setup.presets);
  advanced.show(setup.settings, cards.chosen());
  if (kept) advanced.set(kept.values);
  const isBusy = !panel.isOver();
  form.hidden = false;
  heading.textContent = isBusy ? 'The next run' : panel.run() ? 'Train again' : 'Train';
  train.textContent = isStarting ? 'Starting \u2026' : !isBusy ? 'Train' : state.waiting ? 'Train after these' : 'Train after this one';
  // A run that is over names its own next step above: one button stands out, never two.
  train.classList.toggle('is-primary', !panel.run());
  showWish();
};

const refresh = async () => {
  try {
    setup = await call('/training');
    problem.hidden = true;
    showForm();
  } catch (error) {
    if (setup) return;  // what is shown still holds
    problem.textContent = `${error.message} This page goes on as soon as it does.`;
    problem.hidden = false;
  }
};
const start = async (preset, values) => {
  isStarting = true;
  showForm();
  try {
    const answer = await call('/runs', { preset, values });
    if (answer.run) {
      if (panel.isOver()) panel.follow(answer.run.id, answer.run.id);
      else dragon.toast(`Run ${answer.run.id} waits in line and begins by itself.`, { kind: 'good' });
      panel.node.scrollIntoView({ block: 'nearest' });
    } else {
      advanced.node.open = true;
      advanced.showProblems(answer.problems);
      advanced.node.querySelector('[aria-invalid="true"]')?.focus();
    }
  } catch (error) {
    dragon.toast(error.message, { kind: 'bad' });
  }
  isStarting = false;
  await dragon.changed();
  refresh();
};
const again = (preset, values) => {
  cards.choose(preset);
  showForm();
  advanced.set(values);
  start(preset, values);
};
/* The winner of a comparison: its settings, or of a sweep its rate, go into the form. */
const take = (what, run, winner) => {
  if (what === 'rates') advanced.change('head_lr', winner.head_lr);
  else {
    cards.choose(run.preset);
    showForm();
    advanced.set(run.values);
  }
  const now = what === 'rates' ? `The learning rate is ${dragon.rateWords(winner.head_lr)} now` : `The settings are those of ${winner.label} now`;
  dragon.toast(`${now}, and run ${run.id} answers in Try.`, { kind: 'good', key: 'try', action: { label: 'Try it', run: () => dragon.openTab('try') } });
  dragon.changed();
};
train.addEventListener('click', () => start(cards.id(), advanced.values()));

dragon.watchState((fresh) => {
  if (!root.isConnected) return;
  state = fresh;
  panel.follow(fresh.run?.id, fresh.newest_run);
  queue.follow(fresh);
  resting.follow(fresh.paused, panel.run()?.id);
  const now = JSON.stringify([fresh.revision, fresh.run?.id, fresh.run?.status, fresh.newest_run, fresh.model?.run]);
  if (now !== seen) { seen = now; refresh(); costs.again(); compare.refresh(); } else showForm();
});
dragon.on('online', () => { augment.again(); refresh(); });
