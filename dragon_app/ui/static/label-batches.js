/* Cuts photos into batches to send, one each time somebody is free to send it. Knows files, sends nothing.
   The size of a file is a question to the system that the page waits for: so it is asked in slices. */
const createBatches = (photos) => {
  const FILES = [8, 16], // the first are small: the app has something to do at once
    MOST_FILES = 32,
    MOST_BYTES = 20e6,
    SLICE = 50;
  const sizes = [];
  let first = 0, // of the next batch
    known = 0, // bytes of all photos whose size was asked
    cut = 0; // bytes of all batches so far
  const size = (i) => {
    for (; sizes.length <= i; known += sizes.at(-1)) sizes.push(photos[sizes.length].file.size);
    return sizes[i];
  };
  const measure = async () => {
    while (sizes.length < photos.length) {
      await new Promise((resolve) => setTimeout(resolve));
      size(Math.min(photos.length, sizes.length + SLICE) - 1);
    }
  };
  return {
    measure,
    /* The next photos, and how many bytes there are of them and all after them, as far as is known by now. */
    *[Symbol.iterator]() {
      while (first < photos.length) {
        const most = FILES.shift() ?? MOST_FILES;
        let end = first,
          bytes = 0;
        while (end < photos.length && end - first < most && !(bytes && bytes + size(end) > MOST_BYTES)) {
          bytes += size(end);
          end += 1;
        }
        const batch = { photos: photos.slice(first, end), remaining: known - cut };
        first = end;
        cut += bytes;
        yield batch;
      }
    },
  };
};
