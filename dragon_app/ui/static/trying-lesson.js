/* Right or wrong: one press puts the photo that was tried into the dataset, with its class. */
const createLesson = ({ classes }) => {
  const { el, call, toast, newBatch } = dragon;
  const node = el('div', { class: 'd-stack lesson' });
  let file = null,
    said = '';

  const named = (name) => classes().find((each) => each.name === name && !each.is_disabled);
  const take = async (wanted) => {
    const body = new FormData();
    body.append('file', file, file.name || 'photo');
    body.append('class_id', wanted.id);
    body.append('batch', newBatch());
    node.querySelectorAll('button').forEach((button) => { button.disabled = true; });
    try {
      const { was_there: wasThere } = await call('/lessons', body);
      node.replaceChildren(el('p', { class: 'd-text', role: 'status', text: `${wasThere ? 'It was in your photos already, and is' : 'It is in your photos now, as'} ${wanted.name}.` }));
      dragon.changed();
    } catch (error) {
      toast(error.message, { kind: 'bad', key: 'lesson' });
      ask();
    }
  };
  const choose = (words) => {
    const wanted = classes().filter((each) => !each.is_disabled && each.name !== said);
    const button = (each) =>
      el(
        'button',
        { type: 'button', class: 'd-button is-small', style: `--c:${each.colour}`, 'data-key': each.key ?? '', onclick: () => take(each) },
        el('span', { class: 'd-dot' }),
        el('span', { text: each.name }),
        ...(each.key ? [el('kbd', { class: 'd-kbd', text: each.key })] : []),
      );
    node.replaceChildren(
      el('p', { class: 'd-text', text: words }),
      el('div', { class: 'd-row', role: 'group', 'aria-label': 'The right class' }, ...wanted.map(button)),
      el('button', { type: 'button', class: 'd-link', text: 'Cancel', onclick: ask }),
    );
    node.querySelector('.d-button')?.focus();
  };
  const right = () => {
    const its = named(said);
    if (its) take(its);
    else choose(`There is no class ${said} to learn from any more. What is it?`);
  };
  const ask = () => {
    node.replaceChildren(
      el(
        'div',
        { class: 'd-row' },
        el('button', { type: 'button', class: 'd-button is-small', title: 'Add the photo to yours, with this class', text: 'Right', onclick: right }),
        el('button', { type: 'button', class: 'd-button is-small', title: 'Say what it is, and add it to your photos', text: 'Wrong', onclick: () => choose('What is it?') }),
      ),
    );
  };
  node.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Escape' && node.querySelector('[data-key]')) ask();
    [...node.querySelectorAll('[data-key]')].find((each) => each.dataset.key && each.dataset.key === event.key.toLowerCase())?.click();
  });
  /* An answer about a file; nothing to say where the file could not be read. */
  const show = (of, answer) => {
    file = of;
    said = answer.classes[0]?.name ?? '';
    node.hidden = !said;
    if (said) ask();
  };
  return { node, show };
};

/* How many labelled photos the newest run has not seen, and the way to train with them. */
const createUntaught = () => {
  const { el, call, count } = dragon;
  const words = el('span');
  const node = el('p', { class: 'd-text d-quiet d-row untaught', hidden: true }, words, el('button', { type: 'button', class: 'd-link', text: 'Train with them', onclick: () => dragon.openTab('train') }));
  let seen = '';
  const refresh = async ({ revision, newest_run: newest }) => {
    const key = `${revision} ${newest}`;
    if (key === seen) return;
    seen = key;
    const { photos, run } = await call('/lessons').catch(() => ({ photos: 0 }));
    node.hidden = !photos;
    words.textContent = photos ? `${count(photos, 'labelled photo')} ${photos === 1 ? 'is' : 'are'} new since run ${run}.` : '';
  };
  return { node, refresh };
};
