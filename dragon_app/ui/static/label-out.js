/* Taking photos and labels along: the dialog that says how, and the download. */
const createExport = ({ counts }) => {
  const { el } = dragon;
  const LAYOUTS = [
    ['folders', 'Class folders', 'A zip with a folder for each class. Dropped here again, it brings everything back.'],
    ['imagefolder', 'Hugging Face imagefolder', 'A zip with train, validation and test, each with a metadata.csv.'],
    ['csv', 'A table', 'File, class and part of every photo as CSV, without the photos.'],
  ];
  const choice = (name, [value, text, hint], isFirst) =>
    el(
      'label',
      { class: 'export-choice' },
      el('input', { type: 'radio', name, value, checked: isFirst }),
      el('span', {}, el('span', { text }), ...(hint ? [el('span', { class: 'd-quiet', text: hint })] : [])),
    );
  const group = (title, name, choices) =>
    el(
      'fieldset',
      { class: 'export-group' },
      el('legend', { class: 'd-label', text: title }),
      ...choices.map((each, i) => choice(name, each, i === 0)),
    );
  const open = () =>
    dragon.dialog('Export', (form, close) => {
      const { labelled, all } = counts();
      const which = [
        ['all', `All but the bin (${all.toLocaleString('en')})`],
        ['labelled', `Those with a class (${labelled.toLocaleString('en')})`],
      ];
      const notes = el('input', { type: 'checkbox' });
      const keep = el(
        'label',
        { class: 'export-choice' },
        notes,
        el(
          'span',
          {},
          el('span', { text: 'Keep what the camera noted' }),
          el('span', { class: 'd-quiet', text: 'Time, place and owner (EXIF). Without it, photos keep their pixels and colours.' }),
        ),
      );
      const download = el('a', {
        class: 'd-button is-primary',
        download: '',
        text: 'Download',
        onclick: () => {
          dragon.toast('The download has begun. It holds what is here now; you can go on.', { key: 'export' });
          setTimeout(close); // after the browser has followed the link
        },
      });
      const value = (name) => form.querySelector(`[name="${name}"]:checked`).value;
      const show = () => {
        keep.hidden = value('layout') === 'csv';
        const asked = { layout: value('layout'), is_labelled: value('which') === 'labelled', keeps_notes: notes.checked };
        if (asked.is_labelled && !labelled) {
          download.removeAttribute('href');
          download.setAttribute('aria-disabled', 'true');
          return;
        }
        download.removeAttribute('aria-disabled');
        download.href = `/dragon/export?${new URLSearchParams(asked)}`;
      };
      form.append(
        group('As', 'layout', LAYOUTS),
        group('Which', 'which', which),
        keep,
        el(
          'div',
          { class: 'd-actions' },
          el('button', { type: 'button', class: 'd-button', text: 'Cancel', onclick: close }),
          download,
        ),
      );
      form.addEventListener('change', show);
      show();
    });
  return el('button', {
    type: 'button',
    class: 'd-button is-quiet is-small label-export',
    title: 'Photos and labels as a zip or a table',
    text: 'Export',
    onclick: open,
  });
};
