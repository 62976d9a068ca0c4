/* How many photos a run had and what became of them, and the way to see them on the Label tab. */
const runPhotos = (id) => {
  const words = dragon.el('span');
  const line = dragon.el(
    'p',
    { class: 'd-text d-quiet d-row run-photos' },
    words,
    dragon.el('button', {
      type: 'button',
      class: 'd-link',
      text: 'See the photos of this run',
      onclick: () => dragon.showRunPhotos(id),
    }),
  );
  dragon.call(`/runs/${id}/photos/words`).then(
    (told) => {
      words.textContent = told.words;
    },
    () => line.remove(),
  );
  return line;
};
