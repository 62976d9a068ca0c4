/* Mouse and finger on the grid: choose, draw a rectangle, drag onto a class, press long. */
const createPointer = ({ area, grid, list, chosen, onOpen }) => {
  const { el } = dragon;
  const LONG_MS = 500,
    STILL_PX = 10,
    EDGE_PX = 60,
    SCROLL_PX = 18,
    NOT_FREE = 'button, a, input, select, nav, dialog, .chosen, .upload, .d-empty, .next';
  const { box } = grid;
  const tileAt = (event) => event.target.closest?.('.tile');
  const placeOf = (tile) => Number(tile.dataset.place);

  let isHeld = false, // a long press was answered: the click that ends it is not one
    isFinger = false; // two quick taps choose and let go; only a mouse clicks twice
  box.addEventListener('click', (event) => {
    const tile = tileAt(event);
    if (!tile || isHeld) return;
    box.focus({ preventScroll: true });
    const isMark = !!event.target.closest('.tile-mark');
    chosen.choose(placeOf(tile), {
      isRange: event.shiftKey,
      isMore: event.pointerType === 'touch' || isMark || event.ctrlKey || event.metaKey,
    });
  });
  box.addEventListener('dblclick', (event) => {
    const tile = tileAt(event);
    if (tile && !isFinger && !event.target.closest('.tile-mark')) onOpen(placeOf(tile));
  });

  /* A finger that stays opens the photo large; a finger never drags a photo. */
  let timer = 0,
    from = null;
  const letGo = () => clearTimeout(timer);
  box.addEventListener('pointerdown', (event) => {
    isHeld = false;
    isFinger = event.pointerType === 'touch';
    const tile = tileAt(event);
    if (!tile) return;
    tile.draggable = !isFinger;
    if (!isFinger) return;
    from = event;
    timer = setTimeout(() => {
      isHeld = true;
      onOpen(placeOf(tile));
    }, LONG_MS);
  });
  box.addEventListener('pointermove', (event) => {
    if (from && Math.hypot(event.clientX - from.clientX, event.clientY - from.clientY) > STILL_PX) letGo();
  });
  for (const name of ['pointerup', 'pointercancel', 'pointerleave']) box.addEventListener(name, letGo);
  box.addEventListener('contextmenu', (event) => {
    if (event.pointerType === 'touch') event.preventDefault();
  });

  const carried = el('div', { class: 'grid-carried' });
  box.addEventListener('dragstart', (event) => {
    const tile = tileAt(event);
    if (!tile || event.shiftKey) {
      event.preventDefault();
      return;
    }
    const place = placeOf(tile);
    if (!chosen.has(list.idAt(place))) chosen.choose(place);
    carried.textContent = dragon.count(chosen.size(), 'photo');
    document.body.append(carried);
    event.dataTransfer.setDragImage(carried, -12, -12);
    event.dataTransfer.setData('application/x-dragon', 'photos');
    event.dataTransfer.effectAllowed = 'copy';
  });
  box.addEventListener('dragend', () => carried.remove());

  /* A rectangle begins beside the photos, or on one with Shift. It grows over the edge of the window. */
  const band = el('div', { class: 'grid-band', hidden: true });
  document.body.append(band);
  let start = null,
    last = null,
    base = new Set(),
    frame = 0;
  const inGrid = (event) => {
    const corner = box.getBoundingClientRect();
    return [event.clientX - corner.left, event.clientY - corner.top];
  };
  const stretch = () => {
    const [x, y] = inGrid(last);
    const [left, right] = [Math.min(x, start[0]), Math.max(x, start[0])];
    const [top, bottom] = [Math.min(y, start[1]), Math.max(y, start[1])];
    band.hidden = false;
    const corner = box.getBoundingClientRect();
    band.style.transform = `translate(${corner.left + left}px, ${corner.top + top}px)`;
    band.style.width = `${right - left}px`;
    band.style.height = `${bottom - top}px`;
    const places = grid.placesIn(left, top, right, bottom);
    chosen.set([...base, ...places.map(list.idAt)], { isAt: places[0] ?? null });
  };
  const roll = () => {
    const { clientY } = last;
    const by = clientY > innerHeight - EDGE_PX ? SCROLL_PX : clientY < EDGE_PX ? -SCROLL_PX : 0;
    if (by) {
      scrollBy({ top: by, behavior: 'instant' });
      stretch();
    }
    frame = requestAnimationFrame(roll);
  };
  area.addEventListener('mousedown', (event) => {
    if (event.shiftKey && tileAt(event)) event.preventDefault(); // no text is selected
    if (event.button !== 0 || event.target.closest(NOT_FREE)) return;
    if (tileAt(event) && !event.shiftKey) return;
    start = inGrid(event);
    base = event.shiftKey || event.ctrlKey || event.metaKey ? new Set(chosen.all()) : new Set();
    last = null;
    if (tileAt(event)) return;
    event.preventDefault();
    box.focus({ preventScroll: true }); // whoever typed a search is done with it
  });
  addEventListener('mousemove', (event) => {
    if (!start) return;
    const isFirst = !last;
    const [x, y] = inGrid(event);
    if (isFirst && Math.hypot(x - start[0], y - start[1]) < STILL_PX) return;
    last = event;
    isHeld = true;
    if (isFirst) frame = requestAnimationFrame(roll);
    stretch();
  });
  addEventListener('mouseup', (event) => {
    if (!start) return;
    cancelAnimationFrame(frame);
    const wasPress = !last;
    start = last = null;
    band.hidden = true;
    // A press beside the photos chooses none of them.
    if (wasPress && !tileAt(event) && !event.shiftKey && !event.ctrlKey && !event.metaKey) chosen.clear();
  });
};
