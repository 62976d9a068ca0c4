/* One photo, large: zoom, next and previous, and a class by its key, without closing. Knows no tab. */
Object.assign(
  window.dragon,
  (() => {
    const { el, icon } = window.dragon;
    const MOVES = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity };

    /* `move(by)` goes to another photo; `tell(event)` hears every key that is none of the view's own;
       `actions` is what else can be done, if anything; `onClose` hears that it is closed. */
    const openLarge = ({ classes, act, move, tell, actions = [], onClose = () => {} }) => {
      const { createZoom, createGiving, photoJournal, isTyping, keyOf, classOfKey } = window.dragon;
      const image = el('img', { alt: '', draggable: 'false' });
      const name = el('span', { class: 'd-cut' }),
        its = el('span', { class: 'd-row large-its' }),
        place = el('span', { class: 'd-quiet d-number large-place' });
      const reason = el('p', { class: 'd-text d-quiet', hidden: true });
      const choices = createGiving({ label: 'Its class', name: 'large-choices', classes, act });
      const hint = el('kbd', { class: 'd-kbd', text: 'H', 'aria-hidden': 'true' });
      const heat = window.dragon.heat({ hint, tellsRun: true });
      const layer = el('div', { class: 'large-layer heat-frame' }, image, heat.veil);
      const frame = el('div', { class: 'large-photo' }, layer);
      const zoom = createZoom(frame, layer);
      const story = photoJournal();
      const button = (label, shape, does) =>
        el('button', { type: 'button', class: 'd-button is-icon', 'aria-label': label, onclick: does }, icon(shape));
      const box = el(
        'dialog',
        { class: 'large', 'aria-label': 'Photo', tabindex: -1 },
        el('div', { class: 'large-line' }, name, its, place, button('Close', 'close', () => box.close())),
        frame,
        reason,
        heat.node,
        story.node,
        ...actions,
        el(
          'div',
          { class: 'large-line is-end' },
          button('Previous photo', 'previous', () => move(-1)),
          choices.node,
          button('Next photo', 'next', () => move(1)),
        ),
      );

      /* Which run can tell what it looked at on this photo: asked by a press, forgotten with the photo. */
      let offered = '';
      const offer = (id, model) => {
        const key = JSON.stringify([id, model?.run, model?.classes]);
        hint.hidden = classes().some((each) => each.key === 'h'); // given before H was for this
        if (key === offered) return;
        offered = key;
        if (model) heat.offer({ id }, model.run, ['', ...model.classes]);
        else heat.clear();
      };
      /* `state` is what is known of its class, in the colour of that; `class_id` is the one it has;
         `model` is {run, classes}, or nothing while no run is trained. */
      const show = ({ id, v, name: called, state, colour, class_id: classId, place: where, model, why = '', canBeGiven = true }) => {
        const source = `/dragon/photos/${id}?v=${v}`;
        if (image.getAttribute('src') !== source) {
          zoom.whole();
          image.removeAttribute('src'); // the one before is not shown under this one's name
          image.src = source;
        }
        image.alt = name.textContent = called;
        its.replaceChildren(
          el('i', { class: 'd-dot', style: `--c:${colour ?? 'transparent'}` }),
          el('span', { class: 'd-cut', text: state }),
        );
        reason.textContent = why;
        reason.hidden = !why;
        choices.node.hidden = !canBeGiven;
        choices.show();
        for (const each of choices.node.children) each.ariaPressed = String(each.dataset.id === String(classId));
        story.show(id);
        offer(id, model);
        place.textContent = where;
      };

      const own = {
        '+': zoom.larger,
        '=': zoom.larger,
        '-': zoom.smaller,
        ...Object.fromEntries(Object.entries(MOVES).map(([key, by]) => [key, () => move(by)])),
      };
      box.addEventListener('keydown', (event) => {
        if (isTyping(event)) return;
        const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey;
        const isSpace = event.key === ' ' && !event.target.closest('button, summary');
        const isHeat = isPlain && !heat.node.hidden && keyOf(event) === 'h' && !classOfKey(classes(), event);
        const does = isSpace ? () => box.close() : isHeat ? heat.toggle : isPlain && own[event.key];
        if (!does) {
          tell(event);
          return;
        }
        if (!isHeat || !event.repeat) does(); // held down, it is one wish
        event.preventDefault();
      });
      /* A pressed button may go with what it did, and the focus with it: the keys stay the view's. */
      box.addEventListener('focusout', () =>
        requestAnimationFrame(() => box.open && document.activeElement === document.body && box.focus()),
      );
      box.addEventListener('close', () => {
        box.remove();
        onClose();
      });
      document.body.append(box);
      box.showModal();
      box.focus();
      return { show, close: () => box.close(), isOpen: () => box.open };
    };
    return { openLarge };
  })(),
);
