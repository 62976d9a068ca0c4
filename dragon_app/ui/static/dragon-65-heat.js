/* What a run looked at: a button that lays a map over a photo, which class it is about, what it says. */
Object.assign(
  window.dragon,
  (() => {
    const { el, call, percent } = window.dragon;

    /* `veil` is to be placed over the photo, `node` beside it. `hint` is the key that does the same, if any;
       where nothing else on the page does, it `tellsRun`: which one, and how sure of the class it is. */
    const heat = ({ hint = '', tellsRun = false } = {}) => {
      const veil = el('img', { class: 'heat-veil', alt: '', hidden: true });
      const button = el('button', { type: 'button', class: 'd-button is-small', 'aria-pressed': 'false' }, el('span', { text: 'What it looked at' }), hint);
      const menu = el('select', { class: 'd-input', 'aria-label': 'What spoke for' });
      const about = el('label', { class: 'd-row heat-about', hidden: true }, el('span', { text: 'What spoke for' }), menu);
      const words = el('p', { class: 'd-text d-quiet heat-words', role: 'status', hidden: true });
      const node = el('div', { class: 'd-stack heat', hidden: true }, el('div', { class: 'd-row' }, button, about), words);
      let of = null,
        asked = 0;

      const say = (text, isBad = false) => {
        words.textContent = text;
        words.hidden = !text;
        words.classList.toggle('d-error', isBad);
      };
      const hide = () => {
        asked += 1;
        veil.hidden = about.hidden = true;
        veil.removeAttribute('src');
        button.setAttribute('aria-pressed', 'false');
        say('');
      };
      const ask = async () => {
        asked += 1;
        const mine = asked;
        const body = new FormData();
        if (of.file) body.append('file', of.file, of.file.name || 'photo');
        else body.append('image_id', of.id);
        body.append('run', of.run);
        if (menu.value) body.append('class_name', menu.value);
        button.setAttribute('aria-pressed', 'true');
        const timer = setTimeout(() => { if (mine === asked) say('Looking where it looked \u2026'); }, 300);
        try {
          const found = await call('/explanations', body);
          if (mine !== asked) return;
          veil.src = found.veil;
          veil.hidden = false;
          menu.querySelector('[value=""]')?.remove(); // its own answer has a name now
          menu.value = found.class;
          about.hidden = menu.options.length < 2;
          const run = tellsRun ? `Run ${found.run}: ${found.class} ${percent(found.probability)}. ` : '';
          say(`${run}${found.words} ${found.how}`);
        } catch (error) {
          if (mine !== asked) return;
          hide();
          say(error.message, true);
        } finally {
          clearTimeout(timer);
        }
      };
      const toggle = () => (button.getAttribute('aria-pressed') === 'true' ? hide() : ask());
      button.addEventListener('click', toggle);
      button.addEventListener('mousedown', (event) => event.preventDefault()); // keys stay the photo's
      menu.addEventListener('change', ask);
      /* A photo, {file} or {id}, the run that spoke, and classes to ask about, the first one first; ''
         is what the run itself says. */
      const offer = (photo, run, names) => {
        hide();
        of = { ...photo, run };
        menu.replaceChildren(...[...new Set(names)].map((name) => el('option', { value: name, text: name })));
        node.hidden = false;
      };
      const clear = () => {
        hide();
        node.hidden = true;
      };
      return { node, veil, offer, clear, toggle };
    };
    return { heat };
  })(),
);
