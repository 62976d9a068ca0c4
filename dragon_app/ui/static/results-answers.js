/* Photos with what runs said about them: small cards, each with the way to give it another class. */
const createPhotoCards = ({ classes }) => {
  const { el, call } = dragon;
  const AT_ONCE = 60;

  /* `asks` is {run, names}: who can tell what it looked at on this photo, and for which classes; told at
     once where that is what was pressed. */
  const enlarge = (photo, asks, { isAsked = false } = {}) =>
    dragon.dialog(photo.name, (form, close) => {
      const heat = dragon.heat();
      if (asks) heat.offer({ id: photo.id }, asks.run, asks.names);
      if (isAsked) heat.toggle();
      const large = el('img', { class: 'said-large', alt: photo.name, src: `/dragon/photos/${photo.id}?v=${photo.v}` });
      form.append(
        el('div', { class: 'heat-frame' }, large, heat.veil),
        heat.node,
        el(
          'div',
          { class: 'd-actions' },
          el('button', { type: 'button', class: 'd-button', text: 'Close', autofocus: true, onclick: close }),
        ),
      );
    });

  const options = (photo) => {
    const known = classes().filter((each) => !each.is_disabled || each.id === photo.class_id);
    const none = photo.class_id === null ? [el('option', { value: '', text: 'No class' })] : [];
    return [...none, ...known.map((each) => el('option', { value: each.id, text: each.name }))];
  };

  /* A photo in the bin keeps its class; only one that is in the dataset gets another. */
  const chooser = (photo) => {
    if (photo.is_binned) return el('p', { class: 'd-text d-quiet', text: 'In the bin' });
    const field = el('select', { class: 'd-input', 'aria-label': `Class of ${photo.name}` }, ...options(photo));
    const show = () => {
      field.value = photo.class_id ?? '';
    };
    const undo = async (before, of) => {
      try {
        const { words } = await call('/undo', { batch: dragon.newBatch(), of });
        photo.class_id = before;
        dragon.toast(words, { key: 'gesture' });
        dragon.changed();
      } catch (error) {
        dragon.toast(error.message, { kind: 'bad' });
      }
      show();
    };
    field.addEventListener('change', async () => {
      const before = photo.class_id;
      const wanted = field.value === '' ? null : Number(field.value);
      const name = field.selectedOptions[0].textContent;
      const batch = dragon.newBatch();
      try {
        await call('/labels', {
          gesture: 'class',
          batch,
          image_ids: [photo.id],
          class_id: wanted,
        });
        photo.class_id = wanted;
        const now = wanted === null ? 'without a class' : `now ${name}`;
        dragon.toast(`${photo.name} is ${now}. The next run learns from that.`, {
          key: 'gesture',
          action: { label: 'Undo', run: () => undo(before, batch) },
        });
        dragon.changed();
      } catch (error) {
        dragon.toast(`Not done, all is as before: ${error.message}`, { kind: 'bad' });
      }
      show();
    });
    show();
    return field;
  };

  const looked = (photo, asks) =>
    el('button', {
      type: 'button',
      class: 'd-button is-small said-looked',
      text: 'What it looked at',
      'aria-label': `What it looked at on ${photo.name}`,
      onclick: () => enlarge(photo, asks, { isAsked: true }),
    });
  const card = (photo, { lines, asks }) =>
    el(
      'li',
      { class: 'said' },
      el(
        'button',
        {
          type: 'button',
          class: 'said-photo',
          'aria-label': `Enlarge ${photo.name}`,
          onclick: () => enlarge(photo, asks?.(photo)),
        },
        el('img', { alt: '', loading: 'lazy', src: `/dragon/thumbnails/${photo.id}?v=${photo.v}` }),
      ),
      el('span', { class: 'd-cut d-quiet', text: photo.name, title: photo.name }),
      ...lines(photo).map((text) => el('span', { class: 'said-line', text })),
      ...(asks ? [looked(photo, asks(photo))] : []),
      chooser(photo),
    );

  /* `lines(photo)` are the words below a photo; `gone` says how many more there were; `asks(photo)`
     which run can explain it. */
  const cards = (photos, { lines, gone = 0, asks }) => {
    const list = el('ul', { class: 'said-list' });
    const more = el('button', { type: 'button', class: 'd-button is-small', text: 'Show more' });
    const node = el('div', { class: 'd-stack' }, list, more);
    let shown = 0;
    const show = () => {
      list.append(...photos.slice(shown, shown + AT_ONCE).map((photo) => card(photo, { lines, asks })));
      shown += AT_ONCE;
      more.hidden = shown >= photos.length;
    };
    more.addEventListener('click', show);
    show();
    const words = gone === 1 ? '1 more photo was removed for good.' : `${gone} more photos were removed for good.`;
    if (gone) node.append(el('p', { class: 'd-text d-quiet', text: words }));
    return node;
  };
  return cards;
};
