/* The grid: draws only what can be seen of a list of any length. Knows elements and places; what is
   chosen and what a photo is, it asks. */
const createGrid = ({ board, list, chosen, names, classOf, draftOf, groupOf, covered }) => {
  const { el, icon } = dragon;
  const AHEAD_ROWS = 2,
    GAP = 8,
    SMALLEST = 140,
    RUSH_MS = 100;
  const box = el('div', {
    class: 'grid',
    tabindex: 0,
    role: 'listbox',
    'aria-multiselectable': 'true',
    'aria-label': 'Photos',
    'aria-description': 'Arrows choose, with Shift several. Space shows a photo large. Question mark lists all keys.',
  });
  const tiles = new Map(); // photo id -> its element
  const spare = []; // tiles that went out of sight, to be used again
  let columns = 0, // not known before the first drawing
    side = SMALLEST,
    isWanted = false,
    shown = null, // the place that the next drawing brings into sight
    lastTop = 0,
    jumpedAt = 0,
    settling = 0;

  const newTile = () => {
    const image = el('img', { alt: '', decoding: 'async', draggable: 'false' });
    const tile = el(
      'div',
      { class: 'tile', role: 'option', draggable: 'true' },
      image,
      el('span', { class: 'tile-mark' }, icon('check')),
      el('span', { class: 'tile-best', text: 'Best' }),
      el(
        'span',
        { class: 'tile-class' },
        el('i', { class: 'd-dot' }),
        el('span', { class: 'd-cut' }),
        el('span', { class: 'tile-sure' }),
      ),
    );
    image.addEventListener('load', () => tile.classList.remove('is-loading'));
    return tile;
  };
  /* A picture that is still on its way is not shown as that of another photo. */
  const showPicture = (tile, row, id) => {
    const source = `/dragon/thumbnails/${id}?v=${board.mark(row)}`;
    const image = tile.firstChild;
    if (image.getAttribute('src') === source) return;
    image.src = source;
    tile.classList.toggle('is-loading', !image.complete);
  };
  const paint = (tile, place, isRush) => {
    const row = list.rowAt(place),
      id = board.id(row);
    const x = (place % columns) * side,
      y = Math.floor(place / columns) * side;
    tile.style.transform = `translate(${x}px, ${y}px)`;
    tile.style.width = tile.style.height = `${side - GAP}px`;
    tile.classList.toggle('is-here', place === chosen.here());
    if (!isRush) showPicture(tile, row, id);
    tile.dataset.place = place;
    tile.ariaPosInSet = place + 1;
    tile.ariaSetSize = list.total();
    tile.ariaSelected = chosen.has(id);
    const its = classOf(board.classId(row));
    const isSkipped = !its && board.isSkipped(row);
    const badge = tile.lastChild;
    const draft = draftOf(id);
    const shown = its ?? classOf(draft?.class_id);
    const isDraft = !its && !!shown;
    tile.classList.toggle('is-draft', isDraft);
    badge.hidden = !shown && !isSkipped;
    badge.firstChild.hidden = !shown;
    if (shown) badge.firstChild.style.setProperty('--c', shown.colour);
    const state = shown?.name ?? (isSkipped ? 'Skipped' : 'unlabelled');
    const spoken = isDraft ? `suggested: ${state}, ${draft.percent} per cent sure, not saved` : state;
    const [words, sure] = [badge.children[1], badge.children[2]]; // a long name is cut, how sure it is never
    if (words.textContent !== state) words.textContent = state;
    const percent = isDraft ? `? ${draft.percent} %` : '';
    if (sure.textContent !== percent) sure.textContent = percent;
    const { name } = names.of(id);
    if (tile.title !== name) tile.title = name;
    const group = groupOf(id);
    tile.dataset.group = group ? group.mark : '';
    tile.ariaLabel = `${name}, ${spoken}${group?.isBest ? ', the best of its look-alikes' : ''}`;
  };

  const tileFor = (id) => {
    const known = tiles.get(id);
    if (known) return known;
    const tile = spare.pop() ?? newTile();
    tile.firstChild.removeAttribute('src');
    tile.classList.add('is-loading');
    tile.id = `photo-${id}`;
    tile.dataset.id = id;
    tiles.set(id, tile);
    return tile;
  };
  /* The places that are in sight, and the one of the keys: who listens must never lose it. */
  const inSight = () => {
    const { top } = box.getBoundingClientRect();
    const first = Math.max(0, Math.floor(-top / side) - AHEAD_ROWS) * columns;
    const end = (Math.ceil((innerHeight - top) / side) + AHEAD_ROWS) * columns;
    const places = [];
    for (let place = first; place < Math.min(list.total(), end); place += 1) places.push(place);
    const here = chosen.here();
    if (here < list.total() && !places.includes(here)) {
      if (here < first) places.unshift(here);
      else places.push(here);
    }
    return places;
  };
  const draw = () => {
    isWanted = false;
    const total = list.total();
    const stop = total ? 0 : -1; // nothing there, nothing to stop at
    if (box.tabIndex !== stop) box.tabIndex = stop;
    const width = box.clientWidth;
    if (!width) {
      shown = null; // nobody looks: the tab shows what it showed when it is opened again
      return;
    }
    const fit = Math.max(2, Math.floor((width + GAP) / (SMALLEST + GAP)));
    if (columns && fit !== columns && chosen.size()) shown ??= chosen.here(); // another width: another row
    columns = fit;
    side = (width + GAP) / columns;
    box.style.height = `${Math.ceil(total / columns) * side}px`;
    if (shown !== null) bringIntoSight(shown);
    shown = null;
    const places = inSight();
    const isRush = performance.now() - jumpedAt < RUSH_MS && settling > 0;
    const wanted = new Set(places.map(list.idAt));
    for (const [id, tile] of tiles) {
      if (wanted.has(id)) continue;
      tiles.delete(id);
      tile.remove(); // now: left in its place it would make every tile behind it move
      spare.push(tile);
    }
    places.forEach((place, i) => {
      const tile = tileFor(list.idAt(place));
      paint(tile, place, isRush);
      if (box.children[i] !== tile) box.insertBefore(tile, box.children[i] ?? null);
    });
    while (box.children.length > places.length) box.lastChild.remove();
    spare.length = Math.min(spare.length, places.length);
    const here = chosen.hereId();
    if (here !== null && tiles.has(here)) box.setAttribute('aria-activedescendant', `photo-${here}`);
    else box.removeAttribute('aria-activedescendant');
    box.dataset.drawn = `${places[0] ?? 0}-${places.at(-1) ?? 0}`;
  };
  /* Keep a place in sight, below the bar at the top of the window and above the one of the chosen. */
  const bringIntoSight = (place) => {
    const top = box.getBoundingClientRect().top + Math.floor(place / columns) * side;
    const end = innerHeight - covered();
    if (top < 80) scrollBy({ top: top - 80, behavior: 'instant' });
    else if (top + side > end) scrollBy({ top: top + side - end, behavior: 'instant' });
  };
  const drawSoon = () => {
    if (isWanted) return;
    isWanted = true;
    requestAnimationFrame(() => {
      if (isWanted) draw(); // else it was drawn meanwhile
    });
  };
  /* Whoever drags the scroll bar through thousands asks for the pictures where they stop. */
  const scrolled = () => {
    const { top } = box.getBoundingClientRect();
    if (Math.abs(top - lastTop) > innerHeight) {
      const now = performance.now();
      if (now - jumpedAt < RUSH_MS) {
        clearTimeout(settling);
        settling = setTimeout(() => {
          settling = 0;
          draw();
        }, RUSH_MS);
      }
      jumpedAt = now;
    }
    lastTop = top;
    drawSoon();
  };
  addEventListener('scroll', scrolled, { passive: true, capture: true });
  new ResizeObserver(drawSoon).observe(box);
  box.addEventListener('pointerdown', () => box.classList.remove('is-keyed'));

  return {
    box,
    draw,
    columns: () => columns,
    pageRows: () => Math.max(1, Math.floor((innerHeight - 160) / side)),
    /* The keys are at work here: the ring shows where. */
    takeKeys: () => {
      box.classList.add('is-keyed');
      box.focus({ preventScroll: true });
    },
    isInSight: (place) => {
      const top = box.getBoundingClientRect().top + Math.floor(place / columns) * side;
      return top + side > 0 && top < innerHeight;
    },
    /* The photo at the upper edge of the window, and how much of its row is above that; nothing while
       the beginning can be seen. */
    edge: () => {
      const above = -box.getBoundingClientRect().top;
      if (above <= 0 || !list.total()) return null;
      const row = Math.floor(above / side);
      return { id: list.idAt(row * columns), above: above - row * side };
    },
    showEdge: ({ id, above }) => {
      const place = list.placeOf(id);
      if (place < 0 || !box.clientWidth) return;
      draw(); // it is as high as the list is long
      const row = box.getBoundingClientRect().top + Math.floor(place / columns) * side;
      scrollBy({ top: row + above, behavior: 'instant' });
    },
    show: (place) => {
      shown = place;
      drawSoon();
    },
    /* The places that a rectangle touches, given in pixels from the corner of the grid. */
    placesIn: (left, top, right, bottom) => {
      const found = [];
      const reach = (from, to, most) => {
        const first = Math.max(0, Math.floor((from + GAP) / side));
        return [first, Math.min(most - 1, Math.floor(to / side))];
      };
      const [firstRow, lastRow] = reach(top, bottom, Math.ceil(list.total() / columns));
      const [firstColumn, lastColumn] = reach(left, right, columns);
      for (let row = firstRow; row <= lastRow; row += 1)
        for (let column = firstColumn; column <= lastColumn; column += 1)
          if (row * columns + column < list.total()) found.push(row * columns + column);
      return found;
    },
  };
};
