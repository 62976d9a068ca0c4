/* The keys that go from photo to photo, and where keys are listened to. Knows places; knows no photo. */
const createMoves = ({ list, chosen, grid }) => {
  const move = (steps, { isRange = false, isOnlyFocus = false, hasFocus = true } = {}) => {
    if (!list.total()) return;
    if (hasFocus) grid.takeKeys();
    const goes = chosen.size() || isRange || isOnlyFocus || !Number.isFinite(steps);
    const place = Math.min(list.total() - 1, Math.max(0, goes ? chosen.here() + steps : chosen.here()));
    if (isOnlyFocus) chosen.go(place);
    else chosen.choose(place, { isRange });
    grid.show(place);
  };
  return move;
};

const listenToKeys = ({ root, grid, chosen, keys, move, open }) => {
  const PRESSED = 'button, a, summary, label, [role="tab"]'; // Space and Enter are theirs
  const moves = (event) => {
    const page = grid.columns() * grid.pageRows();
    const steps = {
      ArrowLeft: -1,
      ArrowRight: 1,
      ArrowUp: -grid.columns(),
      ArrowDown: grid.columns(),
      PageUp: -page,
      PageDown: page,
      Home: -Infinity,
      End: Infinity,
    }[event.key];
    const isCommand = event.ctrlKey || event.metaKey;
    if (steps !== undefined && !event.altKey) {
      move(steps, { isRange: event.shiftKey, isOnlyFocus: isCommand && !event.shiftKey });
    } else if (isCommand && event.key === ' ') chosen.choose(chosen.here(), { isMore: true });
    else if (isCommand && event.key.toLowerCase() === 'a') chosen.everything();
    else if (event.key === 'Escape') chosen.clear();
    else if (event.key === ' ' || event.key === 'Enter') open(chosen.here());
    else return;
    event.preventDefault();
  };
  document.addEventListener('keydown', (event) => {
    const isElsewhere = !root.offsetParent || document.querySelector('dialog[open]') || dragon.isTyping(event);
    if (isElsewhere || event.defaultPrevented) return; // the large view that a key has just closed had it
    if (keys.tell(event)) {
      grid.takeKeys(); // also from a button that a dialog gave the focus back to: Space is the photo's now
      return;
    }
    if (keys.around(event)) return;
    const isItsOwn = event.key === ' ' || event.key === 'Enter' ? PRESSED : '[role="tab"]';
    const isCommand = event.ctrlKey || event.metaKey;
    if (!event.target.closest(isItsOwn) || (isCommand && event.key.toLowerCase() === 'a')) moves(event);
  });
};
