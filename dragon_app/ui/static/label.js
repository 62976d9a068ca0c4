/* The Label tab: joins the photos, the list of them, the grid, the class cards and the way in. */
const root = element.querySelector('.label');
const { el, icon } = dragon;
let summary = null, model = null;

const classesNow = () => summary?.classes ?? [];
const classOf = (id) => (id == null ? null : (classesNow().find((each) => each.id === id) ?? null));

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

/* ---- the photos, the list of them, the chosen ones ---- */
const board = createBoard({ onChange: (rows) => follow(rows) });
const list = createList(board);
const chosen = createChosen(list, () => draw());
const names = createNames({ onKnown: () => draw() });
const covered = () => Math.max(90, bar.bar.offsetHeight + 24); // by the bar of the chosen, at the foot
const suggestions = createSuggestions({
  board,
  onChange: async () => {
    if (list.isWornOff() && (await list.show({}).catch(() => false))) chosen.follow();
    draw();
  },
});
const draftOf = suggestions.of;
const grid = createGrid({ board, list, chosen, names, classOf, draftOf, groupOf: (id) => alike.of(id), covered });
let preview = null;
const draw = onceAFrame(() => {
  bar.show(); // first: the photo of the keys is kept above it
  grid.draw();
  if (preview?.isOpen()) preview.show();
  emptyBin.show();
  help.show();
  if (!summary || !board.isLoaded()) return;
  empty.show(list, summary);
  number.textContent = list.isFiltered() ? dragon.count(list.total(), 'photo') : '';
});
const sayLost = (ids) => {
  const rows = ids.map(board.rowOf);
  const gone = rows.filter((row) => row < 0).length;
  const binned = list.which().shown === 'binned' ? 0 : rows.filter((row) => row >= 0 && board.isBinned(row)).length;
  const words = (n, what) => `${dragon.count(n, 'chosen photo')} ${n === 1 ? 'was' : 'were'} ${what} elsewhere.`;
  if (gone) dragon.toast(words(gone, 'removed for good'), { key: 'lost' });
  else if (binned) dragon.toast(words(binned, 'moved to the bin'), { key: 'lost' });
};
const follow = async (rows = null) => {
  const isAsked = list.follow(rows);
  sayLost(chosen.follow());
  filters.update();
  draw();
  if (await isAsked.catch(() => false)) {
    chosen.follow();
    draw();
  }
};
const showList = async (change) => {
  try {
    if (!(await list.show(change))) return;
  } catch (error) {
    dragon.toast(error.message, { kind: 'bad' });
    return;
  }
  showHeading();
  filters.update();
  chosen.startOver();
};

/* ---- what is done to them ---- */
const queue = dragon.joinQueue('label', {
  onDone: (gesture, answer) => actions.done(gesture, answer),
  onRefused: (gesture, error) => actions.refused(gesture, error),
});
const actions = createActions({
  board,
  list,
  chosen,
  queue,
  classOf,
  draftOf,
  moved: () => grid.show(chosen.here()),
});
const { act, accept, step } = actions;
const help = createHelp({ run, suggestions, classes: classesNow, label: accept });
const like = () => chosen.size() && showList({ order: 'like', like: chosen.hereId() });
const bar = createBar({ board, list, chosen, grid, classes: classesNow, act, accept, draftOf, like });
const move = createMoves({ list, chosen, grid });
const keys = createKeys({
  classes: classesNow,
  act,
  accept,
  step,
  like,
  keepBest: () => alike.keepBest(),
  search: () => filters.search.select(),
  isBin: () => chosen.size() > 0 && chosen.all().every((id) => board.isBinned(board.rowOf(id))),
});
const open = (place) => {
  if (!list.total() || preview?.isOpen()) return;
  if (!chosen.has(list.idAt(place))) chosen.choose(place);
  else chosen.go(place);
  preview = openPreview({ board, list, chosen, names, grid, classes: classesNow, classOf, draftOf, keys, move, act, modelNow: () => model });
};

/* ---- the way in ---- */
const SYNC_MS = 4000; // to show what came takes as much of the machine as to take it in
let syncedAt = -SYNC_MS; // the first ones are shown at once
const upload = createUpload({
  onSome: () => {
    if (performance.now() - syncedAt < SYNC_MS) return;
    syncedAt = performance.now();
    dragon.changed();
  },
  onDone: ({ labelled }) => {
    syncedAt = -SYNC_MS;
    dragon.changed();
    if (!labelled) return;
    const words = `${dragon.count(labelled, 'photo')} labelled by a table`;
    dragon.toast(words, { key: 'gesture', action: { label: 'Undo', run: () => step('undo') } });
  },
});
const burst = createBurst({
  classes: classesNow,
  shownClass: () => list.which().class_id,
  onSome: () => dragon.changed(),
});
const ways = createWays({
  onFiles: (files) => upload.add(files, list.which().class_id ?? null),
  webcam: () => burst.open(),
});
const takeDrop = async (transfer, classId) => {
  const entries = dragon.entriesOf(transfer);
  dragon.openTab('label');
  upload.add(await dragon.droppedFiles(entries), classId);
};
takePastes({
  isHere: () => root.offsetParent,
  onPaste: (files) => upload.add(files, list.which().class_id ?? null),
});
takeDropsAnywhere({ isHere: () => root.isConnected, onDrop: (transfer) => takeDrop(transfer, null) });

/* ---- the page ---- */
const filters = createFilters({ board, list, onShow: showList });
const alike = createAlike({
  list,
  chosen,
  act,
  follow,
  onShow: (change) => {
    runView.leave();
    classes.mark();
    showList({ shown: 'all', class_id: null, ...change });
  },
  onLeave: () => classes.show({ shown: 'all' }),
});
const runView = createRunView({
  onShow: (within) => {
    classes.mark();
    showList({ shown: 'all', class_id: null, within, order: alike.leave() });
  },
  onLeave: () => classes.show({ shown: 'all' }),
});
const emptyBin = createEmptyBin({
  run,
  isBin: () => list.which().shown === 'binned',
  count: () => summary?.binned ?? 0,
  onSure: chosen.clear, // it was not elsewhere that they were removed
});
const heading = el('h1', { class: 'd-title d-cut' });
const number = el('span', { class: 'd-quiet d-number label-number', 'aria-live': 'polite' });
const tools = el(
  'div',
  { class: 'label-tools' },
  heading,
  number,
  emptyBin.button,
  el('div', { class: 'd-row' }, ...ways.buttons()),
  ...ways.fields,
);
const showHeading = () => {
  const { class_id, shown } = list.which();
  heading.textContent =
    alike.heading() ??
    runView.heading() ??
    classOf(class_id)?.name ??
    { all: 'All photos', unlabelled: 'Unlabelled', skipped: 'Skipped', binned: 'Bin' }[shown];
};
const classes = createClasses({
  run,
  undo: () => step('undo'),
  onLeave: () => grid.takeKeys(),
  onShow: ({ shown, class_id = null }) => {
    scrollTo({ top: 0 });
    runView.leave();
    showList({ shown, class_id, within: null, order: alike.leave() });
  },
  onDropPhotos: (classId) => act('class', classId),
  onDropFiles: takeDrop,
});
const empty = createEmpty({
  upload,
  ways: ways.buttons,
  onNew: (is) => root.classList.toggle('is-new', is),
  onShowAll: () => filters.clear(),
});
const next = createNext(upload);
filters.line.append(
  alike.button,
  createExport({
    counts: () => ({
      all: summary.total,
      labelled: summary.total - summary.unlabelled - summary.skipped,
    }),
  }),
  el('button', {
    type: 'button',
    class: 'd-button is-quiet is-small label-keys',
    title: 'All keys (?)',
    text: 'Keys',
    onclick: keys.help,
  }),
);
filters.search.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' && event.key !== 'Escape') return;
  event.preventDefault();
  if (event.key === 'Escape') filters.search.value = '';
  filters.searchNow();
  grid.takeKeys();
});

listenToKeys({ root, grid, chosen, keys, move, open });
const memory = createMemory({ list, chosen, grid, runView });
/* A reload: the same list, and the same place in it once the photos are there. */
const showAgain = async ({ which, run }) => {
  if (run) await runView.open(run);
  else {
    classes.mark({ shown: which.shown, ...(which.class_id === null ? {} : { class_id: which.class_id }) });
    await showList(which);
  }
  await photosAreHere;
  await list.settled();
  filters.reflect();
  memory.goBack();
};

const main = el(
  'div',
  { class: 'label-main' },
  tools,
  runView.line,
  alike.line,
  filters.line,
  help.line,
  upload.panel,
  grid.box,
  empty.panel,
  bar.bar,
);
createPointer({ area: root, grid, list, chosen, onOpen: open });
root.append(el('div', { class: 'label-side' }, classes.side, next.panel), main);
root.classList.add('is-new'); // until the app has said what there is
showHeading();
const photosAreHere = board.sync();
dragon.watchState((state) => {
  ({ summary, model } = state);
  if (state.drawing) showDrawing(upload, state.drawing);
  help.follow(state);
  for (const gesture of queue.resume(state.workspace.key)) board.lay(gesture);
  const kept = memory.begin(state.workspace.key);
  if (kept) showAgain(kept);
  classes.update(summary);
  showHeading();
  next.show(state);
  draw();
  const { class_id } = list.which();
  if (class_id != null && !classOf(class_id)) classes.show({ shown: 'all' });
});
/* Somebody changed photos: this tab, another one, or a script. */
dragon.on('dataset', () => board.sync().then(alike.follow));
dragon.on('online', () => board.sync());
dragon.on('run-photos', (id) => runView.open(id));
dragon.on('tab', (id) => {
  if (id === 'label') requestAnimationFrame(grid.draw);
});
