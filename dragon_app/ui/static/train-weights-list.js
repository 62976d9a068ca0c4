/* The starter and ImageNet's weights of one network side by side: size, speed here, terms. */
const createWeightsList = ({ onOpen }) => {
  const DIFFERENCE = 'ImageNet\u2019s weights learned for days from 1.3 million larger photos, the starter for hours from far fewer and smaller ones: '
    + 'ImageNet\u2019s usually answer better, the starter needs no network.';
  const cards = el('div', { class: 'weights-cards' });
  const words = el('p', { class: 'd-text d-quiet' });
  let shown = '';
  const node = el('details', { class: 'weights-list' }, el('summary', { text: 'Compare the starter with ImageNet\u2019s weights' }), cards, words);

  const fact = (name, value) => el('div', {}, el('dt', { class: 'd-quiet', text: name }), el('dd', { text: value }));
  const megabytes = (size) => `${size < 100 ? size.toFixed(1) : Math.round(size)} MB`;
  const speed = (photosPerS, px) => (photosPerS ? `looks at ${Math.round(photosPerS)} photos a second here${px ? `, at ${px} pixels` : ''}` : 'not measured here yet');
  const card = (title, isChosen, facts, none = '') => el('section', { class: `weights-card ${isChosen ? 'is-chosen' : ''}`, 'aria-label': title },
    el('h4', { class: 'd-label', text: title }), isChosen ? el('span', { class: 'weights-used', text: 'training starts from these' }) : '', none ? el('p', { class: 'd-text d-quiet', text: none }) : el('dl', { class: 'd-number' }, ...facts));
  const terms = (text) => `Learned from ImageNet\u2019s photos: ${text.replace(/^ImageNet terms: /, '')}`;

  /* `info` is the network as the app lists it, or not known yet; `source` is what a run would begin from. */
  const show = (info, source) => {
    const now = JSON.stringify([info, source]);
    if (now === shown) return;  // a text being read or copied stays
    shown = now;
    if (!info) { words.textContent = 'Loading \u2026'; cards.replaceChildren(); return; }
    const { starter, name } = info;
    const made = [starter
      ? card('Starter', source === 'starter', [fact('Size', `${megabytes(starter.megabytes)}, came with Dragon`), fact('Speed', speed(starter.photos_per_s, starter.image_size_px)),
        fact('Terms', terms(starter.terms)), ...(starter.words ? [fact('How good', starter.words)] : [])])
      : card('Starter', false, [], `There is no starter for ${name}: choose regnet_y_400mf for it.`)];
    made.push(info.imagenet_megabytes == null ? card('ImageNet\u2019s', false, [], `There are none of ${name}.`)
      : card('ImageNet\u2019s', source === 'imagenet', [fact('Size', `${megabytes(info.imagenet_megabytes)}, ${info.imagenet_is_here ? 'on this machine' : 'not on this machine yet'}`),
        fact('Speed', speed(info.imagenet_is_here || !starter ? info.photos_per_s : null, info.imagenet_is_here ? info.image_size_px : null)),
        fact('Terms', terms('non-commercial research and education')),
        ...(info.imagenet_top1 ? [fact('How good', `Names ${info.imagenet_top1.toFixed(0)} % of ImageNet\u2019s own test photos right, of 1,000 classes.`)] : [])]));
    cards.replaceChildren(...made);
    words.textContent = starter ? DIFFERENCE : '';
  };
  node.addEventListener('toggle', () => { if (node.open) onOpen(); });
  return { node, show };
};
