/* The chosen photo of the Fix tab, large; what can be done about it, and its keys, are the tab's. */
const openFixLarge = ({ classes, act, suggest, move, tell }) => {
  const actions = createFixActions({ classes, act, suggest });
  const large = dragon.openLarge({ classes, act, move, tell, actions: [actions.node] });
  /* Closes when there is no photo left. */
  const show = (finding, { colour, place, model }) => {
    if (!finding) {
      large.close();
      return;
    }
    const { image, class: name, class_id, reasons } = finding;
    actions.show(finding);
    large.show({ ...image, state: name || 'No class', colour, class_id, place, model, why: reasons[0].words });
  };
  return { show, isOpen: large.isOpen };
};
