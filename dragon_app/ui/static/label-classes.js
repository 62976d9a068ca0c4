/* The class cards: make, rename, choose what the grid shows, take drops. The rest is in a dialog. */
const createClasses = ({ onShow, onLeave, onDropPhotos, onDropFiles, run, undo }) => {
  const { el, icon, call } = dragon;
  const SMALL = { seconds: 10 };
  const groups = el('ul', { class: 'classes-list' }),
    cards = el('ul', { class: 'classes-list' });
  const input = el('input', {
    class: 'd-input',
    id: 'new-class',
    placeholder: 'New class',
    'aria-label': 'Name of a new class',
    maxlength: 80,
    autocomplete: 'off',
  });
  const form = el(
    'form',
    { class: 'classes-new' },
    input,
    el('button', { class: 'd-button is-icon', 'aria-label': 'Make the class' }, icon('add')),
  );
  const problem = el('p', { class: 'd-text d-error classes-say', role: 'alert' });
  const first = el('p', {
    class: 'd-text d-quiet classes-say',
    hidden: true,
    text: 'Make a class, select photos, press 1.',
  });
  input.addEventListener('input', () => problem.replaceChildren());
  input.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    event.preventDefault();
    input.value = '';
    problem.replaceChildren();
    onLeave();
  });
  const side = el(
    'nav',
    { class: 'classes', 'aria-label': 'Classes' },
    groups,
    el('h2', { class: 'classes-title', text: 'Classes' }),
    cards,
    form,
    problem,
    first,
  );
  let summary = { total: 0, unlabelled: 0, skipped: 0, binned: 0, classes: [] },
    shown = { shown: 'all' },
    drawn = '',
    made = Promise.resolve(); // one after the other: their order gives them their keys

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const name = input.value.trim();
    if (!name) {
      input.focus();
      return;
    }
    input.value = ''; // at once: the next name may be typed before the answer
    input.focus();
    made = made.then(async () => {
      if (!(await run(() => call('/classes', { name }, SMALL), problem)) && !input.value) input.value = name;
    });
  });

  const isShown = (which) => which.shown === shown.shown && which.class_id === shown.class_id;
  /* In place: a card drawn anew between two clicks would never see a double click. */
  const markShown = () => {
    for (const card of side.querySelectorAll('.class-card')) {
      const is = isShown(JSON.parse(card.dataset.which));
      card.classList.toggle('is-shown', is);
      card.querySelector('.class-show')?.setAttribute('aria-pressed', is);
    }
  };
  const show = (which) => {
    shown = which;
    markShown();
    onShow(which);
  };

  /* Cards take photos of the grid and files from outside; the drop decides the class. */
  const takesDrops = (card, classId) => {
    const isOurs = (event) => event.dataTransfer.types.includes('application/x-dragon');
    const isFiles = (event) => event.dataTransfer.types.includes('Files');
    let depth = 0;
    const over = (event, by) => {
      if (!isOurs(event) && !isFiles(event)) return;
      depth = Math.max(0, depth + by);
      card.classList.toggle('is-over', depth > 0);
    };
    card.addEventListener('dragenter', (event) => over(event, 1));
    card.addEventListener('dragleave', (event) => over(event, -1));
    card.addEventListener('dragover', (event) => {
      if (isOurs(event) || isFiles(event)) event.preventDefault();
    });
    card.addEventListener('drop', (event) => {
      depth = 0;
      card.classList.remove('is-over');
      event.preventDefault();
      if (isOurs(event)) onDropPhotos(classId);
      else if (isFiles(event)) {
        event.stopPropagation();
        onDropFiles(event.dataTransfer, classId);
      }
    });
  };

  const group = (text, count, which, classId) => {
    const button = el(
      'button',
      { type: 'button', class: 'class-show', onclick: () => show(which) },
      el('span', { class: 'd-cut', text }),
      el('span', { class: 'class-count d-number', text: count.toLocaleString('en') }),
    );
    const card = el('li', { class: 'class-card', 'data-which': JSON.stringify(which) }, button);
    if (classId !== undefined) takesDrops(card, classId);
    return card;
  };

  const rename = (card, each) => {
    const field = el('input', { class: 'd-input', 'aria-label': `New name of ${each.name}`, maxlength: 80 });
    field.value = each.name;
    let isOver = false;
    const end = async (keeps) => {
      if (isOver) return;
      isOver = true;
      const name = field.value.trim();
      if (keeps && name && name !== each.name) await run(() => call(`/classes/${each.id}`, { name }, SMALL));
      draw(true);
    };
    field.addEventListener('keydown', (event) => {
      if (event.key === 'Enter') end(true);
      if (event.key === 'Escape') {
        event.stopPropagation();
        end(false);
      }
    });
    field.addEventListener('blur', () => end(true));
    card.replaceChildren(field);
    field.select();
  };

  const edit = (each) =>
    editClass(each, {
      classes: () => summary.classes,
      run,
      onGone: (id, words) => {
        if (shown.class_id === id) show({ shown: 'all' });
        dragon.toast(words, { key: 'gesture', action: { label: 'Undo', run: undo } });
      },
    });

  const card = (each) => {
    const which = { shown: 'all', class_id: each.id };
    const made = el('li', {
      class: `class-card ${each.is_disabled ? 'is-off' : ''}`,
      'data-class': each.id,
      'data-which': JSON.stringify(which),
    });
    const button = el(
      'button',
      {
        type: 'button',
        class: 'class-show',
        title: each.is_disabled ? `${each.name}: not used in training` : each.name,
        onclick: () => {
          if (!isShown(which)) show(which);
        },
        ondblclick: () => rename(made, each),
      },
      el('i', { class: 'd-dot', style: `--c:${each.colour}` }),
      el('span', { class: 'd-cut', text: each.name }),
      ...(each.is_disabled ? [el('span', { class: 'class-off', text: 'off' })] : []),
      ...(each.key ? [el('kbd', { class: 'd-kbd', text: each.key.toUpperCase(), 'aria-hidden': 'true' })] : []),
      el('span', { class: 'class-count d-number', text: each.total.toLocaleString('en') }),
    );
    made.append(
      button,
      el(
        'button',
        {
          type: 'button',
          class: 'd-button is-quiet is-icon is-small class-edit',
          'aria-label': `Change ${each.name}`,
          onclick: () => edit(each),
        },
        icon('pencil'),
      ),
    );
    takesDrops(made, each.id);
    return made;
  };

  const draw = (isForced = false) => {
    const key = JSON.stringify(summary);
    if (!isForced && key === drawn) return;
    if (!isForced && cards.querySelector('input')) return; // somebody is typing a name
    drawn = key;
    first.hidden = !summary.total || summary.classes.length > 0;
    const at = side.contains(document.activeElement) ? document.activeElement : null;
    const focused = at?.closest('.class-card')?.dataset.which;
    const part = at?.matches('.class-edit') ? '.class-edit' : '.class-show';
    groups.replaceChildren(
      group('All photos', summary.total, { shown: 'all' }),
      group('Unlabelled', summary.unlabelled, { shown: 'unlabelled' }, null),
      ...(summary.skipped || shown.shown === 'skipped'
        ? [group('Skipped', summary.skipped, { shown: 'skipped' })]
        : []),
      ...(summary.binned || shown.shown === 'binned'
        ? [group('Bin', summary.binned, { shown: 'binned' })]
        : []),
    );
    cards.replaceChildren(...summary.classes.map(card));
    markShown();
    if (!focused) return;
    const again = [...side.querySelectorAll('.class-card')].find((each) => each.dataset.which === focused);
    again?.querySelector(part)?.focus({ preventScroll: true });
  };

  return {
    side,
    show,
    /* This is shown, or, without a word, something else than any card would show. */
    mark: (which = {}) => {
      shown = which;
      markShown();
    },
    update: (fresh) => {
      summary = fresh;
      draw();
    },
  };
};
