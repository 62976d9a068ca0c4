/* From a drop or a choice to a list of files with the folders they lie in.
   What cannot be read is in the list too, with a `reason` instead of a file: nothing vanishes. */
Object.assign(
  window.dragon,
  (() => {
    const isVisible = (name) => !name.startsWith('.') && !['Thumbs.db', 'desktop.ini'].includes(name);

    /* Entries must be taken from the event at once: it is empty after the first pause. */
    const entriesOf = (transfer) =>
      [...transfer.items]
        .filter((item) => item.kind === 'file')
        .map((item) => item.webkitGetAsEntry?.() ?? item.getAsFile())
        .filter(Boolean);

    const unread = (name, folders, error) => ({
      name,
      reason: `could not be read${error?.message ? `: ${error.message}` : '.'}`,
      folders,
    });

    const filesIn = async (entry, folders) => {
      if (entry instanceof File) return [{ file: entry, folders }];
      if (!isVisible(entry.name)) return [];
      if (entry.isFile) {
        try {
          const file = await new Promise((resolve, reject) => entry.file(resolve, reject));
          return [{ file, folders }];
        } catch (error) {
          return [unread(entry.name, folders, error)];
        }
      }
      const inside = [...folders, entry.name];
      const reader = entry.createReader();
      const found = [],
        lists = [];
      try {
        for (;;) {
          // a reader gives at most 100 at a time
          const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
          if (!some.length) break;
          found.push(...some);
        }
      } catch (error) {
        lists.push([unread(found.length ? `The rest of ${entry.name}` : entry.name, inside, error)]);
      }
      found.sort((a, b) => a.name.localeCompare(b.name));
      for (const each of found) lists.push(await filesIn(each, inside));
      return lists.flat();
    };

    /* A single folder is the whole and its subfolders are classes; several folders are classes themselves. */
    const withoutRoot = (files) => {
      const roots = new Set(files.map((each) => each.folders[0]));
      if (roots.size !== 1 || roots.has(undefined)) return files;
      return files.map((each) => ({ ...each, folders: each.folders.slice(1) }));
    };

    const droppedFiles = async (entries) => {
      const lists = [];
      for (const entry of entries) lists.push(await filesIn(entry, []));
      return withoutRoot(lists.flat());
    };

    /* What a file field holds; `webkitRelativePath` is there when a folder was chosen, whose files
       come in no order: they are put in that of their names. */
    const byPlace = (a, b) => a.webkitRelativePath.localeCompare(b.webkitRelativePath, 'en', { numeric: true });
    const chosenFiles = (list) =>
      withoutRoot(
        [...list]
          .filter((file) => isVisible(file.name))
          .sort(byPlace)
          .map((file) => ({ file, folders: (file.webkitRelativePath || '').split('/').slice(0, -1) }))
          .filter((each) => each.folders.every(isVisible)),
      );
    return { entriesOf, droppedFiles, chosenFiles };
  })(),
);
