/* The webcam: a frame is sent when the answer to the one before it is there, so that a slow machine
   sends fewer and nothing piles up. Frames are not kept anywhere. */
const createCamera = ({ onFrame, onEnd }) => {
  const SIDE_PX = 320;
  const video = el('video', { class: 'camera-video', muted: true, playsinline: true, 'aria-label': 'What the webcam sees' });
  const canvas = document.createElement('canvas');
  let stream = null, session = 0;

  const refusal = (error) => ({
    NotAllowedError: 'The browser was not allowed to use the webcam. Allow it in the address bar, then start it again; a photo works too.',
    NotFoundError: 'No webcam was found. Plug one in, or drop a photo.',
    NotReadableError: 'The webcam is busy: another program uses it. Close that one, then start it again.',
  }[error.name] ?? 'The webcam could not be started. Drop a photo instead.');

  const frame = () => new Promise((resolve) => {
    const scale = SIDE_PX / Math.min(video.videoWidth, video.videoHeight);
    canvas.width = Math.round(video.videoWidth * scale);
    canvas.height = Math.round(video.videoHeight * scale);
    canvas.getContext('2d').drawImage(video, 0, 0, canvas.width, canvas.height);
    canvas.toBlob(resolve, 'image/jpeg', 0.9);
  });
  const wait = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });
  const loop = async (mine) => {
    while (mine === session && video.isConnected) {
      if (!dragon.isSeen(video) || !video.videoWidth) { await wait(100); continue; }
      const blob = await frame();
      if (mine !== session || !blob) continue;
      // Nobody reads faster than this, and training beside it keeps its share of the machine.
      await Promise.all([onFrame(blob), wait(100)]);
    }
  };
  const stop = () => {
    session += 1;
    stream?.getTracks().forEach((track) => track.stop());
    stream = null;
    video.srcObject = null;
    onEnd();
  };
  /* Resolves to nothing, or to why there is no picture. */
  const start = async () => {
    const mine = ++session;
    if (!navigator.mediaDevices) return 'This browser gives no access to a webcam. Drop a photo instead.';
    try {
      const got = await navigator.mediaDevices.getUserMedia({ video: { width: { ideal: 640 }, height: { ideal: 480 } } });
      if (mine !== session) { got.getTracks().forEach((track) => track.stop()); return null; }
      stream = got;
      stream.getVideoTracks()[0].addEventListener('ended', stop);
      video.srcObject = stream;
      await video.play();
    } catch (error) {
      stop();
      return refusal(error);
    }
    loop(mine);
    return null;
  };
  const mirror = (is) => video.classList.toggle('is-mirrored', is);
  return { node: video, start, stop, mirror, isOn: () => !!stream };
};
