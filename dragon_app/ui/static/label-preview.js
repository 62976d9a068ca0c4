/* The photo that the keys are at on the Label tab, large. */
const openPreview = ({ board, list, chosen, names, grid, classes, classOf, draftOf, keys, move, act, modelNow }) => {
  const large = dragon.openLarge({
    classes,
    act,
    move: (by) => move(by, { hasFocus: false }),
    tell: keys.tell,
    onClose: () => {
      grid.takeKeys();
      grid.show(chosen.here());
      grid.draw();
    },
  });
  const show = () => {
    const id = chosen.hereId();
    const row = id === null ? -1 : board.rowOf(id);
    if (row < 0) {
      large.close();
      return;
    }
    const label = classOf(board.classId(row));
    const draft = draftOf(id);
    const drafted = label ? null : classOf(draft?.class_id);
    large.show({
      id,
      v: board.mark(row),
      name: names.of(id).name,
      state: label?.name ?? (drafted ? `${drafted.name}? ${draft.percent} %, not saved` : board.isSkipped(row) ? 'Skipped' : 'Unlabelled'),
      colour: (label ?? drafted)?.colour,
      class_id: label?.id,
      place: `${(chosen.here() + 1).toLocaleString('en')} of ${list.total().toLocaleString('en')}`,
      model: modelNow(),
      canBeGiven: !board.isBinned(row),
    });
  };
  show();
  return { show, isOpen: large.isOpen };
};
