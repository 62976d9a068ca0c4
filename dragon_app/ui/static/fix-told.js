/* What the app tells of the inbox, less what was just done to photos here and is not confirmed yet. */
const createFixTold = ({ onChange, onProblem }) => {
  const PAGE = 60,
    SECONDS = 10;
  const away = new Map(); // photo -> the gesture that took it out of the list
  const answered = new Set(); // gestures that the app has confirmed since it was last asked
  const names = new Map(); // of photos, also of those that have just left
  let told = null,
    kind = '',
    limit = PAGE,
    asked = 0;

  /* Ask again; resolves to whether this was the newest answer. */
  const refresh = async () => {
    asked += 1;
    const mine = asked;
    const over = [...answered];
    const query = `limit=${limit}${kind ? `&kind=${kind}` : ''}`;
    try {
      const fresh = await dragon.call(`/inbox?${query}`, undefined, { seconds: SECONDS });
      if (mine !== asked) return false;
      told = fresh;
    } catch (error) {
      if (mine === asked && !told) onProblem(`${error.message} This page goes on as soon as it does.`);
      return false;
    }
    onProblem('');
    for (const [id, batch] of away) if (over.includes(batch)) away.delete(id);
    for (const batch of over) answered.delete(batch);
    for (const { id, image } of told.findings) names.set(id, image.name);
    onChange();
    return true;
  };
  return {
    refresh,
    all: () => told,
    kind: () => kind,
    findings: () => (told?.findings ?? []).filter(({ id }) => !away.has(id)),
    left: () => (told ? told.open - told.findings.filter(({ id }) => away.has(id)).length : 0),
    nameOf: (id) => names.get(id) ?? `photo ${id}`,
    /* A gesture takes its photos out at once; refused, they are back; confirmed, the app's list counts. */
    lay: ({ batch, image_ids }) => image_ids.forEach((id) => away.set(id, batch)),
    takeBack: ({ image_ids }) => image_ids.forEach((id) => away.delete(id)),
    settle: ({ batch }) => answered.add(batch),
    showKind: (wanted) => {
      kind = wanted;
      limit = PAGE;
      return refresh();
    },
    showMore: () => {
      if (!told || told.open <= limit || told.findings.length < limit) return;
      limit = Math.min(limit + PAGE, told.open); // never more than the app gives at once
      refresh();
    },
  };
};
