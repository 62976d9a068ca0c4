/* The way in: photos, a folder, the webcam; its buttons, and the fields that open the files. Knows
   no photo. */
const createWays = ({ onFiles, webcam }) => {
  const { el, icon } = dragon;
  const field = (options) => {
    const made = el('input', {
      type: 'file',
      multiple: true,
      class: 'd-hidden',
      tabindex: -1,
      'aria-hidden': 'true',
      ...options,
    });
    made.addEventListener('change', () => {
      const files = dragon.chosenFiles(made.files);
      made.value = '';
      onFiles(files);
    });
    return made;
  };
  const photos = field({ accept: 'image/*,.heic,.heif,.avif,.zip,.csv,.tsv' });
  const folder = field({ webkitdirectory: true });
  /* "Choose photos"; where there is no room, "Photos". */
  const choose = (what) => {
    const [verb, thing] = [el('span', { class: 'way-verb', text: 'Choose ' }), el('span', { class: 'way-what', text: what })];
    return el('span', {}, verb, thing);
  };
  const way = (does, shape, words, is = '') =>
    el('button', { type: 'button', class: `d-button ${is}`, onclick: does }, icon(shape), words);
  return {
    fields: [photos, folder],
    buttons: (is = '') => [
      way(() => photos.click(), 'photo', choose('photos'), is),
      way(() => folder.click(), 'folder', choose('a folder')),
      way(webcam, 'camera', 'Webcam'),
    ],
  };
};
