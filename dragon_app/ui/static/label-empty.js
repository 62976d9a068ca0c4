/* What the Label tab says where there is no photo: what to do, or that nothing is to be done. */
const createEmpty = ({ upload, ways, onNew, onShowAll }) => {
  const { el, call } = dragon;
  const SAMPLES = { knights: 'Try it with six knights', dragons: 'Dragon or not' };
  const draw = async (key) => {
    if (upload.isBusy()) {
      dragon.toast('Photos are being added already. Wait for them, or press Stop.');
      return;
    }
    samples.forEach((button) => (button.disabled = true));
    try {
      upload.follow(await call('/samples', { sample: key }));
    } catch (error) {
      dragon.toast(error.message, { kind: 'bad' });
    } finally {
      samples.forEach((button) => (button.disabled = false));
    }
  };
  const samples = Object.entries(SAMPLES).map(([key, text]) =>
    el('button', { type: 'button', class: 'd-button', text, onclick: () => draw(key) }),
  );
  const empty = el('div', { class: 'd-empty', hidden: true });
  const words = (which, isFiltered) => {
    if (which.within) return 'None of these photos is here any more.';
    if (isFiltered) return 'No photo fits the search and the choices above.';
    if (which.class_id != null) return 'No photo of this class yet. Drop some on its card.';
    return {
      unlabelled: 'Every photo has a class or was skipped.',
      skipped: 'No photo is skipped.',
      binned: 'The bin is empty.',
      all: 'Every photo is in the bin.',
    }[which.shown];
  };
  const show = (list, summary) => {
    const which = list.which();
    const total = list.total();
    const kind = total || upload.isBusy() ? '' : summary.total || summary.binned || which.within ? 'list' : 'all';
    empty.hidden = !kind;
    onNew(kind === 'all' && !summary.classes.length);
    const key = JSON.stringify([kind, which.shown, which.class_id, !!which.within, list.isFiltered()]);
    if (empty.dataset.key === key) return;
    empty.dataset.key = key;
    if (kind === 'list') {
      empty.replaceChildren(
        el('p', { class: 'd-text d-quiet', text: words(which, list.isFiltered()) }),
        ...(list.isFiltered() && !which.within
          ? [el('button', { type: 'button', class: 'd-button', text: 'Clear them', onclick: onShowAll })]
          : []),
      );
    } else if (kind === 'all') {
      empty.replaceChildren(
        el('img', { class: 'empty-mark', src: '/favicon.ico', alt: '' }),
        el('h2', { class: 'd-title', text: 'Drop photos here' }),
        el('p', {
          class: 'd-text d-quiet',
          text: 'Single photos, or a folder or zip with one folder for each class. They stay on this machine.',
        }),
        el('div', { class: 'd-row', style: 'justify-content:center' }, ...ways('is-primary')),
        el('p', { class: 'd-text d-quiet empty-or', text: 'No photos at hand? The app can draw some:' }),
        el('div', { class: 'd-row', style: 'justify-content:center' }, ...samples),
      );
    }
  };

  return { panel: empty, show };
};

/* What training still lacks, or the way there. */
const createNext = (upload) => {
  const { el, icon } = dragon;
  const next = el('div', { class: 'next', 'aria-live': 'polite' });
  /* "Drawing 240 photos ...", in the words of the upload's panel, which counts; nothing when all is in. */
  const underWay = () => {
    if (!upload.isBusy()) return '';
    const [doing, done] = ['strong', '.d-number'].map((part) => upload.panel.querySelector(part));
    const words = (node) => node?.textContent ?? '';
    return `${words(doing).split(' ')[0]} ${words(done).replace(/^.* of |, about.*/g, '')} ...`;
  };
  const show = (state) => {
    const busy = underWay();
    const missing = state.summary.missing,
      running = state.run?.status === 'running';
    const key = JSON.stringify([
      busy,
      missing,
      running,
      state.summary.total > 0,
      state.summary.classes.length,
    ]);
    if (next.dataset.key === key) return;
    next.dataset.key = key;
    const more = missing.length - 2;
    const others = `; and ${dragon.count(more, 'more class needs', 'more classes need')} photos`;
    const lacks = `${missing.slice(0, 2).join('; ')}${more > 0 ? others : ''}.`;
    const words = running
      ? 'A model is being trained.'
      : busy || (missing.length ? lacks : 'Ready to train.');
    next.replaceChildren(
      el('span', { text: words, title: missing.join('\n') }),
      ...(running || (!missing.length && !busy)
        ? [
            el(
              'button',
              { type: 'button', class: 'd-button is-primary', onclick: () => dragon.openTab('train') },
              running ? 'Watch it' : 'Go to Train',
              icon('next'),
            ),
          ]
        : []),
    );
    next.hidden = !state.summary.total && !state.summary.classes.length;
  };

  return { panel: next, show };
};
