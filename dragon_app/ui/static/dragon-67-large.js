/* One photo, large: zoom, next and previous, and a class by its key, without closing. Knows no tab. */
Object.assign(
  window.dragon,
  (() => {
    const { el, icon } = window.dragon;
    const MOVES = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity };

    /* `move(by)` goes to another photo; `tell(event)` hears every key that is none of the view's own;
       `actions` is what else can be done, if anything; `onClose` hears that it is closed. */
    const openLarge = ({ classes, act, move, tell, actions = [], onClose = () => {} }) => {
      const { createZoom, createGiving, photoJournal, isTyping } = window.dragon;
      const image = el('img', { alt: '', draggable: 'false' });
      const name = el('span', { class: 'd-cut' }),
        its = el('span', { class: 'd-row large-its' }),
        place = el('span', { class: 'd-quiet d-number large-place' });
      const reason = el('p', { class: 'd-text d-quiet', hidden: true });
      const choices = createGiving({ label: 'Its class', name: 'large-choices', classes, act });
      const frame = el('div', { class: 'large-photo' }, image);
      const zoom = createZoom(frame, image);
      const story = photoJournal();
      const button = (label, shape, does) =>
        el('button', { type: 'button', class: 'd-button is-icon', 'aria-label': label, onclick: does }, icon(shape));
      const box = el(
        'dialog',
        { class: 'large', 'aria-label': 'Photo', tabindex: -1 },
        el('div', { class: 'large-line' }, name, its, place, button('Close', 'close', () => box.close())),
        frame,
        reason,
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

      /* `state` is what is known of its class, in the colour of that; `class_id` is the one it has. */
      const show = ({ id, v, name: called, state, colour, class_id: classId, place: where, why = '', canBeGiven = true }) => {
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
        const does = isSpace ? () => box.close() : isPlain && own[event.key];
        if (!does) {
          tell(event);
          return;
        }
        does();
        event.preventDefault();
      });
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
