/* The buttons that give photos a class, and which class a key means. Knows no tab. */
Object.assign(
  window.dragon,
  (() => {
    const { el } = window.dragon;
    const createGiving = ({ label, name, classes, act }) => {
      const node = el('div', { class: name, role: 'group', 'aria-label': label });
      node.addEventListener('mousedown', (event) => event.preventDefault()); // keys stay the photos'
      const button = (each) =>
        el(
          'button',
          {
            type: 'button',
            class: 'd-button is-small',
            title: each.name,
            'data-id': each.id,
            onclick: () => act('class', each.id),
          },
          el('i', { class: 'd-dot', style: `--c:${each.colour}` }),
          el('span', { class: 'd-cut', text: each.name }),
          ...(each.key
            ? [el('kbd', { class: 'd-kbd', text: each.key.toUpperCase(), 'aria-hidden': 'true' })]
            : []),
        );
      let drawn = '';
      /* Drawn anew only when a class changed, not with every count: a button with the focus keeps it. */
      const show = () => {
        const given = classes().filter((each) => !each.is_disabled);
        const key = JSON.stringify(given.map(({ id, name, colour, key }) => [id, name, colour, key]));
        if (key === drawn) return;
        drawn = key;
        const focused = node.contains(document.activeElement) ? document.activeElement.dataset.id : null;
        node.replaceChildren(...given.map(button));
        if (focused) node.querySelector(`[data-id="${focused}"]`)?.focus();
      };
      return { node, show };
    };

    /* The letter or digit that was meant, also on a keyboard whose digits want Shift or whose letters
       are not Latin ones. */
    const keyOf = (event) => {
      if (/^[a-z0-9]$/i.test(event.key)) return event.key.toLowerCase();
      const [, digit] = /^Digit(\d)$/.exec(event.code) ?? [];
      if (digit && !event.shiftKey && event.key.length === 1) return digit;
      const [, letter] = /^Key([A-Z])$/.exec(event.code) ?? [];
      return letter && event.key.charCodeAt(0) > 127 ? letter.toLowerCase() : event.key;
    };
    /* The class whose key it is: its own letter first, also one that is not Latin. */
    const classOfKey = (classes, event) => {
      const withKey = (wanted) => classes.find((each) => each.key === wanted);
      return withKey(event.key.toLowerCase()) ?? withKey(keyOf(event));
    };
    return { createGiving, keyOf, classOfKey };
  })(),
);
