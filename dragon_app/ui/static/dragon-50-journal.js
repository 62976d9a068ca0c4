/* The story of one photo: who gave which label when. Asked for only while it is open. */
Object.assign(
  window.dragon,
  (() => {
    const { el } = window.dragon;
    const when = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' });
    const flags = {
      skipped: ['No longer skipped', 'Skipped'],
      binned: ['Put back from the bin', 'Moved to the bin'],
    };
    const parts = { train: 'to learn from', val: 'held-out', test: 'kept apart' };

    const whatOf = ({ kind, before, after, after_now: now }) => {
      if (flags[kind]) return flags[kind][Number(after)];
      if (kind === 'kept') return after == null ? 'No longer found right' : 'Found right as it is';
      if (kind === 'split') return `Now ${parts[after] ?? 'without a part'}`;
      const today = now !== after ? ` (now called ${now})` : '';
      if (after == null) return `No longer ${before}`;
      return before == null ? `${after}${today}` : `${before} \u2192 ${after}${today}`;
    };
    const whoOf = ({ who, is_reversal: isReversal, suggested_by: suggestedBy }) => {
      if (suggestedBy) return `suggested by ${suggestedBy}, accepted by hand`;
      if (isReversal) return 'by undo or redo';
      return { import: 'with its file', script: 'by a script', try: 'in Try' }[who] ?? 'by hand';
    };
    const line = (each) => {
      const what = el(each.is_undone ? 's' : 'span', { text: whatOf(each) });
      return el(
        'li',
        {},
        el('time', { datetime: each.at, class: 'd-quiet d-number', text: when.format(new Date(each.at)) }),
        what,
        el('span', { class: 'd-quiet', text: `${whoOf(each)}${each.is_undone ? ', undone' : ''}` }),
      );
    };

    const photoJournal = () => {
      const lines = el('ol', { class: 'journal-lines' });
      const node = el('details', { class: 'journal' }, el('summary', { text: 'History' }), lines);
      let shown = null,
        asked = 0;
      const load = async () => {
        asked += 1;
        const mine = asked;
        const told = await window.dragon
          .call(`/photos/${shown}/journal`, undefined, { seconds: 10 })
          .then((list) => list.map(line))
          .catch((error) => [el('li', { text: error.message })]);
        if (mine !== asked) return;
        lines.replaceChildren(...(told.length ? told : [el('li', { text: 'Nothing was said about this photo yet.' })]));
      };
      node.addEventListener('toggle', () => {
        if (node.open && shown != null) load();
      });
      /* Shows the story of a photo, also anew after something was said about it. */
      const show = (id) => {
        if (id !== shown) lines.replaceChildren();
        shown = id;
        if (node.open) load();
      };
      return { node, show };
    };

    /* Results asks for the photos of a run; Label shows them. */
    const showRunPhotos = (id) => {
      window.dragon.openTab('label');
      window.dragon.tell('run-photos', id);
    };
    return { photoJournal, showRunPhotos };
  })(),
);
