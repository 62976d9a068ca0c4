/* The webcam for every tab: its picture, starting it or saying why not, and one frame of it. */
Object.assign(
  window.dragon,
  (() => {
    const { el } = window.dragon;
    const REFUSALS = {
      NotAllowedError:
        'The browser was not allowed to use the webcam. Allow it in the address bar, then start it again; a photo works too.',
      NotFoundError: 'No webcam was found. Plug one in, or drop a photo.',
      NotReadableError: 'The webcam is busy: another program uses it. Close that one, then start it again.',
    };
    const webcam = ({ width, height, onEnd = () => {} }) => {
      const node = el('video', {
        class: 'camera-video',
        muted: true,
        playsinline: true,
        'aria-label': 'What the webcam sees',
      });
      const canvas = document.createElement('canvas');
      let stream = null,
        session = 0;

      /* What it sees now as a JPEG, the shorter side `side_px` or its own; null when it sees nothing. */
      const frame = ({ side_px = null, quality = 0.92 } = {}) => {
        if (!node.videoWidth) return Promise.resolve(null);
        const scale = side_px ? side_px / Math.min(node.videoWidth, node.videoHeight) : 1;
        canvas.width = Math.round(node.videoWidth * scale);
        canvas.height = Math.round(node.videoHeight * scale);
        canvas.getContext('2d').drawImage(node, 0, 0, canvas.width, canvas.height);
        return new Promise((resolve) => {
          canvas.toBlob(resolve, 'image/jpeg', quality);
        });
      };
      const stop = () => {
        session += 1;
        stream?.getTracks().forEach((track) => track.stop());
        stream = null;
        node.srcObject = null;
        onEnd();
      };
      /* Resolves to nothing, or to why there is no picture; `device` is one of `devices`. */
      const start = async ({ device = null } = {}) => {
        session += 1;
        const mine = session;
        if (!navigator.mediaDevices) return 'This browser gives no access to a webcam. Drop a photo instead.';
        try {
          const video = { width: { ideal: width }, height: { ideal: height } };
          if (device) video.deviceId = { exact: device };
          const got = await navigator.mediaDevices.getUserMedia({ video });
          if (mine !== session) {
            got.getTracks().forEach((track) => track.stop());
            return null;
          }
          stream = got;
          stream.getVideoTracks()[0].addEventListener('ended', stop);
          node.srcObject = stream;
          await node.play();
        } catch (error) {
          if (mine !== session) return null; // it was stopped while it started
          stop();
          return REFUSALS[error.name] ?? 'The webcam could not be started. Drop a photo instead.';
        }
        return null;
      };
      /* The webcams there are, {id, name}; they have names once one was allowed. */
      const devices = async () => {
        const found = await navigator.mediaDevices.enumerateDevices();
        return found
          .filter((each) => each.kind === 'videoinput')
          .map((each, i) => ({ id: each.deviceId, name: each.label || `Webcam ${i + 1}` }));
      };
      /* Which of them is at work. */
      const device = () => stream?.getVideoTracks()[0]?.getSettings().deviceId;
      return { node, frame, start, stop, devices, device, session: () => session, isOn: () => !!stream };
    };
    return { webcam };
  })(),
);
