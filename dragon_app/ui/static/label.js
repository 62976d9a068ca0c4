/* The Label tab: joins the class cards, the grid, the way in and what is done to chosen photos. */
const root = element.querySelector('.label');
const { el, icon, call } = dragon;
let summary = null;
let which = { shown: 'all' };

const classOf = (id) => (id == null ? null : (summary?.classes.find((each) => each.id === id) ?? null));

/* Do one change and say what went wrong: in `problem`, near what was asked, or in a message for a
   moment. Resolves to the answer, or to nothing. */
const run = async (work, problem = null) => {
  if (problem) problem.textContent = '';
  try {
    const answer = await dragon.saving(work);
    dragon.changed();
    return answer;
  } catch (error) {
    const words = error.isLate
      ? 'The app does not answer. Whether this was saved shows when it does.'
      : error.offline
        ? 'Not saved: the app does not answer.'
        : error.message;
    if (problem?.isConnected) problem.textContent = words;
    else dragon.toast(words, { kind: 'bad' });
    return null;
  }
};

const grid = createGrid({
  load: (offset, limit) => {
    const query = new URLSearchParams({
      shown: which.shown,
      offset,
      limit,
      ...(which.class_id != null && { class_id: which.class_id }),
    });
    return call(`/images?${query}`, undefined, { seconds: 10 });
  },
  classOf,
  onSelection: (chosen, total) => {
    actions.showBar(chosen);
    if (summary) empty.show(total, summary, which);
  },
  onOpen: async (place) => {
    await grid.choose(place);
    preview();
  },
});

let reloadedAt = 0;
const upload = createUpload({
  onSome: () => {
    dragon.changed();
    if (performance.now() - reloadedAt > 1000) {
      reloadedAt = performance.now();
      grid.reload();
    }
  },
  onDone: () => {
    grid.reload();
    dragon.changed();
  },
});

const actions = createActions({
  grid,
  run,
  list: () => which,
  classes: () => summary?.classes ?? [],
  classOf,
});
const { act, keys } = actions;
const preview = () =>
  openPreview(grid, { classes: () => summary.classes, classOf, keys, assign: (id) => act('class', id) });

/* ---- the way in ---- */
const field = (options) => {
  const made = el('input', {
    type: 'file',
    multiple: true,
    class: 'd-hidden',
    tabindex: -1,
    'aria-hidden': 'true',
    ...options,
  });
  made.addEventListener('change', () => {
    const files = chosenFiles(made.files);
    made.value = '';
    upload.add(files, which.class_id ?? null);
  });
  return made;
};
const photosField = field({ accept: 'image/*,.heic,.heif,.avif' }),
  folderField = field({ webkitdirectory: true });
const ways = (is = '') => [
  el(
    'button',
    { type: 'button', class: `d-button ${is}`, onclick: () => photosField.click() },
    icon('photo'),
    'Choose photos',
  ),
  el(
    'button',
    { type: 'button', class: 'd-button', onclick: () => folderField.click() },
    icon('folder'),
    'Choose a folder',
  ),
];
const heading = el('h1', { class: 'd-title d-cut' });
const tools = el(
  'div',
  { class: 'label-tools' },
  heading,
  el('div', { class: 'd-row' }, ...ways()),
  photosField,
  folderField,
);

const veil = el('div', { class: 'label-veil', hidden: true }, el('span', { text: 'Drop to add' }));
const takesHere = () => root.isConnected && dragon.currentTab() !== 'try'; // Try has its own use for a drop
const isFiles = (event) => event.dataTransfer?.types.includes('Files') && takesHere();
let depth = 0;
addEventListener('dragenter', (event) => {
  if (isFiles(event)) {
    depth += 1;
    veil.hidden = false;
  }
});
addEventListener('dragleave', (event) => {
  if (isFiles(event)) {
    depth -= 1;
    veil.hidden = depth <= 0;
  }
});
addEventListener(
  'drop',
  () => {
    depth = 0;
    veil.hidden = true;
  },
  true,
);
const takeDrop = async (transfer, classId) => {
  const entries = entriesOf(transfer);
  dragon.openTab('label');
  upload.add(await droppedFiles(entries), classId);
};
addEventListener('drop', (event) => {
  if (isFiles(event)) takeDrop(event.dataTransfer, null);
});

const classes = createClasses({
  run,
  onShow: (chosen) => {
    which = chosen;
    showHeading();
    scrollTo({ top: 0 });
    grid.startOver();
  },
  onDropPhotos: (classId) => act('class', classId),
  onDropFiles: takeDrop,
});

const empty = createEmpty({ upload, ways, onNew: (is) => root.classList.toggle('is-new', is) });
const next = createNext(upload);
const showHeading = () => {
  heading.textContent =
    classOf(which.class_id)?.name ??
    { all: 'All photos', unlabelled: 'Unlabelled', binned: 'Bin' }[which.shown];
};

/* ---- keys ---- */
const moves = (event) => {
  const steps = {
    ArrowLeft: -1,
    ArrowRight: 1,
    ArrowUp: -grid.columns(),
    ArrowDown: grid.columns(),
    Home: -Infinity,
    End: Infinity,
  }[event.key];
  const isCommand = event.ctrlKey || event.metaKey;
  if (steps !== undefined && !event.altKey) {
    event.preventDefault();
    grid.move(steps, { isRange: event.shiftKey, isOnlyFocus: isCommand && !event.shiftKey });
  } else if (isCommand && event.key === ' ') {
    event.preventDefault();
    if (grid.total()) grid.choose(grid.here(), { isMore: true });
  } else if (isCommand && event.key.toLowerCase() === 'a') {
    event.preventDefault();
    grid.chooseAll();
  } else if (event.key === 'Escape') grid.clear();
  else if (event.key === ' ' || event.key === 'Enter') {
    event.preventDefault();
    if (grid.total()) {
      if (!grid.selection().length) grid.choose(grid.here());
      preview();
    }
  }
};
document.addEventListener('keydown', (event) => {
  if (!root.offsetParent || document.querySelector('dialog[open]') || dragon.isTyping(event)) return;
  const isOnControl = event.target.closest('button, a, [role="tab"]');
  keys(event);
  if (!isOnControl || ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'a')) moves(event);
});

root.append(
  classes.side,
  el('div', { class: 'label-main' }, tools, upload.panel, grid.list, empty.panel, actions.bar),
  next.panel,
);
root.classList.add('is-new'); // until the app has said what there is
document.body.append(veil);
dragon.watchState((state) => {
  summary = state.summary;
  classes.update(summary);
  showHeading();
  next.show(state);
  if (grid.isLoaded()) empty.show(grid.total(), summary, which);
  if (which.class_id != null && !classOf(which.class_id)) classes.show({ shown: 'all' });
});
grid.reload();
/* Somebody changed photos: this tab, another one, or a script. */
dragon.on('dataset', () => {
  grid.reload();
});
dragon.on('online', () => {
  grid.reload();
});
dragon.on('tab', (id) => {
  if (id === 'label') requestAnimationFrame(grid.draw);
});
