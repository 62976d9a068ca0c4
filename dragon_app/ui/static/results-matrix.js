/* The confusion matrix: each number opens the photos behind it. Below it, class by class. */
const createMatrix = ({ cards }) => {
  const { el, call, count, percent } = dragon;
  const panel = el('section', { class: 'cell-photos', hidden: true, tabindex: -1 });
  let pressed = null,
    asked = 0;

  const close = () => {
    asked += 1;
    panel.hidden = true;
    pressed?.setAttribute('aria-expanded', 'false');
    pressed?.focus();
    pressed = null;
  };
  const titleOf = ({ class_names: names }, target, said) =>
    target === said ? `${names[target]}, rightly named` : `${names[target]}, taken for ${names[said]}`;
  const heading = (title) =>
    el(
      'div',
      { class: 'd-row cell-head' },
      el('h3', { class: 'd-subtitle', text: title }),
      el('button', { type: 'button', class: 'd-button is-small', text: 'Close these photos', onclick: close }),
    );

  /* The inbox lists the mistakes of the run that answers in Try; one key each puts them right there. */
  const toFix = ([first]) =>
    el(
      'div',
      { class: 'd-row' },
      el('button', {
        type: 'button',
        class: 'd-button is-small',
        text: 'Go through the mistakes in Fix',
        title: 'All that are still open, not these alone; each is put right with one key',
        onclick: () => dragon.showFix({ kind: 'mistake', id: first.id }),
      }),
    );
  /* Opens the photos of class `target` that the run took for `said`. */
  const open = async (full, target, said, button) => {
    asked += 1;
    const mine = asked;
    pressed?.setAttribute('aria-expanded', 'false');
    pressed = button;
    button?.setAttribute('aria-expanded', 'true');
    const title = titleOf(full, target, said);
    panel.setAttribute('aria-label', title);
    panel.hidden = false;
    panel.replaceChildren(heading(title), el('p', { class: 'd-text d-quiet', role: 'status', text: 'Looking for the photos \u2026' }));
    try {
      const found = await call(`/runs/${full.id}/cell?target=${target}&said=${said}`);
      if (mine !== asked) return;
      const words = ({ confidence }) => [`${percent(confidence)} sure: ${full.class_names[said]}`];
      const hint =
        target === said
          ? 'The surest first. A wrong label may hide among the last ones.'
          : 'The surest first: where it is very sure, look whether the label is right. A new label counts from the next run on.';
      panel.replaceChildren(
        heading(title),
        el('p', { class: 'd-text d-quiet', text: found.photos.length ? hint : 'None of these photos is here any more.' }),
        ...(full.answers && target !== said && found.photos.length ? [toFix(found.photos)] : []),
        cards(found.photos, {
          lines: words,
          gone: found.gone,
          asks: () => ({ run: full.id, names: [full.class_names[said], full.class_names[target]] }),
        }),
      );
      panel.focus();
    } catch (error) {
      if (mine === asked) panel.replaceChildren(heading(title), el('p', { class: 'd-note is-bad', text: error.message }));
    }
  };

  const cell = (full, i, j, total) => {
    const n = full.confusion[i][j];
    const box = el('td', {
      class: `d-number ${i === j ? 'is-right' : 'is-wrong'}`,
      style: `--tint:${Math.round((total ? n / total : 0) * 60)}%`,
    });
    if (!n) {
      box.textContent = '\u00b7';
      box.setAttribute('aria-label', '0');
      return box;
    }
    const name = `${titleOf(full, i, j)}: ${count(n, 'photo')}`;
    const button = el('button', { type: 'button', text: n, title: name, 'aria-label': name, 'aria-expanded': 'false' });
    button.addEventListener('click', () => (pressed === button ? close() : open(full, i, j, button)));
    box.append(button);
    box.dataset.cell = `${i} ${j}`;
    return box;
  };
  const table = (full) =>
    el(
      'div',
      { class: 'd-scroll confusion-box', tabindex: 0, role: 'group', 'aria-label': 'Confusion matrix' },
      el(
        'table',
        { class: 'confusion', 'aria-label': 'Confusion matrix', 'aria-describedby': 'confusion-words' },
        el('thead', {}, el('tr', {}, el('td'), ...full.class_names.map((name) => el('th', { scope: 'col' }, el('span', { text: name }))))),
        el(
          'tbody',
          {},
          ...full.confusion.map((row, i) =>
            el(
              'tr',
              {},
              el('th', { scope: 'row' }, el('span', { text: full.class_names[i] })),
              ...row.map((_, j) => cell(full, i, j, row.reduce((a, b) => a + b, 0))),
            ),
          ),
        ),
      ),
    );

  /* The table, a hint for as long as it is wider than its box, and the photos of the open cell. */
  const show = (full) => {
    asked += 1;
    pressed = null;
    panel.hidden = true;
    const box = table(full);
    const hint = el('p', { class: 'd-text d-quiet', hidden: true, text: 'There are more columns: move the table sideways.' });
    new ResizeObserver(() => {
      hint.hidden = box.scrollWidth <= box.clientWidth;
    }).observe(box);
    return [hint, box, panel];
  };

  /* The pair mixed up most, in words, and the way to its photos: what to look at first. */
  const worst = (full) => {
    const pairs = full.confusion.flatMap((row, i) => row.map((n, j) => ({ n, i, j }))).filter(({ n, i, j }) => n && i !== j);
    const top = pairs.sort((a, b) => b.n - a.n)[0];
    if (!top) return el('p', { class: 'd-text', text: 'No held-out photo was mixed up.' });
    const [from, to] = [full.class_names[top.i], full.class_names[top.j]];
    const look = () => {
      const button = document.querySelector(`.detail [data-cell="${top.i} ${top.j}"] button`);
      if (pressed !== button) open(full, top.i, top.j, button);
    };
    return el(
      'p',
      { class: 'd-text d-row' },
      el('span', { text: `Most often mixed up: ${from} taken for ${to} (${count(top.n, 'photo')}).` }),
      el('button', { type: 'button', class: 'd-link', text: 'Look at these photos', onclick: look }),
    );
  };

  const perClass = ({ per_class: scores, class_names: names }) =>
    el(
      'div',
      { class: 'd-scroll', tabindex: 0, role: 'group', 'aria-label': 'Class by class' },
      el(
        'table',
        { class: 'd-table', 'aria-label': 'Class by class', 'aria-describedby': 'class-words' },
        el('thead', {}, el('tr', {}, ...['Class', 'Found', 'Trusted', 'Both', 'Photos'].map((text) => el('th', { scope: 'col', text })))),
        el(
          'tbody',
          {},
          ...names.map((name) =>
            el(
              'tr',
              {},
              el('th', { scope: 'row' }, el('span', { class: 'd-cut', text: name, title: name })),
              ...['recall', 'precision', 'f1'].map((key) => el('td', { class: 'd-number', text: percent(scores[name][key]) })),
              el('td', { class: 'd-number', text: scores[name].n }),
            ),
          ),
        ),
      ),
    );
  return { show, worst, perClass };
};
