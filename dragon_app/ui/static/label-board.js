/* Every photo as numbers: all of them once, then only what came or changed. What a person did shows
   at once, over what the app has confirmed. Knows no element, no order and no filter. */
const createBoard = ({ onChange }) => {
  const HEAD = 8,
    ROW = 24,
    SKIPPED = 1,
    BINNED = 2,
    PARTS = 12;
  const NOTHING = new Uint32Array(0);
  let ids = NOTHING, // rows stand in the order of their ids: the order in which photos came
    marks = NOTHING,
    times = NOTHING,
    sizes = NOTHING,
    classes = NOTHING, // as shown; the same from the app alone is in `told`
    flags = NOTHING;
  let told = { classes: NOTHING, flags: NOTHING };
  let batch = 0, // the newest of the journal that is in here
    age = 0, // grows when rows come or go
    begun = 0,
    isLoaded = false;
  let gestures = []; // sent or waiting: shown over what the app has told

  const rowOf = (id) => {
    let low = 0,
      high = ids.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      if (ids[middle] === id) return middle;
      if (ids[middle] < id) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  };

  const lay = {
    class: (row, { class_id }) => (classes[row] = class_id ?? 0),
    accept: (row, { class_ids }, i) => (classes[row] = class_ids[i]),
    skip: (row) => (flags[row] |= SKIPPED),
    unskip: (row) => (flags[row] &= ~SKIPPED),
    bin: (row) => (flags[row] |= BINNED),
    restore: (row) => (flags[row] &= ~BINNED),
  };
  /* Show these photos as the app has told, and what was done since over that. */
  const showAgain = (rows) => {
    const touched = new Set(rows);
    for (const row of touched) {
      classes[row] = told.classes[row];
      flags[row] = told.flags[row];
    }
    for (const gesture of gestures) {
      gesture.image_ids.forEach((id, i) => {
        const row = rowOf(id);
        if (touched.has(row)) lay[gesture.gesture](row, gesture, i);
      });
    }
  };
  const rowsOf = (gesture) => gesture.image_ids.map(rowOf).filter((row) => row >= 0);

  const longer = (old, n) => {
    const made = new Uint32Array(n);
    made.set(old.subarray(0, n));
    return made;
  };
  const resize = (n) => {
    [ids, marks, times, sizes, classes, flags] = [ids, marks, times, sizes, classes, flags].map((column) =>
      longer(column, n),
    );
    told = { classes: longer(told.classes, n), flags: longer(told.flags, n) };
    age += 1;
  };
  /* Takes one answer in; returns the rows that are new, or null when photos are gone for good. */
  const take = (numbers) => {
    const view = new DataView(numbers);
    const [newest, total] = [view.getUint32(0), view.getUint32(4)];
    const n = (view.byteLength - HEAD) / ROW;
    const at = (i, column) => view.getUint32(HEAD + i * ROW + 4 * column);
    const before = ids.length;
    const last = before ? ids[before - 1] : 0;
    let fresh = 0;
    while (fresh < n && at(n - 1 - fresh, 0) > last) fresh += 1;
    if (before + fresh !== total) return null;
    if (fresh) resize(total);
    const rows = [];
    for (let i = 0; i < n; i += 1) {
      const row = i < n - fresh ? rowOf(at(i, 0)) : before + i - (n - fresh);
      if (row < 0) continue;
      ids[row] = at(i, 0);
      marks[row] = at(i, 1);
      times[row] = at(i, 2);
      sizes[row] = at(i, 3);
      told.classes[row] = at(i, 4);
      told.flags[row] = at(i, 5);
      rows.push(row);
    }
    batch = newest;
    showAgain(rows);
    return rows;
  };
  const read = async () => {
    begun += 1;
    const mine = begun;
    const since = ids.length ? `?newest=${ids.at(-1)}&batch=${batch}` : '';
    const numbers = await dragon.call(`/board${since}`, undefined, { seconds: 30, isNumbers: true });
    const isFirst = !isLoaded;
    const fresh = take(numbers);
    let isOther = isFirst;
    if (fresh === null) {
      const all = await dragon.call('/board', undefined, { seconds: 30, isNumbers: true });
      resize(0); // not before: keys that come meanwhile meet the photos that are shown
      take(all);
      isOther = true; // also when none is left
    }
    isLoaded = true;
    // What was confirmed before this was asked for is in the answer.
    const over = gestures.filter((gesture) => gesture.settledBefore < mine);
    gestures = gestures.filter((gesture) => !over.includes(gesture));
    const shown = over.flatMap(rowsOf);
    showAgain(shown);
    const changed = [...(fresh ?? []), ...shown];
    if (changed.length || isOther) onChange(changed);
  };
  let reading = null,
    isWanted = false;
  /* Ask what is new. While one question is under way, one more is kept for after it. */
  const sync = () => {
    if (reading) {
      isWanted = true;
      return reading;
    }
    reading = read()
      .catch((error) => {
        if (!error.offline) dragon.toast(error.message, { kind: 'bad', key: 'board' });
      })
      .then(() => {
        reading = null;
        if (!isWanted) return undefined;
        isWanted = false;
        return sync();
      });
    return reading;
  };

  return {
    sync,
    rowOf,
    isLoaded: () => isLoaded,
    age: () => age,
    size: () => ids.length,
    id: (row) => ids[row],
    mark: (row) => marks[row].toString(16).padStart(8, '0'),
    time: (row) => times[row],
    bytes: (row) => sizes[row],
    classId: (row) => classes[row] || null,
    isSkipped: (row) => (flags[row] & SKIPPED) > 0,
    isBinned: (row) => (flags[row] & BINNED) > 0,
    part: (row) => flags[row] & PARTS,
    /* Whether somebody still has to say what is on it. */
    isOpen: (row) => !classes[row] && !(flags[row] & (SKIPPED | BINNED)),
    /* Show what a person did before the app has confirmed it. */
    lay: (gesture) => {
      if (!lay[gesture.gesture]) return;
      gestures.push(gesture);
      gesture.image_ids.forEach((id, i) => {
        const row = rowOf(id);
        if (row >= 0) lay[gesture.gesture](row, gesture, i);
      });
    },
    /* The app has confirmed it: what it tells from now on holds. */
    settle: (gesture) => {
      gesture.settledBefore = begun;
    },
    /* The app refused it. */
    takeBack: (gesture) => {
      gestures = gestures.filter((each) => each !== gesture);
      if (lay[gesture.gesture]) showAgain(rowsOf(gesture));
    },
  };
};
