/* The grid of photos: draws only what can be seen of a list of any length, and knows what is
   selected. Says nothing to the app but "give me photos FROM to TO". */
const createGrid = ({ load, classOf, onSelection, onOpen }) => {
  const { el, icon } = dragon;
  const CHUNK = 120,
    AHEAD_ROWS = 2;
  const list = el('div', {
    class: 'grid',
    tabindex: 0,
    role: 'listbox',
    'aria-multiselectable': 'true',
    'aria-label': 'Photos',
    'aria-description':
      'Arrows choose, with Shift several. With Ctrl they only move; Ctrl and Space adds or takes away. Space shows a photo large.',
  });
  const photos = new Map(); // place in the list -> photo
  const tiles = new Map(); // place in the list -> its element
  const asked = new Map(); // chunk -> promise of its photos
  const selected = new Map(); // photo id -> photo
  let isLoaded = false,
    total = 0,
    here = 0,
    anchor = 0,
    columns = 1,
    side = 140,
    age = 0,
    isWanted = false;

  const fetchChunk = (chunk) => {
    if (asked.has(chunk)) return asked.get(chunk);
    const mine = age;
    const promise = load(chunk * CHUNK, CHUNK).then(
      (page) => {
        if (mine !== age) return;
        total = page.total;
        page.images.forEach((photo, i) => photos.set(chunk * CHUNK + i, photo));
        draw();
      },
      () => {
        asked.delete(chunk);
      },
    ); // offline: asked for again when the app is back
    asked.set(chunk, promise);
    return promise;
  };

  /* Load the places FROM to TO, for a selection that reaches beyond what was seen. */
  const ensure = async (from, to) => {
    const chunks = [];
    for (let chunk = Math.floor(from / CHUNK); chunk <= Math.floor(to / CHUNK); chunk += 1)
      chunks.push(chunk);
    for (let i = 0; i < chunks.length; i += 4) await Promise.all(chunks.slice(i, i + 4).map(fetchChunk));
  };

  const tileFor = (place) => {
    const tile = el(
      'div',
      { class: 'tile', role: 'option', draggable: 'true' },
      el('img', { alt: '', decoding: 'async', draggable: 'false' }),
      el('span', { class: 'tile-mark' }, icon('check')),
      el('span', { class: 'tile-class' }, el('i', { class: 'd-dot' }), el('span', { class: 'd-cut' })),
    );
    tile.dataset.place = place;
    tiles.set(place, tile);
    list.append(tile);
    return tile;
  };

  const paint = (tile, place) => {
    const photo = photos.get(place);
    tile.style.transform = `translate(${(place % columns) * side}px, ${Math.floor(place / columns) * side}px)`;
    tile.style.width = tile.style.height = `${side - 8}px`;
    tile.setAttribute('aria-posinset', place + 1);
    tile.setAttribute('aria-setsize', total);
    tile.classList.toggle('is-here', place === here);
    if (!photo) {
      tile.classList.add('is-loading');
      tile.ariaSelected = 'false';
      return;
    }
    tile.classList.remove('is-loading');
    const source = `/dragon/thumbnails/${photo.id}?v=${photo.v}`;
    const image = tile.firstChild;
    if (image.getAttribute('src') !== source) image.src = source;
    tile.id = `photo-${photo.id}`;
    tile.dataset.id = photo.id;
    tile.ariaSelected = String(selected.has(photo.id));
    const its = classOf(photo.class_id);
    const badge = tile.lastChild;
    badge.hidden = !its;
    if (its) {
      badge.firstChild.style.setProperty('--c', its.colour);
      badge.lastChild.textContent = its.name;
    }
    tile.title = photo.name;
    tile.ariaLabel = `${photo.name}, ${its ? its.name : 'unlabelled'}`;
  };

  const draw = () => {
    list.tabIndex = total ? 0 : -1; // nothing there, nothing to stop at
    const width = list.clientWidth;
    if (!width) return;
    columns = Math.max(2, Math.floor((width + 8) / 148));
    side = (width + 8) / columns;
    const rows = Math.ceil(total / columns);
    list.style.height = `${rows * side}px`;
    const box = list.getBoundingClientRect();
    const first = Math.max(0, Math.floor(-box.top / side) - AHEAD_ROWS) * columns;
    const last = Math.min(total, (Math.ceil((innerHeight - box.top) / side) + AHEAD_ROWS) * columns);
    for (const [place, tile] of tiles)
      if (place < first || place >= last) {
        tile.remove();
        tiles.delete(place);
      }
    for (let place = first; place < last; place += 1) paint(tiles.get(place) ?? tileFor(place), place);
    if (last > first) ensure(first, last - 1);
    const photo = photos.get(here);
    if (photo && tiles.has(here)) list.setAttribute('aria-activedescendant', `photo-${photo.id}`);
    else list.removeAttribute('aria-activedescendant');
  };
  const drawSoon = () => {
    if (isWanted) return;
    isWanted = true;
    requestAnimationFrame(() => {
      isWanted = false;
      draw();
    });
  };

  const changed = () => {
    draw();
    onSelection([...selected.values()], total);
  };
  const pick = (place) => {
    const photo = photos.get(place);
    if (photo) selected.set(photo.id, photo);
  };
  const range = async (from, to) => {
    await ensure(Math.min(from, to), Math.max(from, to));
    for (let place = Math.min(from, to); place <= Math.max(from, to); place += 1) pick(place);
  };
  const choose = async (place, { isRange = false, isMore = false } = {}) => {
    const photo = photos.get(place);
    here = place;
    if (isRange) {
      if (!isMore) selected.clear();
      await range(anchor, place);
    } else if (isMore) {
      if (!photo) return;
      if (selected.has(photo.id)) selected.delete(photo.id);
      else selected.set(photo.id, photo);
      anchor = place;
    } else {
      selected.clear();
      pick(place);
      anchor = place;
    }
    changed();
  };
  const chooseAll = async () => {
    await range(0, total - 1);
    changed();
  };
  const clear = () => {
    selected.clear();
    changed();
  };

  /* Keep what is chosen in sight, below the bar at the top of the window. */
  const show = (place) => {
    const top = list.getBoundingClientRect().top + Math.floor(place / columns) * side;
    if (top < 80) scrollBy({ top: top - 80 });
    else if (top + side > innerHeight - 90) scrollBy({ top: top + side - innerHeight + 90 });
  };
  /* By keys; `isOnlyFocus` goes there and chooses nothing. */
  const move = async (steps, { isRange = false, isOnlyFocus = false, hasFocus = true } = {}) => {
    if (!total) return;
    if (hasFocus) {
      list.classList.add('is-keyed');
      list.focus({ preventScroll: true });
    }
    const goes = selected.size || isRange || isOnlyFocus || !Number.isFinite(steps);
    const place = Math.min(total - 1, Math.max(0, goes ? here + steps : here));
    await ensure(place, place);
    if (isOnlyFocus) {
      here = place;
      draw();
    } else await choose(place, { isRange });
    show(place);
  };
  /* Choose those of these photos that are at hand, or none: the focus goes to the first. */
  const chooseThese = (ids) => {
    selected.clear();
    const wanted = new Set(ids);
    const found = [...photos].filter(([, photo]) => wanted.has(photo.id)).map(([place]) => place);
    found.forEach(pick);
    if (found.length) {
      here = anchor = Math.min(...found);
      show(here);
    }
    changed();
  };

  /* Ask for the list anew. What is on the screen stays until the answer is there: no flicker. */
  const reload = async ({ keepsSelection = true } = {}) => {
    age += 1;
    asked.clear();
    if (!keepsSelection) selected.clear();
    const mine = age;
    const chunk = Math.max(0, Math.floor(here / CHUNK));
    try {
      const page = await load(chunk * CHUNK, CHUNK);
      if (mine !== age) return;
      isLoaded = true;
      total = page.total;
      photos.clear();
      page.images.forEach((photo, i) => photos.set(chunk * CHUNK + i, photo));
      asked.set(chunk, Promise.resolve());
      page.images.forEach((photo) => {
        if (selected.has(photo.id)) selected.set(photo.id, photo);
      });
      here = Math.max(0, Math.min(here, total - 1));
    } catch {
      return;
    }
    changed();
  };

  list.addEventListener('pointerdown', () => list.classList.remove('is-keyed'));
  list.addEventListener('click', (event) => {
    const tile = event.target.closest('.tile');
    if (!tile) return;
    list.focus({ preventScroll: true });
    const isTouch = event.pointerType === 'touch';
    const isMark = !!event.target.closest('.tile-mark');
    choose(+tile.dataset.place, {
      isRange: event.shiftKey,
      isMore: isTouch || isMark || event.ctrlKey || event.metaKey,
    });
  });
  list.addEventListener('dblclick', (event) => {
    const tile = event.target.closest('.tile');
    if (tile) onOpen(+tile.dataset.place);
  });
  list.addEventListener('mousedown', (event) => {
    if (event.shiftKey) event.preventDefault();
  }); // no text selection
  list.addEventListener('dragstart', (event) => {
    const place = +event.target.closest('.tile')?.dataset.place;
    const photo = photos.get(place);
    if (!photo) return;
    if (!selected.has(photo.id)) choose(place);
    event.dataTransfer.setData('application/x-dragon', 'photos');
    event.dataTransfer.effectAllowed = 'copy';
  });
  addEventListener('scroll', drawSoon, { passive: true, capture: true });
  new ResizeObserver(drawSoon).observe(list);

  return {
    list,
    draw,
    reload,
    move,
    choose,
    chooseAll,
    chooseThese,
    clear,
    ensure,
    show,
    startOver: () => {
      here = anchor = 0;
      photos.clear();
      total = 0;
      return reload({ keepsSelection: false });
    },
    selection: () => [...selected.values()],
    places: () => [
      here,
      ...[...photos].filter(([, photo]) => selected.has(photo.id)).map(([place]) => place),
    ],
    photoAt: (place) => photos.get(place),
    isLoaded: () => isLoaded,
    here: () => here,
    total: () => total,
    columns: () => columns,
    /* Show a label at once; what the app then says wins at the next reload. */
    relabel: (classIds) => {
      for (const photo of photos.values()) {
        if (classIds.has(photo.id)) photo.class_id = classIds.get(photo.id);
      }
      draw();
    },
  };
};
