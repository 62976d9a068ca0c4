/* Right or wrong: one press puts the photo that was tried into the dataset, with its class. */
const createLesson = ({ classes, isNone }) => {
  const { el, call, toast, newBatch } = dragon;
  const node = el('div', { class: 'd-stack lesson' });
  let file = null,
    answer = null,
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
  /* Where it said none of these there is no class to agree with. */
  const ask = () => {
    said = isNone(answer) ? '' : answer.classes[0].name;
    const button = (text, title, onclick) => el('button', { type: 'button', class: 'd-button is-small', title, text, onclick });
    const wrong = button(said ? 'Wrong' : 'Say what it is', 'Say what it is, and add it to your photos', () => choose('What is it?'));
    const agree = said ? [button('Right', 'Add the photo to yours, with this class', right)] : [];
    node.replaceChildren(el('div', { class: 'd-row lesson-ask' }, ...agree, wrong));
  };
  node.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Escape' && node.querySelector('[data-key]')) ask();
    [...node.querySelectorAll('[data-key]')].find((each) => each.dataset.key && each.dataset.key === event.key.toLowerCase())?.click();
  });
  /* An answer about a file; nothing to say where the file could not be read. */
  const show = (of, told) => {
    file = of;
    answer = told;
    node.hidden = !told.classes.length;
    if (!node.hidden) ask();
  };
  /* What counts as none of these has changed; what was begun or done stays. */
  const again = () => {
    if (answer && node.querySelector('.lesson-ask')) ask();
  };
  return { node, show, again };
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
