/* What the photos on the screen are called. Asked for a screenful at a time; forgets old ones. */
const createNames = ({ onKnown }) => {
  const MOST_KEPT = 4000,
    AT_ONCE = 200,
    WAIT_MS = 60;
  const known = new Map(); // id -> {name, width, height}
  const wanted = new Set();
  let timer = null;
  const ask = async () => {
    timer = null;
    const ids = [...wanted].slice(-AT_ONCE); // the newest are those on the screen
    wanted.clear();
    try {
      const query = new URLSearchParams(ids.map((id) => ['ids', id]));
      for (const photo of await dragon.call(`/board/photos?${query}`, undefined, { seconds: 10 }))
        known.set(photo.id, photo);
    } catch {
      return; // they are asked for again when they are next drawn
    }
    for (const id of known.keys()) {
      if (known.size <= MOST_KEPT) break;
      known.delete(id);
    }
    onKnown();
  };
  return {
    of: (id) => {
      const photo = known.get(id);
      if (!photo) {
        wanted.add(id);
        timer ??= setTimeout(ask, WAIT_MS);
      }
      return photo ?? { id, name: `Photo ${id}`, width: 0, height: 0 };
    },
  };
};
