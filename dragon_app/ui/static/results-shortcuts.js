/* What gives classes away besides what is on the photos: one calm notice, with photos that show it. */
const createShortcuts = ({ cards }) => {
  const { el, call } = dragon;
  const ASK_MS = 1000;

  const row = (title, photos) => [el('h4', { class: 'd-label', text: title }), cards(photos, { lines: () => [] })];
  const warning = ({ class: name, words, advice, photos, others }) => [
    el('p', { class: 'd-text', text: words }),
    el('p', { class: 'd-text d-quiet', text: advice }),
    createFold(`Photos of ${name} that show it, and others`, async () => [...row(name, photos), ...row('Not these', others)]),
  ];

  /* Takes no room while nothing is found, or the app still looks. */
  return (id) => {
    const node = el('section', { class: 'd-note is-warn d-stack shortcuts', 'aria-label': 'A possible shortcut', hidden: true });
    const again = () =>
      setTimeout(() => {
        if (!node.isConnected) return; // another run is looked at
        if (dragon.isSeen(node.parentElement)) look();
        else again();
      }, ASK_MS);
    const ask = async () => {
      const { is_looking: isLooking, shortcuts } = await call(`/runs/${id}/shortcuts`);
      if (isLooking) {
        again();
        return;
      }
      node.replaceChildren(el('h3', { class: 'd-subtitle', text: 'It may have learned a shortcut' }), ...shortcuts.flatMap(warning));
      node.hidden = !shortcuts.length;
    };
    const look = () => ask().catch((error) => (error.offline ? again() : node.remove()));
    look();
    return node;
  };
};
