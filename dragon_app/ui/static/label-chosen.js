/* Which photos are chosen, and where the keys are. Knows places and ids; knows no element. */
const createChosen = (list, onChange) => {
  let ids = new Set(),
    here = 0, // the place that the keys are at
    hereId = null,
    isSettled = false, // somebody chose, or went somewhere
    anchor = 0; // where a range begins

  const put = (place) => {
    here = Math.max(0, Math.min(place, list.total() - 1));
    hereId = list.idAt(here);
  };
  const range = (from, to) => {
    for (let place = Math.min(from, to); place <= Math.max(from, to); place += 1) ids.add(list.idAt(place));
  };
  const choose = (place, { isRange = false, isMore = false } = {}) => {
    if (!list.total()) return;
    put(place);
    isSettled = true;
    if (isRange) {
      if (!isMore) ids.clear();
      range(Math.min(anchor, list.total() - 1), here);
    } else if (isMore) {
      if (!ids.delete(hereId)) ids.add(hereId);
      anchor = here;
    } else {
      ids = new Set([hereId]);
      anchor = here;
    }
    onChange();
  };

  return {
    choose,
    here: () => here,
    hereId: () => hereId,
    has: (id) => ids.has(id),
    size: () => ids.size,
    all: () => [...ids],
    isSettled: () => isSettled,
    /* Go there without choosing. */
    go: (place) => {
      put(place);
      isSettled = true;
      onChange();
    },
    /* Exactly these; the keys go to the first of them in the list. */
    set: (wanted, { isAt = null } = {}) => {
      ids = new Set([...wanted].filter((id) => list.placeOf(id) >= 0));
      const places = isAt === null ? [...ids].map(list.placeOf) : [isAt];
      if (places.length) {
        put(places.reduce((a, b) => Math.min(a, b)));
        isSettled = true;
        anchor = here;
      }
      onChange();
    },
    everything: () => {
      range(0, list.total() - 1);
      onChange();
    },
    clear: () => {
      ids.clear();
      onChange();
    },
    startOver: () => {
      ids.clear();
      isSettled = false;
      anchor = 0;
      put(0);
      onChange();
    },
    /* The list changed: keep what is still in it. Returns the ids that are not. */
    follow: () => {
      const lost = [...ids].filter((id) => list.placeOf(id) < 0);
      lost.forEach((id) => ids.delete(id));
      if (!isSettled) put(0); // before the first key, photos that come in move nothing
      const place = hereId === null ? -1 : list.placeOf(hereId);
      const anchorShift = place >= 0 ? place - here : 0;
      put(place >= 0 ? place : here);
      anchor = Math.max(0, Math.min(anchor + anchorShift, list.total() - 1));
      return lost;
    },
  };
};
