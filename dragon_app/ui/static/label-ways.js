/* The buttons of the way in: photos, a folder, the webcam. Knows no photo. */
const createWays = ({ photos, folder, webcam }) => {
  const { el, icon } = dragon;
  /* "Choose photos"; where there is no room, "Photos". */
  const choose = (what) => {
    const [verb, thing] = [el('span', { class: 'way-verb', text: 'Choose ' }), el('span', { class: 'way-what', text: what })];
    return el('span', {}, verb, thing);
  };
  const way = (does, shape, words, is = '') =>
    el('button', { type: 'button', class: `d-button ${is}`, onclick: does }, icon(shape), words);
  return (is = '') => [
    way(photos, 'photo', choose('photos'), is),
    way(folder, 'folder', choose('a folder')),
    way(webcam, 'camera', 'Webcam'),
  ];
};
