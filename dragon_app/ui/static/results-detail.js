/* One run in full: how good it is, what it mixes up, its curves and settings. */
const createDetail = () => {
  const charts = dragon.runCharts();
  const node = el('section', { class: 'detail', 'aria-label': 'The chosen run', hidden: true });
  let shownKey = '';

  const quiet = (id, text) => el('p', { id, class: 'd-text d-quiet', text });
  const heading = (text) => el('h3', { class: 'd-subtitle', text });
  const cell = (count, total, isRight) => {
    const share = total ? count / total : 0;
    const made = el('td', { class: `d-number ${isRight ? 'is-right' : 'is-wrong'}`, style: `--tint:${Math.round(share * 60)}%`, text: count || '\u00b7' });
    if (!count) made.setAttribute('aria-label', '0');
    return made;
  };
  const table = ({ confusion: rows, class_names: names }) => el('div', { class: 'd-scroll confusion-box', tabindex: 0, role: 'group', 'aria-label': 'Confusion matrix' },
    el('table', { class: 'confusion', 'aria-label': 'Confusion matrix', 'aria-describedby': 'confusion-words' },
      el('thead', {}, el('tr', {}, el('td'), ...names.map((name) => el('th', { scope: 'col' }, el('span', { text: name }))))),
      el('tbody', {}, ...rows.map((row, i) => el('tr', {}, el('th', { scope: 'row' }, el('span', { text: names[i] })),
        ...row.map((count, j) => cell(count, row.reduce((a, b) => a + b, 0), i === j)))))));
  /* The table, and a hint for as long as it is wider than its box. */
  const confusion = (full) => {
    const box = table(full);
    const hint = el('p', { class: 'd-text d-quiet', hidden: true, text: 'There are more columns: move the table sideways.' });
    new ResizeObserver(() => { hint.hidden = box.scrollWidth <= box.clientWidth; }).observe(box);
    return [hint, box];
  };
  const perClass = ({ per_class: scores, class_names: names }) => el('div', { class: 'd-scroll', tabindex: 0, role: 'group', 'aria-label': 'Class by class' },
    el('table', { class: 'd-table', 'aria-label': 'Class by class', 'aria-describedby': 'class-words' },
      el('thead', {}, el('tr', {}, ...['Class', 'Found', 'Trusted', 'Photos'].map((text) => el('th', { scope: 'col', text })))),
      el('tbody', {}, ...names.map((name) => el('tr', {}, el('th', { scope: 'row' }, el('span', { class: 'd-cut', text: name, title: name })),
        el('td', { class: 'd-number', text: dragon.percent(scores[name].recall) }), el('td', { class: 'd-number', text: dragon.percent(scores[name].precision) }),
        el('td', { class: 'd-number', text: scores[name].n }))))));
  const settings = ({ settings: rows }) => el('dl', { class: 'settings' }, ...rows.map(({ label, value, is_changed: isChanged }) =>
    el('div', {}, el('dt', { class: 'd-quiet', text: label }), el('dd', { text: value + (isChanged ? ' (changed)' : '') }))));

  /* The pair of classes mixed up most, in words: what to look at first. */
  const worst = ({ confusion: rows, class_names: names }) => {
    const pairs = rows.flatMap((row, i) => row.map((count, j) => ({ count, i, j }))).filter(({ count, i, j }) => count && i !== j);
    const top = pairs.sort((a, b) => b.count - a.count)[0];
    return top ? `Most often mixed up: ${names[top.i]} taken for ${names[top.j]} (${dragon.count(top.count, 'photo')}).` : 'No held-out photo was mixed up.';
  };
  const show = async (run) => {
    const key = JSON.stringify(run);
    if (key === shownKey) return;
    shownKey = key;
    const [full, progress] = await Promise.all([call(`/runs/${run.id}`), call(`/runs/${run.id}/progress`)]);
    if (key !== shownKey) return;
    const hasModel = full.val_accuracy != null;
    const parts = [el('h2', { class: 'd-title', text: `Run ${full.id}: ${full.title}` })];
    if (hasModel) {
      parts.push(el('p', { class: 'd-text detail-sentence', text: dragon.resultSentence(full) }));
      parts.push(el('p', { class: 'd-text d-quiet', text: `${dragon.keptSentence(full)} ${dragon.intervalSentence(full)}`.trim() }));
      parts.push(el('p', { class: 'd-text', text: worst(full) }));
    }
    parts.push(runPhotos(full.id));
    if (full.reason) parts.push(el('p', { class: `d-note ${full.status === 'failed' ? 'is-bad' : 'is-warn'}`, text: full.reason }));
    if (!full.is_final) parts.push(el('p', { class: 'd-text', text: `${dragon.phaseSentence(full)}. Its result appears here when it is done.` }));
    if (hasModel) parts.push(heading('What it mixes up'),
      quiet('confusion-words', 'Each row is what the photos show, each column what the model said. The diagonal is right.'), ...confusion(full),
      heading('Class by class'), quiet('class-words', 'Found (recall): of its photos, how many were named so. Trusted (precision): of the photos named so, how many were it.'), perClass(full));
    if (progress.epochs.length && !full.is_exact) parts.push(heading('How it learned'), charts.node);
    parts.push(heading('Settings'), settings(full));
    node.replaceChildren(...parts);
    node.hidden = false;
    charts.show(progress.epochs, progress.steps, { epochs: full.epochs, kept: full.is_final ? full.best_epoch : null });
  };
  return { node, show, forget: () => { shownKey = ''; } };
};
