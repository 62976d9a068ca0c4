/* Files may be dropped anywhere in the window: the frame that says so, and the drop itself. */
const takeDropsAnywhere = ({ isHere, onDrop }) => {
  const { el } = dragon;
  const veil = el('div', { class: 'label-veil', hidden: true }, el('span', { text: 'Drop to add' }));
  const takes = (event) =>
    event.dataTransfer?.types.includes('Files') && isHere() && dragon.currentTab() !== 'try'; // Try has its own use
  let depth = 0;
  const enter = (event, by) => {
    if (!takes(event)) return;
    depth = Math.max(0, depth + by);
    veil.hidden = depth === 0;
  };
  addEventListener('dragenter', (event) => enter(event, 1));
  addEventListener('dragleave', (event) => enter(event, -1));
  addEventListener(
    'drop',
    () => {
      depth = 0;
      veil.hidden = true;
    },
    true,
  );
  addEventListener('drop', (event) => {
    if (takes(event)) onDrop(event.dataTransfer);
  });
  document.body.append(veil);
};
