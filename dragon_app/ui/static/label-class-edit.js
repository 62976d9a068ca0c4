/* One class in a dialog: its name, colour and key, its place, rest, merging, deleting. Knows no card.
   `COLOURS` are those that new classes get, see core/names.py. */
const editClass = (each, { classes, run, onGone }) => {
  const { el, call, count } = dragon;
  const SMALL = { seconds: 10 };
  dragon.dialog('Class', (box, close) => {
    const wrong = el('p', { class: 'd-text d-error', id: 'class-problem', role: 'alert' });
    const send = (path, body) => run(() => call(`/classes/${path}`, body, SMALL), wrong);
    const input = (id, label, options, ...hint) => {
      const made = el('input', { class: 'd-input', id, autocomplete: 'off', ...options });
      return [made, el('div', { class: 'd-field' }, el('label', { for: id, text: label }), made, ...hint)];
    };
    const button = (text, does, is = '') =>
      el('button', { type: 'button', class: `d-button is-small ${is}`, text, onclick: does });

    const [name, nameField] = input('class-name', 'Name', { maxlength: 80, 'aria-describedby': 'class-problem' });
    name.value = each.name;
    const [key, keyField] = input(
      'class-key',
      'Key',
      { maxlength: 1, class: 'd-input class-key', 'aria-describedby': 'class-key-hint', placeholder: each.key ?? '' },
      el('p', {
        class: 'd-text d-quiet',
        id: 'class-key-hint',
        text: 'A letter or digit of its own. Without one it keeps a digit until the order of the classes is changed.',
      }),
    );
    key.value = each.hotkey ?? '';
    let colour = each.colour;
    const swatches = COLOURS.map((hue, i) => {
      const choice = el('input', {
        type: 'radio',
        name: 'colour',
        value: hue,
        class: 'd-hidden',
        'aria-label': `Colour ${i + 1}`,
        onchange: () => {
          colour = hue;
        },
      });
      choice.checked = hue === each.colour;
      return el('label', { class: 'swatch', style: `--c:${hue}` }, choice, el('i'));
    });
    const isOn = el('input', { type: 'checkbox', id: 'class-on' });
    isOn.checked = !each.is_disabled;

    const now = { name: each.name, colour: each.colour, hotkey: each.hotkey ?? '', is_disabled: each.is_disabled };
    /* Save what was changed here; resolves to whether all of it is saved. */
    const save = async () => {
      const wanted = { name: name.value.trim(), colour, hotkey: key.value.trim(), is_disabled: !isOn.checked };
      const change = Object.fromEntries(Object.entries(wanted).filter(([what, value]) => value !== now[what]));
      if (!Object.keys(change).length) return true;
      const isSaved = await send(each.id, { ...change, batch: dragon.newBatch() });
      if (isSaved) Object.assign(now, change);
      else name.focus();
      return !!isSaved;
    };
    box.addEventListener('submit', async (event) => {
      event.preventDefault();
      if (await save()) close();
    });

    /* Whatever is moved stands in the list at once; the dialog stays for the next step. */
    const others = classes().filter((other) => other.id !== each.id);
    const places = el('div', { class: 'd-row', role: 'group', 'aria-label': 'Its place' });
    const ids = classes().map((other) => other.id);
    const move = async (by) => {
      const at = ids.indexOf(each.id);
      const to = at + by;
      if (at < 0 || to < 0 || to >= ids.length) return;
      ids.splice(to, 0, ...ids.splice(at, 1));
      if (await send('order', { ids })) place.textContent = `${to + 1} of ${ids.length}`;
    };
    const place = el('span', { class: 'd-quiet d-number', role: 'status', text: `${ids.indexOf(each.id) + 1} of ${ids.length}` });
    places.append(button('Move up', () => move(-1)), button('Move down', () => move(1)), place);

    const into = el(
      'select',
      { class: 'd-input', id: 'class-into', 'aria-label': `Merge ${each.name} into` },
      el('option', { value: '', text: 'Merge into \u2026' }),
      ...others.map((other) => el('option', { value: other.id, text: other.name })),
    );
    /* What was typed here is saved before the class goes: it is there when that is undone. */
    const leave = async (path, body, words) => {
      if (!(await save())) return;
      const answer = await send(`${each.id}/${path}`, { batch: dragon.newBatch(), ...body });
      if (!answer) return;
      close();
      onGone(each.id, words(count(answer.changed, 'photo')));
    };
    const merge = () => {
      const other = others.find(({ id }) => id === Number(into.value));
      if (!other) {
        into.focus();
        return;
      }
      const isItsName = name.value.trim().toLowerCase() === other.name.toLowerCase(); // merging says that better
      if (isItsName) name.value = now.name;
      leave('merge', { into: other.id }, (photos) => `${now.name} merged into ${other.name}: ${photos}.`);
    };
    const remove = () => leave('delete', {}, (photos) => `${now.name} deleted; ${photos} unlabelled.`);

    box.append(
      nameField,
      el('fieldset', { class: 'swatches' }, el('legend', { class: 'd-label', text: 'Colour' }), ...swatches),
      keyField,
      el('label', { class: 'class-on', for: 'class-on' }, isOn, 'Used in training and by key'),
      wrong,
      ...(others.length
        ? [places, el('div', { class: 'd-row class-merge' }, into, button('Merge', merge))]
        : []),
      el('p', {
        class: 'd-text d-quiet',
        text: `${count(each.total, 'photo')}: ${each.train} to learn from, ${each.val} held-out, ${each.test} kept apart. Merging and deleting can be undone.`,
      }),
      el(
        'div',
        { class: 'd-actions' },
        el('button', {
          type: 'button',
          class: 'd-button is-danger class-delete',
          text: 'Delete',
          onclick: remove,
        }),
        el('button', { type: 'button', class: 'd-button', text: 'Cancel', onclick: close }),
        el('button', { class: 'd-button is-primary', text: 'Save' }),
      ),
    );
  });
};
