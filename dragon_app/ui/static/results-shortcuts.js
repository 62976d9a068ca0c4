/* What gives classes away besides what is on the photos: one calm notice, with photos that show it. */
const createShortcuts = ({ cards }) => {
  const { el, call } = dragon;

  const row = (title, photos) => [el('h4', { class: 'd-label', text: title }), cards(photos, { lines: () => [] })];
  const warning = ({ class: name, words, advice, photos, others }) => [
    el('p', { class: 'd-text', text: words }),
    el('p', { class: 'd-text d-quiet', text: advice }),
    createFold(`Photos of ${name} that show it, and others`, async () => [...row(name, photos), ...row('Not these', others)]),
  ];

  /* Takes no room while nothing is found; asking may take seconds the first time. */
  return (id) => {
    const node = el('section', { class: 'd-note is-warn d-stack shortcuts', 'aria-label': 'A possible shortcut', hidden: true });
    call(`/runs/${id}/shortcuts`).then(
      ({ shortcuts }) => {
        node.replaceChildren(el('h3', { class: 'd-subtitle', text: 'It may have learned a shortcut' }), ...shortcuts.flatMap(warning));
        node.hidden = !shortcuts.length;
      },
      () => node.remove(),
    );
    return node;
  };
};
