/* In Try: the map of what the run looked at, for one photo whose answer is there. */
const createTriedHeat = ({ stage, photo }) => {
  const heat = dragon.heat();
  stage.append(heat.veil);
  const MOST = 8;
  /* Nothing to lay a map over where the browser cannot draw the photo, nor without an answer. */
  const show = (file, answer, run) => {
    if (photo.hidden || !answer.classes.length) heat.clear();
    else heat.offer({ file }, run, answer.classes.slice(0, MOST).map((each) => each.name));
  };
  photo.addEventListener('error', heat.clear);
  return { node: heat.node, show, clear: heat.clear };
};
