/* Photos that look alike, group by group with the best first: copies, bursts. One key keeps the best of
   a group and bins the rest, one step that undo takes back. The app knows the groups. */
const createAlike = ({ list, chosen, act, follow, onShow, onLeave }) => {
  const { el, count } = dragon;
  let groups = [], // ids, the best first
    byId = new Map(),
    before = null; // the order of the list to go back to; null while something else is shown
  const words = el('span', { 'aria-live': 'polite' });
  const one = el('button', {
    type: 'button',
    class: 'd-button is-small',
    title: 'B',
    text: 'Keep the best of this group',
    onclick: () => keepBest(),
  });
  const all = el('button', {
    type: 'button',
    class: 'd-button is-small',
    text: 'Keep the best of every group',
    onclick: () => keepAll(),
  });
  const line = el(
    'div',
    { class: 'd-row label-run', hidden: true },
    words,
    one,
    all,
    el('button', { type: 'button', class: 'd-button is-small', text: 'Back to all photos', onclick: onLeave }),
  );

  const take = (view) => {
    groups = [];
    for (let at = 0; at < view.byteLength / 4; at += 1 + view.getUint32(4 * at)) {
      const n = view.getUint32(4 * at);
      groups.push(Array.from({ length: n }, (_, i) => view.getUint32(4 * (at + 1 + i))));
    }
    know();
  };
  const know = () => {
    byId = new Map(groups.flatMap((ids, number) => ids.map((id, i) => [id, { ids, number, isBest: i === 0 }])));
    const rest = groups.reduce((sum, ids) => sum + ids.length - 1, 0);
    words.textContent = groups.length
      ? `${count(groups.length, 'group')} of photos that look alike. The best comes first: the largest, then the sharpest.`
      : 'No two photos look alike any more.';
    all.hidden = one.hidden = !groups.length;
    all.title = `${count(rest, 'photo')} to the bin`;
  };
  const ask = async () => {
    const numbers = await dragon.call('/board/alike', undefined, { seconds: 30, isNumbers: true });
    take(new DataView(numbers));
  };
  const shownNow = () => ({ within: new Set(groups.flat()), order: 'given' });
  const open = async () => {
    try {
      await ask();
    } catch (error) {
      dragon.toast(error.message, { kind: 'bad' });
      return;
    }
    if (!groups.length) {
      dragon.toast('No two photos look alike.', { key: 'alike' });
      return;
    }
    before ??= list.which().order;
    line.hidden = false;
    onShow(shownNow());
  };
  /* Photos came, went or were put back: the same view with what is so now. */
  const followNow = async () => {
    if (before === null) return;
    const known = JSON.stringify(groups);
    await ask().catch(() => {}); // the banner says that the app does not answer
    if (before === null || JSON.stringify(groups) === known) return;
    await list.show(shownNow());
    follow();
  };
  const leave = () => {
    const order = before ?? list.which().order;
    before = null;
    line.hidden = true;
    byId = new Map();
    return order;
  };

  const bin = (done) => {
    const place = Math.min(...done.map((ids) => list.placeOf(ids[0])));
    chosen.set(done.flatMap((ids) => ids.slice(1)));
    for (const id of done.flat()) list.which().within.delete(id);
    groups = groups.filter((ids) => !done.includes(ids));
    know();
    act('bin');
    list.refresh(done.flat()); // the best of them left the view too
    if (list.total()) chosen.choose(Math.min(place, list.total() - 1));
  };
  const keepBest = () => {
    const group = byId.get(chosen.hereId());
    if (group) bin([group.ids]);
    else dragon.toast('B keeps the best of photos that look alike: open Look-alikes for it.', { key: 'alike' });
  };
  const keepAll = async () => {
    const rest = groups.reduce((sum, ids) => sum + ids.length - 1, 0);
    const isSure = await dragon.confirm({
      title: 'Keep the best of every group?',
      text: `${count(rest, 'photo')} of ${count(groups.length, 'group')} will go to the bin. One undo puts all back.`,
      yes: 'Keep the best',
    });
    if (isSure && groups.length) bin(groups);
  };

  const button = el('button', {
    type: 'button',
    class: 'd-button is-quiet is-small label-alike',
    title: 'Copies and bursts, side by side',
    text: 'Look-alikes',
    onclick: open,
  });
  const of = (id) => {
    const group = byId.get(id);
    if (!group) return null;
    return { isBest: group.isBest, mark: `${group.number % 2 ? 'odd' : 'even'}${group.isBest ? ' best' : ''}` };
  };
  return { button, line, of, keepBest, leave, follow: followNow, heading: () => (before === null ? null : 'Look-alikes') };
};
