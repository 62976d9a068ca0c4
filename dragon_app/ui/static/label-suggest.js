/* What the app suggests for photos that wait for a class. Knows ids, classes and how sure; no element.
   A suggestion is no label: it shows until the photo has one. */
const createSuggestions = ({ board, onChange }) => {
  const ROW = 12,
    NOTHING = new Uint32Array(0);
  let ids = NOTHING,
    classes = NOTHING,
    sure = NOTHING, // of 1000
    version = null,
    asked = 0,
    is_on = false;

  const placeOf = (id) => {
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
  const take = (numbers) => {
    const view = new DataView(numbers);
    const n = view.byteLength / ROW;
    [ids, classes, sure] = [0, 1, 2].map((column) =>
      Uint32Array.from({ length: n }, (_, i) => view.getUint32(i * ROW + 4 * column)),
    );
  };
  /* The app said where it stands: ask for the suggestions when they are others. */
  const follow = async (help) => {
    const now = `${help.version} ${help.is_on}`;
    is_on = help.is_on;
    if (now === version) return;
    version = now;
    asked += 1;
    const mine = asked;
    try {
      const numbers = await dragon.call('/suggestions', undefined, { seconds: 30, isNumbers: true });
      if (mine !== asked) return;
      take(numbers);
      onChange();
    } catch {
      version = null; // asked again with the next word from the app
    }
  };
  /* The class and how sure, 0 to 100, that a photo shows; null when it has one or there is none. */
  const of = (id) => {
    const row = board.rowOf(id);
    const place = is_on && row >= 0 && board.isOpen(row) ? placeOf(id) : -1;
    return place < 0 ? null : { class_id: classes[place], percent: Math.floor(sure[place] / 10) };
  };
  const above = (percent) => {
    const found = [];
    for (let place = 0; place < ids.length; place += 1) {
      if (sure[place] >= 10 * percent && of(ids[place])) found.push(ids[place]);
    }
    return found;
  };
  return { follow, of, above, size: () => ids.length };
};
