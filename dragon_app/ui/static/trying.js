/* The Try tab: a photo by drop, choice, paste or webcam, and what the model says about it. */
const root = element.querySelector('.trying');
const { el, icon, call } = dragon;
/* While the network looks at the photos of one request, the app reads those of the next. */
const AT_ONCE = 16, AHEAD = 3;
let state = null, asked = 0, urls = [], shown = [];

const none = createNone({ onChange: () => { answer.again(); other.again(); list.again(); lesson.again(); } });
const answer = createAnswer(none), other = createAnswer(none), list = createList(none);
const challenger = createChallenger({ onChange: () => repeat() });
const photo = el('img', { class: 'tried-photo', alt: '', hidden: true });
const field = el('input', { type: 'file', multiple: true, accept: 'image/*,.heic,.heif,.avif', class: 'd-hidden', tabindex: -1, 'aria-hidden': 'true' });
const choose = el('button', { type: 'button', class: 'd-button is-primary', text: 'Choose a photo', onclick: () => field.click() });
const folderField = el('input', { type: 'file', webkitdirectory: true, class: 'd-hidden', tabindex: -1, 'aria-hidden': 'true' });
const folder = el('button', { type: 'button', class: 'd-button choose-folder', onclick: () => folderField.click() }, icon('folder'), el('span', { text: 'Choose a folder' }));
const webcam = el('button', { type: 'button', class: 'd-button', onclick: () => (camera.isOn() ? camera.stop() : begin()) }, icon('camera'), el('span', { text: 'Use the webcam' }));
const mirrored = el('input', { type: 'checkbox', checked: true });
const mirror = el('label', { class: 'd-row d-quiet mirror', hidden: true }, mirrored, el('span', { text: 'Mirror' }));
const note = el('p', { class: 'd-note is-warn', role: 'alert', hidden: true });
const busy = el('p', { class: 'd-text d-quiet', role: 'status', hidden: true });
const which = el('p', { class: 'd-text d-quiet d-number' });
const hint = el('div', { class: 'stage-hint' }, icon('photo'), el('p', { class: 'd-text d-subtitle', text: 'Drop a photo that the model has not seen' }),
  el('p', { class: 'd-text d-quiet', text: 'or paste one with Ctrl-V' }));
const again = el('button', { type: 'button', class: 'd-button is-small', text: 'Try again', hidden: true });
const spare = createSpare({ onChosen: () => { say(''); repeat(); } });
const lesson = createLesson({ classes: () => state?.summary.classes ?? [], isNone: none.isNone }), untaught = createUntaught();
const answers = el('div', { class: 'answers' }, answer.node);
const camera = createCamera({ onFrame: (blob) => frame(blob), onEnd: () => showCamera() });
const smoother = createSmoother();
const stage = el('div', { class: 'stage' }, hint, photo, camera.node);
const heat = createTriedHeat({ stage, photo }), like = createLike();
const side = el('div', { class: 'trying-side' }, busy, note, spare.node, again, answers, heat.node, like.node, lesson.node, list.node);
const room = el('div', { class: 'trying-room' },
  el('div', { class: 'trying-main' }, stage, el('div', { class: 'd-row' }, choose, folder, webcam, mirror, camera.menu, field, folderField), which, challenger.node, none.node, untaught.node), side);
const locked = el('div', { class: 'd-empty' });
const veil = el('div', { class: 'trying-veil', hidden: true }, el('span', { text: 'Drop to try' }));
root.replaceChildren(locked, room, veil);
room.hidden = true;
answers.hidden = lesson.node.hidden = true;

const colours = () => new Map((state?.summary.classes ?? []).map((each) => [each.name, each.colour]));
const say = (text) => { note.textContent = text ?? ''; note.hidden = !text; if (!text) spare.clear(); };
const refuse = (error) => { say(error.message); if (!error.offline) spare.offer(); };
const post = (files, run) => {
  const body = new FormData();
  if (run) body.append('run', run);
  files.forEach((file) => body.append('files', file, file.name || 'photo'));
  return call('/predictions', body);
};
const showCamera = () => {
  const isOn = camera.isOn();
  webcam.lastChild.textContent = isOn ? 'Stop the webcam' : 'Use the webcam';
  camera.node.hidden = !isOn;
  mirror.hidden = !isOn;
  if (!isOn) camera.menu.hidden = true;
  if (isOn) photo.hidden = true;
  hint.hidden = isOn || !photo.hidden;
};
const forget = () => { urls.forEach((url) => URL.revokeObjectURL(url)); urls = []; list.clear(); heat.clear(); like.clear(); };

/* The first answer after a start loads the engine, which takes seconds: said, when it does. */
const waiting = (mine) => setTimeout(() => {
  if (mine !== asked) return;
  busy.textContent = 'Waking the model up; the next answers come at once \u2026';
  busy.hidden = false;
}, 700);

/* What the run says that answers, and the challenger where there is one; those not read stay out. */
const ask = async (items, rival) => {
  const files = items.filter((each) => each.file).map((each) => each.file);
  if (!files.length) return { told: new Map(), rivals: new Map() };
  const first = await post(files);
  const second = rival ? await post(files, rival) : null;
  const byFile = (found) => new Map(files.map((file, i) => [file, found?.predictions[i]]));
  return { run: first.run, isLearning: first.is_learning, told: byFile(first), rivals: byFile(second) };
};
const refusal = ({ name, reason }) => ({ name, classes: [], error: reason.replace(/\.$/, '') });

/* Takes what was dropped or chosen: files, or names with the reason why they could not be read. */
const tryPhotos = async (items) => {
  if (!items.length || room.hidden) return;
  if (camera.isOn()) camera.stop();
  const mine = ++asked;
  const rival = challenger.run();
  forget();
  say('');
  again.hidden = true;
  answers.hidden = lesson.node.hidden = true;
  other.node.remove();
  shown = items;
  const isOne = items.length === 1;
  urls = items.map(({ file }) => (file ? URL.createObjectURL(file) : ''));
  photo.hidden = !urls[0];
  photo.src = urls[0];
  photo.alt = items[0].file?.name || 'The photo that was pasted';
  showCamera();
  const timer = waiting(mine);
  try {
    const asking = [];
    const askNext = () => {
      const some = items.slice(asking.length * AT_ONCE, (asking.length + 1) * AT_ONCE);
      if (some.length) asking.push(ask(some, rival));
      asking.at(-1).catch(() => {}); // told when its turn comes
    };
    for (let i = 1; i < AHEAD; i += 1) askNext();
    for (let start = 0; start < items.length; start += AT_ONCE) {
      askNext();
      const some = items.slice(start, start + AT_ONCE);
      const { run, isLearning, told, rivals } = await asking[start / AT_ONCE];
      if (mine !== asked) return;
      busy.hidden = items.length <= start + AT_ONCE;
      busy.textContent = `${start + some.length} of ${items.length} photos`;
      told.forEach(none.meet);
      const lines = some.map((each, i) => ({ url: urls[start + i], answer: told.get(each.file) ?? refusal(each), other: rivals.get(each.file), run: rival }));
      if (!isOne) { list.add(lines); continue; }
      answer.show(lines[0].answer, run, colours());
      if (lines[0].other) { other.show(lines[0].other, rival, colours()); answers.append(other.node); }
      lesson.show(some[0].file, lines[0].answer);
      heat.show(some[0].file, lines[0].answer, run);
      like.show(lines[0].answer);
      if (isLearning && lines[0].answer.classes.length) likeLater(some[0].file, lines[0].answer, mine);
      answers.hidden = false;
    }
  } catch (error) {
    if (mine !== asked) return;
    refuse(error);
    again.hidden = false;
    again.onclick = () => tryPhotos(items);
  } finally {
    clearTimeout(timer);
    if (mine === asked) busy.hidden = true;
  }
};
/* What is usual for the model is learned once somebody tries a photo: until it is known, the photo is asked about again. */
const likeLater = async (file, told, mine) => {
  like.wait();
  for (let isLearning = true; isLearning; ) {
    await new Promise((resolve) => { setTimeout(resolve, 2000); });
    if (mine !== asked) return;
    const fresh = await post([file]).catch(() => ({ predictions: [{}] }));
    if (mine !== asked) return;
    isLearning = fresh.is_learning;
    const { strangeness, held_out, like: nearest } = fresh.predictions[0];
    Object.assign(told, { strangeness, held_out, like: nearest });
  }
  none.meet(told);
  answer.again();
  lesson.again();
  like.show(told);
};
const repeat = () => { if (!camera.isOn()) tryPhotos(shown); };
const filesOf = (files) => [...files].map((file) => ({ file }));
const frame = async (blob) => {
  const mine = asked;
  const timer = waiting(mine);
  try {
    const { predictions, run } = await post([blob]);
    if (mine !== asked || !camera.isOn()) return;
    none.meet(predictions[0]);
    answer.show(smoother.smooth(predictions[0]), run, colours(), { isQuiet: true });
    answers.hidden = false;
    say('');
  } catch (error) {
    if (mine !== asked) return;
    refuse(error);
    await new Promise((resolve) => { setTimeout(resolve, 2000); });
  } finally { clearTimeout(timer); busy.hidden = true; }
};
const begin = async (device) => {
  asked += 1;
  forget();
  say('');
  again.hidden = true;
  shown = [];
  answers.hidden = lesson.node.hidden = true;
  other.node.remove();
  photo.hidden = true;
  smoother.forget();
  const problem = await camera.start(device);
  showCamera();
  camera.mirror(mirrored.checked);
  say(problem);
};
camera.menu.addEventListener('change', () => { const device = camera.menu.value; camera.stop(); begin(device); });
mirrored.addEventListener('change', () => camera.mirror(mirrored.checked));
/* Not every format that the app reads can be shown by a browser. */
photo.addEventListener('error', () => { if (photo.src) { photo.hidden = true; showCamera(); } });
field.addEventListener('change', () => { const files = filesOf(field.files); field.value = ''; tryPhotos(files); });
folderField.addEventListener('change', () => { const files = dragon.chosenFiles(folderField.files); folderField.value = ''; tryPhotos(files); });

/* Drop and paste work anywhere while this tab is shown; each listener ends with the component. */
const whileShown = (name, react) => {
  const listener = (event) => {
    if (!root.isConnected) document.removeEventListener(name, listener);
    else if (dragon.isSeen(root) && !room.hidden) react(event);
  };
  document.addEventListener(name, listener);
};
const hasFiles = (event) => event.dataTransfer?.types.includes('Files');
whileShown('dragover', (event) => { if (hasFiles(event)) { event.preventDefault(); veil.hidden = false; } });
whileShown('dragleave', (event) => { if (!event.relatedTarget) veil.hidden = true; });
whileShown('drop', (event) => {
  veil.hidden = true;
  if (!hasFiles(event)) return;
  event.preventDefault();
  dragon.droppedFiles(dragon.entriesOf(event.dataTransfer)).then(tryPhotos);
});
whileShown('paste', (event) => {
  if (dragon.isTyping(event)) return;
  const files = filesOf(event.clipboardData.files);
  if (files.length) { event.preventDefault(); tryPhotos(files); } else say('There is no photo on the clipboard. Copy one first, then paste it here.');
});
dragon.on('tab', (tab) => { if (tab !== 'try' && camera.isOn()) camera.stop(); });

const showLocked = ({ run, summary }) => {
  const next = (text, tab) => el('button', { type: 'button', class: 'd-button is-primary', text, onclick: () => dragon.openTab(tab) });
  const [words, button] = run ? ['The model is being trained. This tab opens by itself as soon as it has something to say.', next('Watch it learn', 'train')]
    : summary.missing.length ? [`There is no model yet. ${dragon.missingWords(summary.missing).join(', ')}.`, next('Go to Label', 'label')]
      : ['There is no model yet. Train one, then show it a photo here.', next('Go to Train', 'train')];
  const key = words;
  if (locked.dataset.key === key) return;
  locked.dataset.key = key;
  locked.replaceChildren(el('h2', { class: 'd-title', text: 'Nothing to try yet' }), el('p', { class: 'd-text', role: 'status', text: words }), button);
};
dragon.watchState((fresh) => {
  if (!root.isConnected) return;
  state = fresh;
  const model = fresh.model;
  room.hidden = !model;
  locked.hidden = !!model;
  if (!model) { showLocked(fresh); return; }
  challenger.refresh(fresh);
  untaught.refresh(fresh);
  const soFar = model.is_over ? '' : ` with its best so far, epoch ${model.epoch} of ${model.epochs}, ${model.is_paused ? 'paused' : 'still training'}`;
  which.textContent = `Run ${model.run} answers${soFar}${model.val_accuracy == null ? '' : `: right on ${dragon.percent(model.val_accuracy)} of held-out photos`}. It knows ${model.classes.length} classes.`;
});
showCamera();
