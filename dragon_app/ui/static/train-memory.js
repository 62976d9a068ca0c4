/* The preset and the settings that a person chose, over a reload and a restart; each workspace has its own. */
const createTrainMemory = () => {
  let place = null, written = '';
  const read = () => {
    try { return JSON.parse(localStorage.getItem(place)); } catch { return null; }  // it keeps nothing, or something else
  };
  return {
    /* What was chosen in a workspace, the first time that it is asked for; else nothing. */
    begin: (workspace) => {
      if (place) return null;
      place = `dragon-train-${workspace}`;
      const kept = read();
      return typeof kept?.preset === 'string' && kept.values && typeof kept.values === 'object' ? kept : null;
    },
    keep: (preset, values) => {
      const now = JSON.stringify({ preset, values });
      if (!place || now === written) return;
      written = now;
      try { localStorage.setItem(place, now); } catch { /* then a reload begins with the preset alone */ }
    },
  };
};
