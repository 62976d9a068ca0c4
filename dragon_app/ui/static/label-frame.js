/* Returns what asks for `work` before the next picture of the page, once however often it is asked: a
   key has done what it does, and was sent, before anything is drawn. */
const onceAFrame = (work) => {
  let isWanted = false;
  return () => {
    if (isWanted) return;
    isWanted = true;
    requestAnimationFrame(() => {
      isWanted = false;
      work();
    });
  };
};
