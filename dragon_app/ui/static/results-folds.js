/* A surer number for few photos: each is held out in turn, when somebody asks for it. */
const createFolds = () => {
  const { el, call } = dragon;

  /* Below the warning that a number stands on few photos. */
  return (full) => {
    const lines = el('div', { class: 'd-stack', role: 'status' });
    const ask = el('button', { type: 'button', class: 'd-button is-small', text: 'Measure more surely' });
    const hint = el('span', {
      class: 'd-quiet',
      text: 'Holds out each photo in turn, and says what more photos would bring. Takes seconds.',
    });
    ask.addEventListener('click', async () => {
      ask.disabled = true;
      lines.replaceChildren(el('p', { class: 'd-text d-quiet', text: 'Looking at the photos \u2026' }));
      try {
        const found = await call(`/runs/${full.id}/folds`, {});
        lines.replaceChildren(
          ...found.lines.map((text) => el('p', { class: 'd-text', text })),
          el('p', {
            class: 'd-text d-quiet',
            text: `This is about your photos and the network that run ${full.id} began from, not about the run itself.`,
          }),
        );
        ask.parentElement.hidden = true;
      } catch (error) {
        lines.replaceChildren(el('p', { class: 'd-note is-bad', text: error.message }));
        ask.disabled = false;
      }
    });
    return el('div', { class: 'd-stack' }, el('div', { class: 'd-row' }, ask, hint), lines);
  };
};
