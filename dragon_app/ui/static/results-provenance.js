/* What went into a run, its photos then and now, and the same training once more. */
const createProvenance = ({ onStarted }) => {
  const { el, call } = dragon;

  const row = (photo) =>
    el(
      'tr',
      { class: photo.is_changed ? 'is-changed' : '' },
      el(
        'th',
        { scope: 'row' },
        el(
          'div',
          { class: 'then-name' },
          photo.v
            ? el('img', { alt: '', class: 'then-photo', loading: 'lazy', src: `/dragon/thumbnails/${photo.id}?v=${photo.v}` })
            : '',
          el('span', { class: 'd-cut', text: photo.name, title: photo.name }),
        ),
      ),
      el('td', { text: photo.then }),
      el('td', { text: photo.is_changed ? photo.now : 'the same', class: photo.is_changed ? '' : 'd-quiet' }),
      el('td', { class: 'd-quiet', text: { train: 'learned from', val: 'held out' }[photo.part] }),
    );
  /* The photos of the run with their classes of then and now, a page at a time. */
  const photosThen = (id) => {
    const body = el('tbody');
    const table = el(
      'table',
      { class: 'd-table then', 'aria-label': 'Its photos then and now', hidden: true },
      el('thead', {}, el('tr', {}, ...['Photo', 'Then', 'Now', 'Part'].map((text) => el('th', { scope: 'col', text })))),
      body,
    );
    const more = el('button', { type: 'button', class: 'd-button is-small', text: 'Show its photos then and now' });
    let shown = 0;
    more.addEventListener('click', async () => {
      try {
        const { photos, total } = await call(`/runs/${id}/then?start=${shown}`);
        body.append(...photos.map(row));
        shown += photos.length;
        table.hidden = false;
        more.textContent = `Show more (${shown} of ${total})`;
        more.hidden = shown >= total;
      } catch (error) {
        dragon.toast(error.message, { kind: 'bad' });
      }
    });
    return [table, el('div', { class: 'd-row' }, more)];
  };

  /* Enough of a fingerprint to tell it from others; a click shows and copies all of it. */
  const SHORT = 12;
  const fingerprint = (whole) => {
    if (whole.length <= SHORT) return el('span', { text: whole });
    const short = `${whole.slice(0, SHORT)}\u2026`;
    const made = el('button', { type: 'button', class: 'd-link fingerprint', title: 'Show and copy all of it', text: short });
    made.addEventListener('click', () => {
      made.textContent = whole;
      navigator.clipboard?.writeText(whole).then(
        () => dragon.toast('The fingerprint is copied.', { key: 'fingerprint' }),
        () => {}, // it can be copied by hand
      );
    });
    return made;
  };
  const fact = ({ label, value, fingerprint: whole }) => {
    const mark = whole ? [`${value ? ', ' : ''}fingerprint `, fingerprint(whole)] : [];
    return el('div', {}, el('dt', { class: 'd-quiet', text: label }), el('dd', {}, value, ...mark));
  };

  const load = async (id) => {
    const { rows } = await call(`/runs/${id}/provenance`);
    return [
      el(
        'dl',
        { class: 'settings provenance' },
        ...rows.map(fact),
      ),
      el('p', {
        class: 'd-text d-quiet',
        text: 'A fingerprint is the same only where everything is the same: one other label gives another one.',
      }),
      el(
        'div',
        { class: 'd-row' },
        el('a', { class: 'd-button is-small', href: `/dragon/runs/${id}/provenance.json`, download: '', text: 'Download as JSON' }),
      ),
      ...photosThen(id),
    ];
  };
  const fold = (id) => createFold('What went into this run', () => load(id));

  /* Whether a run that repeats another came out the same, as soon as that is known. */
  const repeatLine = (full) => {
    const line = el('p', { class: 'd-text', hidden: true });
    call(`/runs/${full.id}/provenance`).then(
      ({ repeats }) => {
        line.textContent = repeats;
        line.hidden = !repeats;
      },
      () => line.remove(),
    );
    return line;
  };

  const tell = (title, lines) =>
    dragon.dialog(title, (form, close) => {
      form.append(
        ...lines.map((text) => el('p', { class: 'd-text', text })),
        el(
          'div',
          { class: 'd-actions' },
          el('button', { type: 'button', class: 'd-button', text: 'Close', autofocus: true, onclick: close }),
        ),
      );
    });
  const again = async (id) => {
    const { problems, warnings } = await call(`/runs/${id}/again`);
    if (problems.length) {
      tell(`Run ${id} cannot be trained again just so`, problems);
      return;
    }
    const asked = {
      title: `Train run ${id} again, with differences?`,
      text: `${warnings.join(' ')} The numbers may come out a little different.`,
      yes: 'Train again',
    };
    if (warnings.length && !(await dragon.confirm(asked))) return;
    const { run } = await call(`/runs/${id}/again`, {});
    dragon.toast(`Run ${run.id} begins: the same photos, settings and weights as run ${id}.`, {
      kind: 'good',
      action: { label: 'Watch it learn', run: () => dragon.openTab('train') },
    });
    onStarted();
  };
  const button = (id) => {
    const made = el('button', { type: 'button', class: 'd-button is-small', text: 'Train again just so' });
    made.addEventListener('click', async () => {
      made.disabled = true;
      try {
        await again(id);
      } catch (error) {
        dragon.toast(error.message, { kind: 'bad' });
      } finally {
        made.disabled = false;
      }
    });
    return made;
  };
  return { fold, repeatLine, button };
};
