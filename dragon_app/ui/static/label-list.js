/* Which photos are shown and in which order. Knows rows of the board and places in the list; knows
   no element. Names are searched and ordered by the app, all else here: it takes a millisecond. */
const createList = (board) => {
  const NO_ROWS = new Uint32Array(0),
    FIRST = 48, // photos of the useful ones that are chosen against each other
    MOST_ROWS = 2 ** 21; // with a size below 2 ** 32 it makes a whole number that is exact
  const ALL = { shown: 'all', class_id: null, part: 0, added: null, text: '', within: null, like: null, order: 'newest' };
  let which = { ...ALL },
    rows = NO_ROWS,
    places = null, // row -> place + 1, made when it is asked for
    ordered = { by: '', age: -1, rows: NO_ROWS },
    told = [], // ids in an order that the app knows
    found = null, // ids whose name holds the text
    asked = 0,
    last = null; // the newest wish

  const numbers = async (path) => {
    const answer = await dragon.call(path, undefined, { seconds: 30, isNumbers: true });
    const view = new DataView(answer);
    return Array.from({ length: view.byteLength / 4 }, (_, i) => view.getUint32(4 * i));
  };
  const allRows = () => {
    const made = new Uint32Array(board.size());
    for (let row = 0; row < made.length; row += 1) made[row] = row;
    return made;
  };
  /* Sorted as plain numbers, size and row in one: 100,000 in some milliseconds, not in seconds. */
  const bySize = () => {
    const keys = new Float64Array(board.size());
    for (let row = 0; row < keys.length; row += 1) keys[row] = board.bytes(row) * MOST_ROWS + row;
    return Uint32Array.from(keys.sort(), (key) => key % MOST_ROWS);
  };
  /* Orders that the app knows: how photos are called and what they look like. */
  const BY_THE_APP = {
    name: () => '/board/by-name',
    useful: () => '/board/useful',
    like: ({ like }) => `/board/like?image_id=${like}`,
  };
  const toldFirst = () => {
    const isFirst = new Uint8Array(board.size());
    const first = told.map(board.rowOf).filter((row) => row >= 0);
    for (const row of first) isFirst[row] = 1;
    return Uint32Array.from([...first, ...allRows().reverse().filter((row) => !isFirst[row])]);
  };
  const orders = {
    newest: () => allRows().reverse(),
    oldest: allRows,
    largest: () => bySize().reverse(),
    smallest: bySize,
    name: () => toldFirst(),
    useful: () => toldFirst(),
    like: () => toldFirst(),
    given: () => Uint32Array.from([...(which.within ?? [])].map(board.rowOf).filter((row) => row >= 0)),
  };
  const order = (by) => {
    ordered = { by, age: board.age(), rows: orders[by]() };
  };

  const placesOfRows = () => {
    if (places) return places;
    places = new Uint32Array(board.size());
    for (let place = 0; place < rows.length; place += 1) places[rows[place]] = place + 1;
    return places;
  };
  const fits = (row) => {
    if (which.within) return which.within.has(board.id(row)); // a set of ids, wherever they are now
    if (board.isBinned(row) !== (which.shown === 'binned')) return false;
    if (which.shown === 'unlabelled' && !board.isOpen(row)) return false;
    if (which.shown === 'skipped' && (!board.isSkipped(row) || board.classId(row))) return false;
    if (which.class_id != null && board.classId(row) !== which.class_id) return false;
    if (which.part && board.part(row) !== which.part) return false;
    if (which.added && (board.time(row) < which.added.from || board.time(row) > which.added.to)) return false;
    return !found || found.has(board.id(row));
  };
  const refresh = () => {
    rows = ordered.rows.filter(fits);
    places = null;
  };
  /* The same after a change of these photos alone: most often one leaves the list. */
  const refreshRows = (changed) => {
    const isIn = placesOfRows();
    if (changed.some((row) => !isIn[row] && fits(row))) {
      refresh(); // the order knows where it stands
      return;
    }
    const gone = [...new Set(changed)].filter((row) => isIn[row] && !fits(row)).map((row) => isIn[row] - 1);
    if (!gone.length) return;
    gone.sort((a, b) => a - b);
    const fewer = new Uint32Array(rows.length - gone.length);
    [...gone, rows.length].forEach((end, i) => {
      const begin = i ? gone[i - 1] + 1 : 0;
      fewer.set(rows.subarray(begin, end), begin - i);
    });
    rows = fewer;
    places = null;
  };
  const needsTheApp = ({ text, order: by }) => by in BY_THE_APP || text.trim() !== '';
  /* Show the list as wanted, at once where that can be: keys that follow must meet the new one. */
  const show = async (wanted) => {
    asked += 1;
    const mine = asked;
    const text = wanted.text.trim();
    if (needsTheApp(wanted)) {
      const [inOrder, ids] = await Promise.all([
        wanted.order in BY_THE_APP ? numbers(BY_THE_APP[wanted.order](wanted)) : told,
        text ? numbers(`/board/matching?text=${encodeURIComponent(text)}`) : null,
      ]);
      if (mine !== asked) return false; // something newer was asked in the meantime
      told = inOrder;
      found = ids && new Set(ids);
    } else found = null;
    which = wanted;
    if (ordered.by !== which.order || ordered.age !== board.age() || which.order === 'given' || which.order in BY_THE_APP) order(which.order);
    refresh();
    return true;
  };

  return {
    which: () => which,
    isFiltered: () => !!(which.part || which.added || which.text.trim() || which.within),
    /* Resolves to whether the list is now as wanted; rejects when the app does not answer. */
    show: (change) => {
      last = show({ ...which, ...change });
      return last;
    },
    /* Resolves when the newest wish is fulfilled, or never will be. */
    settled: () => Promise.resolve(last).catch(() => false),
    /* The board changed: rows came or went, or only these became others. Resolves to whether the app
       was asked and the list changed once more. */
    follow: async (changed = null) => {
      const isOld = ordered.age !== board.age();
      if (isOld) order(which.order);
      if (isOld || !changed) refresh();
      else refreshRows(changed);
      if (!isOld || !needsTheApp(which)) return false;
      last = show(which);
      return last;
    },
    /* The same after what was done to these photos. */
    refresh: (ids) => refreshRows(ids.map(board.rowOf).filter((row) => row >= 0)),
    /* Whether most of the photos that were the most useful ones have a class by now. */
    isWornOff: () => {
      if (which.order !== 'useful') return false;
      const open = told.filter((id) => board.rowOf(id) >= 0 && board.isOpen(board.rowOf(id)));
      return open.length > 0 && told.slice(0, FIRST).filter((id) => open.includes(id)).length < FIRST / 2;
    },
    total: () => rows.length,
    rowAt: (place) => rows[place],
    idAt: (place) => (place < rows.length ? board.id(rows[place]) : null),
    placeOf: (id) => {
      const row = board.rowOf(id);
      return row < 0 ? -1 : placesOfRows()[row] - 1;
    },
    /* The next place from here on, around the end, that waits for a class; -1 when there is none. */
    nextOpen: (from) => {
      for (let step = 0; step < rows.length; step += 1) {
        const place = (from + step) % rows.length;
        if (board.isOpen(rows[place])) return place;
      }
      return -1;
    },
  };
};
