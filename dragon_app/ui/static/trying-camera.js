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
  const start = async () => {
    const problem = await camera.start();
    if (camera.isOn()) loop();
    return problem;
  };
  const mirror = (is) => camera.node.classList.toggle('is-mirrored', is);
  return { node: camera.node, start, stop: camera.stop, mirror, isOn: camera.isOn };
};
