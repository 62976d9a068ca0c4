/* What is done to the chosen photos, by button or key: a class, the bin, back, undo. Every gesture
   has an id of its own, so that one sent twice counts once. */
const createActions = ({ grid, run, list, classes, classOf }) => {
  const { el, icon, call, count } = dragon;
  /* An answer that did not come in time is asked for again when the app is back: the same id, so
     what it did already it does not do twice. One after the other, so that the last word counts. */
  const send = async (asked) => {
    for (let isAgain = false; ; isAgain = true) {
      try {
        const answer = await call('/labels', asked, { seconds: 10 });
        const isDone = isAgain && !answer.changed && !answer.left.length; // the first time
        return isDone ? { ...answer, changed: asked.image_ids?.length ?? null } : answer;
      } catch (error) {
        if (!error.isLate) throw error;
        dragon.toast('Not saved yet: it is sent again when the app answers.', { kind: 'bad', key: 'late' });
        await new Promise((resolve) => {
          const end = dragon.on('online', () => {
            end();
            resolve();
          });
        });
      }
    }
  };
  let last = Promise.resolve();
  const inTurn = (asked) => {
    const mine = last.then(() => send(asked));
    last = mine.catch(() => {});
    return mine;
  };
  const gesture = async (body, words) => {
    const asked = { batch: dragon.newBatch(), ...body };
    const answer = await run(() => inTurn(asked));
    if (!answer) return null;
    if (words) dragon.toast(words(answer.changed), { key: 'gesture', action: { label: 'Undo', run: undo } });
    return answer;
  };
  const undo = async () => {
    const answer = await gesture({ gesture: 'undo' }, null);
    if (!answer) return;
    dragon.toast(
      answer.nothing_to_undo
        ? 'There is nothing to undo.'
        : `${answer.changed == null ? 'All' : count(answer.changed, 'photo')} as before${answer.left.length ? `; ${answer.left.length} changed since were left` : ''}.`,
      { key: 'gesture' },
    );
    await grid.reload();
    if (!answer.nothing_to_undo) grid.chooseThese(answer.images ?? []);
  };
  /* After photos left the list the one that moved up is chosen: the next key goes to it. */
  const goOn = async () => {
    const place = Math.min(...grid.places());
    await grid.reload({ keepsSelection: false });
    if (grid.total()) await grid.choose(Math.min(place, grid.total() - 1));
  };
  const act = async (kind, classId = null) => {
    const chosen = grid.selection();
    if (!chosen.length) {
      dragon.toast('Choose photos first: click one, or Shift-click for several.', { key: 'gesture' });
      return;
    }
    const ids = chosen.map((photo) => photo.id);
    const name = classOf(classId)?.name;
    const words = (n) =>
      `${count(n, 'photo')} ${{ class: name ? `now ${name}` : 'without a class', bin: 'in the bin', restore: 'back' }[kind]}`;
    const before = new Map(chosen.map((photo) => [photo.id, photo.class_id]));
    if (kind === 'class') grid.relabel(new Map(ids.map((id) => [id, classId])));
    if (!(await gesture({ gesture: kind, image_ids: ids, class_id: classId }, words))) {
      if (kind === 'class') grid.relabel(before); // what was shown in advance is taken back
      return;
    }
    const { shown, class_id } = list();
    if (kind !== 'class' || shown === 'unlabelled' || class_id != null) await goOn();
  };

  const bar = el('div', { class: 'chosen', role: 'toolbar', 'aria-label': 'Chosen photos', hidden: true });
  const showBar = (chosen) => {
    bar.hidden = !chosen.length;
    if (!chosen.length) return;
    const button = (text, run, ...before) =>
      el(
        'button',
        { type: 'button', class: 'd-button is-small', onclick: run },
        ...before,
        el('span', { class: 'd-cut', text }),
      );
    const choices =
      list().shown === 'binned'
        ? [button('Put back', () => act('restore'), icon('undo'))]
        : [
            ...classes().map((each) =>
              button(
                each.name,
                () => act('class', each.id),
                el('i', { class: 'd-dot', style: `--c:${each.colour}` }),
              ),
            ),
            ...(chosen.some((photo) => photo.class_id != null)
              ? [button('No class', () => act('class', null))]
              : []),
          ];
    bar.replaceChildren(
      el('strong', { class: 'd-number', text: `${count(chosen.length, 'photo')} chosen` }),
      el('div', { class: 'chosen-choices' }, ...choices),
      ...(list().shown === 'binned' ? [] : [button('To the bin', () => act('bin'), icon('bin'))]),
      el(
        'button',
        {
          type: 'button',
          class: 'd-button is-quiet is-icon is-small',
          'aria-label': 'Choose none',
          onclick: () => grid.clear(),
        },
        icon('close'),
      ),
    );
  };

  /* Returns whether a photo was changed. Does nothing while somebody types. */
  const keys = async (event) => {
    if (dragon.isTyping(event)) return false;
    const isCommand = event.ctrlKey || event.metaKey;
    if (/^[1-9]$/.test(event.key) && !isCommand && !event.altKey && classes()[event.key - 1]) {
      event.preventDefault();
      await act('class', classes()[event.key - 1].id);
      return true;
    }
    if (isCommand && event.key.toLowerCase() === 'z' && !event.shiftKey) {
      event.preventDefault();
      await undo();
      return true;
    }
    if (event.key === 'Delete' || event.key === 'Backspace') {
      event.preventDefault();
      if (list().shown !== 'binned') await act('bin');
      return true;
    }
    return false;
  };

  return { bar, showBar, act, keys };
};
