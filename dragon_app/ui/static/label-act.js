/* What is done to the chosen photos. It shows at once, goes to the queue, and the choice moves on. */
const createActions = ({ board, list, chosen, queue, classOf, draftOf, moved }) => {
  const { count } = dragon;

  /* Where the choice goes: after photos that waited for a class, to the next that does; where photos
     left the list, to the one that moved up; after a correction it stays. */
  const moveOn = (first, last, { wasOpen, kind }) => {
    const left = list.total() ? Math.min(first, list.total() - 1) : 0;
    const isThere = chosen.follow().length === 0;
    const next = wasOpen && kind !== 'bin' ? list.nextOpen(isThere ? Math.min(last + 1, list.total()) : left) : -1;
    if (!list.total()) chosen.clear();
    else if (next >= 0) chosen.choose(next);
    else if (!isThere) chosen.choose(left);
    else chosen.go(chosen.here());
    moved();
  };
  const act = (kind, classId = null) => {
    const isForOpen = kind === 'class' || kind === 'skip';
    const ids = chosen.all().filter((id) => !isForOpen || !board.isBinned(board.rowOf(id)));
    if (!ids.length) {
      const words = chosen.size()
        ? 'What is in the bin gets no class: put it back first, with X.'
        : 'Choose photos first: click one or press an arrow; with Shift several.';
      dragon.toast(words, { key: 'gesture' });
      return;
    }
    const rows = ids.map(board.rowOf);
    const isBack = kind === 'skip' && rows.every(board.isSkipped);
    const gesture = {
      batch: dragon.newBatch(),
      gesture: isBack ? 'unskip' : kind,
      image_ids: ids,
      class_id: classId,
    };
    const isGiven = kind !== 'class' || classId !== null; // who takes a class away stays to look
    give(gesture, { wasOpen: isGiven && rows.some(board.isOpen), kind });
  };
  const give = (gesture, { wasOpen, kind }) => {
    const isChosen = gesture.image_ids.every(chosen.has);
    const places = isChosen ? gesture.image_ids.map(list.placeOf) : [chosen.here()];
    const [first, last] = [places.reduce((a, b) => Math.min(a, b)), places.reduce((a, b) => Math.max(a, b))];
    board.lay(gesture);
    queue.add(gesture); // first: the app is at work while the page draws
    list.refresh(gesture.image_ids);
    if (isChosen) moveOn(first, last, { wasOpen, kind });
    else {
      chosen.follow();
      chosen.go(chosen.here());
    }
  };
  /* Label photos as suggested, the chosen ones unless told otherwise; returns whether any had a suggestion. */
  const accept = (ids = chosen.all()) => {
    const image_ids = ids.filter(draftOf);
    if (!image_ids.length) return false;
    const class_ids = image_ids.map((id) => draftOf(id).class_id);
    const gesture = { batch: dragon.newBatch(), gesture: 'accept', image_ids, class_id: null, class_ids };
    give(gesture, { wasOpen: true, kind: 'accept' });
    return true;
  };
  const step = (kind) => {
    queue.add({ batch: dragon.newBatch(), gesture: kind, image_ids: [], class_id: null });
  };

  const wordsOf = ({ gesture, class_id, image_ids }, gone) => {
    const name = classOf(class_id)?.name;
    const now = {
      class: class_id == null ? 'without a class' : `now ${name ?? 'of that class'}`,
      accept: 'labelled as suggested',
      bin: 'in the bin',
      restore: 'back',
      skip: 'skipped',
      unskip: 'no longer skipped',
    };
    return `${count(image_ids.length - gone, 'photo')} ${now[gesture]}`;
  };
  /* The app has answered. */
  const done = async (gesture, answer) => {
    const isStep = gesture.gesture === 'undo' || gesture.gesture === 'redo';
    if (!isStep) {
      board.settle(gesture);
      const left = answer.left.length ? `; gone and left: ${answer.left.slice(0, 3).join(', ')}` : '';
      dragon.toast(wordsOf(gesture, answer.left.length) + left, { key: 'gesture', action: { label: 'Undo', run: () => step('undo') } });
      dragon.changed();
      return;
    }
    dragon.toast(answer.words, { key: 'gesture' });
    await Promise.all([board.sync(), dragon.changed()]);
    if (answer.images.length) {
      chosen.set(answer.images);
      moved();
    }
  };
  const refused = (gesture, error) => {
    board.takeBack(gesture);
    list.refresh(gesture.image_ids);
    chosen.set(gesture.image_ids);
    moved();
    dragon.toast(`Not done, all is as before: ${error.message}`, { kind: 'bad' });
    board.sync();
    dragon.changed();
  };

  return { act, accept, step, done, refused };
};
