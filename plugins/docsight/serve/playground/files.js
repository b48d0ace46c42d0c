// Files that were chosen or dropped, with their paths inside a dropped folder.

/**
 * Return the files of a drop, those in folders too.
 *
 * @param {DataTransfer} transfer
 * @returns {Promise<{file: File, path: string}[]>}
 */
export async function droppedFiles(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.length) return chosenFiles(transfer.files);
  const found = await Promise.all(entries.map((entry) => readEntry(entry, "")));
  return found.flat();
}

/** Return the files of an input; those of a folder have their path in it. */
export function chosenFiles(files) {
  return [...files].map((file) => ({ file, path: file.webkitRelativePath || file.name }));
}

async function readEntry(entry, folder) {
  const path = folder + entry.name;
  if (entry.isFile) {
    const file = await new Promise((resolve, reject) => entry.file(resolve, reject));
    return [{ file, path }];
  }
  const reader = entry.createReader();
  const found = [];
  for (;;) {
    // A reader returns its entries in parts, the last of which is empty.
    const part = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!part.length) return found;
    const read = await Promise.all(part.map((each) => readEntry(each, `${path}/`)));
    found.push(...read.flat());
  }
}

/** Write a size in bytes for people. */
export function formatBytes(bytes) {
  if (bytes < 1000) return `${bytes} bytes`;
  if (bytes < 1e6) return `${Math.round(bytes / 1000)} kB`;
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
