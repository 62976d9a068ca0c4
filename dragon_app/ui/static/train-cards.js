/* The presets as a radio group of cards, with what each means for time and quality here. */
const createCards = ({ onChoose }) => {
  const node = el('fieldset', { class: 'presets' }, el('legend', { class: 'd-label', text: 'How thoroughly?' }));
  let presets = [], chosen = 'balanced';

  const inWords = (seconds, isMeasured) => (isMeasured ? `${seconds < 1 ? '' : 'about '}${dragon.duration(seconds)}` : `roughly ${dragon.duration(Math.ceil(seconds / 5) * 5)}`);
  const time = ({ seconds, photos, is_measured: isMeasured }) => `${inWords(seconds, isMeasured)} `
    + (photos ? `for your ${dragon.count(photos, 'photo')}` : 'for 200 photos');
  const card = (preset) => {
    const input = el('input', { type: 'radio', name: 'preset', value: preset.id, class: 'd-hidden', 'aria-describedby': `preset-${preset.id}` });
    input.checked = preset.id === chosen;
    input.addEventListener('change', () => { chosen = preset.id; onChoose(preset.id); });
    return el('label', { class: `preset is-${preset.id}` }, input,
      el('span', { class: 'preset-name', text: preset.name }),
      el('span', { class: 'preset-words', id: `preset-${preset.id}` },
        el('span', { text: preset.good_for }), el('span', { class: 'preset-what d-quiet', text: preset.what }),
        el('span', { class: 'preset-time d-quiet d-number', text: time(preset) })));
  };
  const show = (fresh) => {
    if (JSON.stringify(fresh) === JSON.stringify(presets)) return;  // keeps the focus where it is
    presets = fresh;
    if (!presets.some((each) => each.id === chosen)) chosen = 'balanced';
    const legend = node.firstElementChild;
    const holder = document.activeElement?.name === 'preset' && node.contains(document.activeElement);
    node.replaceChildren(legend, ...presets.map(card));
    if (holder) node.querySelector('input:checked')?.focus();
  };
  const choose = (id) => {
    chosen = id;
    const input = node.querySelector(`input[value="${id}"]`);
    if (input) input.checked = true;
  };
  return { node, show, choose, chosen: () => presets.find((each) => each.id === chosen), id: () => chosen };
};
