/* Two runs side by side: how good, how long, which settings, and the photos they name differently. */
const createVersus = ({ cards, champion, onClose }) => {
  const { el, call, percent, duration } = dragon;
  const node = el('section', { class: 'versus', hidden: true, tabindex: -1 });
  const chart = createTimeChart();
  let asked = 0;

  const close = () => {
    asked += 1;
    node.hidden = true;
    onClose();
  };
  const row = (label, values) => el('tr', {}, el('th', { scope: 'row', text: label }), ...values.map((text) => el('td', { text })));
  const table = ({ runs, right, n, settings }) =>
    el(
      'div',
      { class: 'd-scroll', tabindex: 0, role: 'group', 'aria-label': 'The two runs' },
      el(
        'table',
        { class: 'd-table versus-table', 'aria-label': 'The two runs' },
        el('thead', {}, el('tr', {}, el('td'), ...runs.map((run) => el('th', { scope: 'col', text: `Run ${run.id}` })))),
        el(
          'tbody',
          {},
          row('Right', runs.map((run) => `${percent(run.val_accuracy)} (${run.hits} of ${run.n})`)),
          row('Likely', runs.map(dragon.range)),
          ...(n && runs.some((run) => run.n !== n) ? [row(`Right on the ${n} photos of both`, right.map((each) => percent(each.share)))] : []),
          row('Training took', runs.map((run) => duration(run.seconds))),
          ...settings.map(({ label, first, second }) => row(label, [first || '\u2013', second || '\u2013'])),
        ),
      ),
    );
  const promote = (run) =>
    el('button', {
      type: 'button',
      class: 'd-button is-small',
      text: `Promote run ${run.id}`,
      onclick: () => champion.promote(run.id),
    });

  const show = async (first, second, others) => {
    asked += 1;
    const mine = asked;
    const title = `Run ${first} against run ${second}`;
    const head = el('h2', { class: 'd-title', text: title });
    node.setAttribute('aria-label', title);
    node.hidden = false;
    node.replaceChildren(head, el('p', { class: 'd-text d-quiet', role: 'status', text: 'Looking at what both said \u2026' }));
    const away = el('button', { type: 'button', class: 'd-button is-small', text: 'Close the comparison', onclick: close });
    try {
      const found = await call(`/versus?first=${first}&second=${second}`);
      if (mine !== asked) return;
      const lines = ({ truth, said, confidences }) => [
        `It is ${truth}`,
        ...said.map((name, i) => `Run ${[first, second][i]}: ${name}, ${percent(confidences[i])} sure`),
      ];
      const same = found.settings.length ? [] : [el('p', { class: 'd-text d-quiet', text: 'All settings are the same.' })];
      node.replaceChildren(
        head,
        el('p', { class: 'd-text detail-sentence', text: found.words }),
        el('div', { class: 'd-row' }, ...found.runs.filter((run) => !champion.isHeldBy(run.id)).map(promote), away),
        table(found),
        ...same,
        el('h3', { class: 'd-subtitle', text: 'Right against training time' }),
        chart.node,
        el('h3', { class: 'd-subtitle', text: 'Where they disagree' }),
        found.photos.length
          ? cards(found.photos, { lines, gone: found.gone, asks: ({ said, truth }) => ({ run: first, names: [said[0], truth] }) })
          : el('p', { class: 'd-text d-quiet', text: found.gone ? 'Those photos were removed for good.' : 'They say the same about every photo.' }),
      );
      chart.show(others, [first, second]);
      node.focus();
    } catch (error) {
      if (mine === asked) node.replaceChildren(head, el('p', { class: 'd-note is-bad', text: error.message }), el('div', { class: 'd-row' }, away));
    }
  };
  return { node, show, isOpen: () => !node.hidden };
};
