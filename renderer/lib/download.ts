/** Hands a file of the engine to the browser as a download. */
export function saveFile(file: File | Blob, fallbackName: string): void {
  const url = URL.createObjectURL(file);
  const anchor = document.createElement('a');
  anchor.href = url;
  anchor.download = file instanceof File && file.name && file.name !== 'blob' ? file.name : fallbackName;
  document.body.append(anchor);
  anchor.click();
  anchor.remove();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
