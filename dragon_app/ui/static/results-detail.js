/* One run in full: how good it is, what to do next, what it mixes up; the rest is folded away. */
const createDetail = ({ cards, champion, onStarted }) => {
  const { el, call, percent, runCharts } = dragon;
  const charts = runCharts();
  const matrix = createMatrix({ cards });
  const calibration = createCalibration();
  const folds = createFolds();
  const take = createTake();
  const shortcuts = createShortcuts({ cards });
  const provenance = createProvenance({ onStarted });
  const node = el('section', { class: 'detail', 'aria-label': 'The chosen run', hidden: true });
  const actions = el('div', { class: 'd-row detail-actions', role: 'group', 'aria-label': 'What to do with this run' });
  let shownKey = '',
    shown = null;

  const quiet = (id, text) => el('p', { id, class: 'd-text d-quiet', text });
  const heading = (text) => el('h3', { class: 'd-subtitle', text });
  const folded = (title, ...children) => el('details', { class: 'fold' }, el('summary', { text: title }), el('div', { class: 'd-stack fold-body' }, ...children));
  const settings = ({ settings: rows }) =>
    el(
      'dl',
      { class: 'settings' },
      ...rows.map(({ label, value, is_changed: isChanged }) =>
        el('div', {}, el('dt', { class: 'd-quiet', text: label }), el('dd', { text: value + (isChanged ? ' (changed)' : '') })),
      ),
    );

  /* The number with its interval comes first. */
  const number = (full) =>
    el(
      'p',
      { class: 'd-text d-row detail-number' },
      el('strong', { class: 'd-number', text: percent(full.val_accuracy) }),
      el('span', { class: 'd-number', title: 'In 19 of 20 such measurements the true share lies in this range.', text: `right, likely ${dragon.range(full)}` }),
    );
  const showActions = (full) => {
    const hasModel = full.val_accuracy != null;
    const answers = el('span', { class: 'd-quiet', text: 'Answers in Try' });
    const promote = el('button', { type: 'button', class: 'd-button is-small', text: 'Promote', title: 'Let this run answer in Try', onclick: () => champion.promote(full.id) });
    actions.replaceChildren(...(hasModel ? [full.answers ? answers : promote, take(full.id)] : []), ...[dragon.continueButton(full)].filter(Boolean), ...(full.is_final ? [provenance.button(full.id)] : []));
  };
  const goodness = (full) => [
    number(full),
    el('p', { class: 'd-text', text: [dragon.resultSentence(full), dragon.balancedSentence(full), dragon.keptSentence(full)].filter(Boolean).join(' ') }),
    ...(dragon.fewSentence(full) ? [el('p', { class: 'd-note is-warn', text: dragon.fewSentence(full) }), folds(full)] : []),
    matrix.worst(full),
    shortcuts(full.id),
  ];
  const mixed = (full) => [
    heading('What it mixes up'),
    quiet('confusion-words', 'Each row is what the photos show, each column what the model said. The diagonal is right. Choose a number to see its photos.'),
    ...matrix.show(full),
    heading('Class by class'),
    quiet('class-words', 'Found (recall): of its photos, how many were named so. Trusted (precision): of the photos named so, how many were it. Both: the two in one number (F1).'),
    matrix.perClass(full),
  ];

  /* Somebody looks into a run at work: it is drawn anew when they are done, or it is. */
  const isHeld = (run, answers) =>
    shownKey && shown.id === run.id && shown.status === run.status && shown.answers === answers && !run.is_final &&
    (node.contains(document.activeElement) || !!node.querySelector('.cell-photos:not([hidden])'));
  const show = async (run, { answers }) => {
    const key = JSON.stringify([run, answers]);
    if (key === shownKey || isHeld(run, answers)) return;
    shownKey = key;
    shown = { ...run, answers };
    const [told, progress] = await Promise.all([call(`/runs/${run.id}`), call(`/runs/${run.id}/progress`)]);
    if (key !== shownKey) return;
    const full = { ...told, answers };
    const hasModel = full.val_accuracy != null;
    showActions(full);
    const parts = [el('h2', { class: 'd-title', text: `Run ${full.id}: ${full.title}` })];
    if (hasModel) parts.push(...goodness(full));
    if (full.repeats) parts.push(provenance.repeatLine(full));
    if (full.reason && full.status !== 'finished') parts.push(el('p', { class: `d-note ${full.status === 'failed' ? 'is-bad' : 'is-warn'}`, text: full.reason }));
    if (!full.is_final) parts.push(el('p', { class: 'd-text', text: `${dragon.phaseSentence(full)}. Its result appears here when it is done.` }));
    parts.push(actions, runPhotos(full.id));
    if (hasModel) parts.push(...mixed(full), calibration(full.id));
    if (progress.epochs.length && !full.is_exact) parts.push(folded('How it learned', charts.node));
    parts.push(folded('Settings', settings(full)), provenance.fold(full.id));
    node.replaceChildren(...parts);
    node.hidden = false;
    charts.show(progress.epochs, progress.steps, { epochs: full.epochs, kept: full.is_final ? full.best_epoch : null });
  };
  return { node, show, forget: () => { shownKey = ''; } };
};
