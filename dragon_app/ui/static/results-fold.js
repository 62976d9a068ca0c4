/* Details that are asked for only when somebody opens them. `load()` resolves to the nodes to show. */
const createFold = (title, load) => {
  const { el } = dragon;
  const body = el('div', { class: 'd-stack fold-body' });
  const node = el('details', { class: 'fold' }, el('summary', { text: title }), body);
  let isLoaded = false;
  node.addEventListener('toggle', async () => {
    if (!node.open || isLoaded) return;
    isLoaded = true;
    body.replaceChildren(el('p', { class: 'd-text d-quiet', role: 'status', text: 'One moment \u2026' }));
    try {
      body.replaceChildren(...(await load()));
    } catch (error) {
      isLoaded = false;
      body.replaceChildren(el('p', { class: 'd-note is-bad', text: error.message }));
    }
  });
  return node;
};
