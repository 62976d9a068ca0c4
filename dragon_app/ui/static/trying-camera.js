/* The webcam on Try: a frame is sent when the answer to the one before it is there, so that a slow
   machine sends fewer and nothing piles up. Frames are not kept anywhere. */
const createCamera = ({ onFrame, onEnd }) => {
  const SMALL = { side_px: 320, quality: 0.9 };
  const camera = dragon.webcam({ width: 640, height: 480, onEnd });
  const wait = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });
  const loop = async () => {
    const mine = camera.session();
    const isMine = () => mine === camera.session();
    while (isMine() && camera.node.isConnected) {
      const blob = dragon.isSeen(camera.node) ? await camera.frame(SMALL) : null;
      if (!isMine()) return;
      // Nobody reads faster than this, and training beside it keeps its share of the machine.
      await Promise.all([blob && onFrame(blob), wait(100)]);
    }
  };
  /* Which webcam: asked only where there are several. */
  const menu = dragon.el('select', { class: 'd-input', 'aria-label': 'Webcam', hidden: true });
  const offer = async () => {
    const found = await camera.devices();
    menu.replaceChildren(...found.map(({ id, name }) => dragon.el('option', { value: id, text: name, selected: id === camera.device() })));
    menu.hidden = found.length < 2 || !camera.isOn();
  };
  const start = async (device) => {
    const problem = await camera.start({ device });
    if (camera.isOn()) {
      loop();
      offer();
    }
    return problem;
  };
  const mirror = (is) => camera.node.classList.toggle('is-mirrored', is);
  return { node: camera.node, menu, start, stop: camera.stop, mirror, isOn: camera.isOn };
};

/* Bars that follow a webcam calmly: each answer counts for a part, the ones before it for the rest. */
const createSmoother = () => {
  const KEPT = 0.6; // at 8 answers a second, a change is seen in full after half a second
  let shares = new Map();
  const smooth = (answer) => {
    const before = shares;
    shares = new Map(
      answer.classes.map(({ name, probability }) => [
        name,
        before.has(name) ? KEPT * before.get(name) + (1 - KEPT) * probability : probability,
      ]),
    );
    const classes = [...shares].map(([name, probability]) => ({ name, probability }));
    return { ...answer, classes: classes.sort((a, b) => b.probability - a.probability) };
  };
  return { smooth, forget: () => shares.clear() };
};
