/* What this tab shows, over a reload: the list and the place in it. Each workspace has its own. */
const createMemory = ({ list, chosen, grid, runView }) => {
  let place = null,
    kept = null;

  const keep = () => {
    if (!place) return;
    const { within, ...which } = list.which();
    const run = within ? runView.run() : null; // its photos are asked for again by its number
    const edge = grid.edge();
    history.scrollRestoration = edge ? 'manual' : 'auto'; // the browser would scroll before the photos are there
    const here = chosen.isSettled() ? chosen.hereId() : null;
    const now = { which, run, here, edge, isInSight: here !== null && grid.isInSight(chosen.here()) };
    try {
      if (within && run === null) sessionStorage.removeItem(place); // photos gathered for a moment
      else sessionStorage.setItem(place, JSON.stringify(now));
    } catch {
      /* the browser keeps nothing: then a reload begins with all photos */
    }
  };
  addEventListener('pagehide', keep);

  return {
    /* What was kept for a workspace, the first time that it is asked for; else nothing. */
    begin: (workspace) => {
      if (place) return null;
      place = `dragon-list-${workspace}`;
      try {
        kept = JSON.parse(sessionStorage.getItem(place));
      } catch {
        /* it cannot be read */
      }
      return kept;
    },
    /* Go to the photo where the keys were, unless somebody went elsewhere since. */
    goBack: () => {
      const { within, ...which } = list.which();
      const isSame = kept.run ? !!within : JSON.stringify(which) === JSON.stringify(kept.which);
      if (!isSame || chosen.isSettled()) return;
      const here = list.placeOf(kept.here);
      if (here >= 0) chosen.go(here);
      if (kept.edge) grid.showEdge(kept.edge);
      if (here >= 0 && kept.isInSight) grid.show(here); // what is above the photos may be higher by now
    },
  };
};
