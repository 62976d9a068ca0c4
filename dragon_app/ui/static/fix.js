/* The Fix tab: photos worth another look, one key each; joins the list, the photo and the queue. */
const root = element.querySelector('.fix');
const { el } = dragon;
let summary = null,
  model = null, // the run that answers in Try
  isTraining = false,
  here = null, // the chosen photo
  large = null, // the view of it that fills the window
  place = 0, // where it stood: the one that moves up there is next
  wanted = null, // a photo to go to once it is listed: an undo brings it back, or another tab sent here
  isSent = false; // by another tab: it is listed now or not at all, while an undone one may take a while

const classes = () => summary?.classes ?? [];
const colourOf = (id) => classes().find((each) => each.id === id)?.colour ?? 'transparent';
const nameOf = (id) => classes().find((each) => each.id === id)?.name ?? 'of that class';
const chosen = () => told.findings().find(({ id }) => id === here);

const problem = el('p', { class: 'd-note is-bad', role: 'alert', hidden: true });
const told = createFixTold({
  onChange: () => {
    draw();
    if (isSent) wanted = null; // not among these: nobody is taken to it later on
  },
  onProblem: (words) => {
    problem.textContent = words;
    problem.hidden = !words;
  },
});
const kinds = createFixKinds({ onChoose: (kind) => show(kind) });
const kindName = (kind) => told.all()?.kinds.find((each) => each.kind === kind)?.name ?? '';
const list = createFixList({ names: kindName, colourOf, onChoose: (id) => choose(id), onEnd: () => told.showMore() });
const empty = createFixEmpty({ onShowAll: () => show('') });
const gain = createFixGain();

const draw = () => {
  const findings = told.findings();
  if (wanted !== null && findings.some(({ id }) => id === wanted)) {
    here = wanted;
    wanted = null;
  }
  let at = findings.findIndex(({ id }) => id === here);
  if (at < 0) at = Math.min(place, findings.length - 1);
  place = Math.max(0, at);
  here = findings[at]?.id ?? null;
  const now = told.all();
  if (!now) return;
  number.textContent = now.all ? `${told.left().toLocaleString('en')} left` : '';
  kinds.show(now, told.kind());
  empty.show(now, { kind: told.kind(), n: findings.length, model, isTraining });
  const isNew = both.hidden && findings.length > 0;
  both.hidden = !findings.length;
  if (isNew && dragon.isSeen(root)) list.takeKeys();
  list.show(findings, here);
  photo.show(findings[at], colourOf);
  showLarge();
  const next = findings[at + 1]?.image;
  if (next) new Image().src = `/dragon/photos/${next.id}?v=${next.v}`; // at hand when it is next
};
const showLarge = () => {
  if (!large?.isOpen()) return;
  const finding = chosen();
  large.show(finding, { model, colour: colourOf(finding?.class_id), place: `${place + 1} of ${told.left().toLocaleString('en')}` });
};
const openLarge = () => {
  if (!chosen() || large?.isOpen()) return;
  large = openFixLarge({ classes, act, suggest, move, tell: keys.tell });
  showLarge();
};
const show = (kind) => {
  [here, wanted, place] = [null, null, 0];
  told.showKind(kind);
};
/* Another tab wants certain photos to be gone through. */
const showWanted = () => {
  const photos = dragon.wantedFix();
  if (!photos) return;
  show(photos.kind);
  [wanted, isSent] = [photos.id, true];
};
const choose = (id) => {
  [here, wanted] = [id, null];
  draw();
};
const move = (by) => {
  const findings = told.findings();
  if (!findings.length) return;
  const at = Math.min(findings.length - 1, Math.max(0, place + by));
  if (at === findings.length - 1) told.showMore();
  choose(findings[at].id);
};

/* ---- what is done to the chosen photo ---- */
const act = (what, classId = null) => {
  const finding = chosen();
  if (!finding) return;
  wanted = null;
  const isSame = what === 'class' && classId === finding.class_id; // it has this class: right as it is
  const gesture = {
    batch: dragon.newBatch(),
    gesture: isSame ? 'keep' : what,
    image_ids: [finding.id],
    class_id: classId,
    class_ids: [finding.class_id],
  };
  told.lay(gesture);
  queue.add(gesture);
  draw();
};
const suggest = () => {
  const suggestion = chosen()?.suggestion;
  if (suggestion) act('class', suggestion.class_id);
  else dragon.toast('Nothing is suggested for this photo: press the key of its class, K to keep it or X.', { key: 'gesture' });
};
const step = (gesture, of = null) => {
  queue.add({ batch: dragon.newBatch(), gesture, image_ids: [], class_id: null, ...(of ? { of } : {}) });
};
const wordsOf = ({ gesture, class_id: classId }) =>
  ({ class: `is now ${nameOf(classId)}`, keep: 'is right as it is', bin: 'is in the bin' })[gesture];
const done = async (gesture, answer) => {
  told.settle(gesture);
  if (gesture.gesture === 'undo' || gesture.gesture === 'redo') {
    if (gesture.gesture === 'undo') [wanted, isSent] = [answer.images[0] ?? null, false];
    dragon.toast(answer.words, { key: 'gesture' });
  } else if (answer.left.length) {
    dragon.toast(`${answer.left[0]} was changed or removed elsewhere, so nothing was done to it.`, { kind: 'bad', key: 'gesture' });
  } else {
    const action = { label: 'Undo', run: () => step('undo', gesture.batch) };
    dragon.toast(`${told.nameOf(gesture.image_ids[0])} ${wordsOf(gesture)}.`, { key: 'gesture', action });
  }
  await Promise.all([told.refresh(), dragon.changed()]);
};
const refused = (gesture, error) => {
  told.takeBack(gesture);
  [wanted, isSent] = [gesture.image_ids[0] ?? null, false];
  draw();
  dragon.toast(`Not done, all is as before: ${error.message}`, { kind: 'bad' });
  told.refresh();
  dragon.changed();
};
const queue = dragon.joinQueue('fix', { onDone: done, onRefused: refused });

/* ---- the page ---- */
const keys = createFixKeys({ classes, act, suggest, step, move, large: openLarge, hasPhoto: () => here !== null });
const photo = createFixPhoto({ classes, act, suggest, move, undo: () => step('undo'), help: keys.help, onLarge: openLarge });
const number = el('span', { class: 'd-quiet d-number fix-number', 'aria-live': 'polite' });
const both = el('div', { class: 'fix-both', hidden: true }, list.node, photo.node);
root.append(
  el('div', { class: 'd-row' }, el('h1', { class: 'd-title', text: 'Photos worth another look' }), number),
  problem,
  gain.node,
  kinds.node,
  empty.line,
  empty.node,
  both,
);
document.addEventListener('keydown', (event) => {
  const isElsewhere = !root.offsetParent || document.querySelector('dialog[open]');
  if (!isElsewhere && !event.defaultPrevented) keys.tell(event);
});
let seen = '';
const follow = (state) => {
  if (!dragon.isSeen(root)) return;
  told.refresh();
  const now = JSON.stringify([state.revision, state.newest_run, state.run?.id, state.run?.status]);
  if (now !== seen) gain.refresh();
  seen = now;
};
dragon.watchState((state) => {
  if (!root.isConnected) return;
  ({ summary, model } = state);
  isTraining = !!state.run;
  queue.resume(state.workspace.key).forEach(told.lay);
  showWanted();
  draw();
  follow(state);
});
dragon.on('tab', (tab) => {
  if (tab !== 'fix') return;
  requestAnimationFrame(() => {
    list.takeKeys();
    dragon.poll();
  });
});
