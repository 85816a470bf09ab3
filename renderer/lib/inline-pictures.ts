import { useQueries } from '@tanstack/react-query';
import { api, client } from './client.ts';

const storedPicture = /(<img\b[^>]{0,2000}?\bsrc\s*=\s*["'])cid:([A-Za-z0-9-]{8,64})(["'])/gi;

/** The stored files that HTML shows as `cid:<file id>`, as the engine reads it. */
function picturesIn(html: string): string[] {
  return [...new Set([...html.matchAll(storedPicture)].map((found) => found[2] ?? ''))];
}

/** HTML of a mail with its pictures in it, and how many of them are missing. */
export function useInlinePictures(html: string): { html: string; missing: number } {
  const ids = picturesIn(html);
  const pictures = useQueries({
    queries: ids.map((id) => ({
      queryKey: [...api.files.content.queryKey({ input: { id } }), 'data-url'],
      queryFn: async () => dataUrl(await client.files.content({ id })),
      staleTime: Infinity,
      retry: false,
    })),
  });
  const known = new Map(ids.map((id, index) => [id, pictures[index]?.data]));
  return {
    html: html.replace(storedPicture, (whole, before: string, id: string, after: string) => {
      const url = known.get(id);
      return url === undefined ? whole : `${before}${url}${after}`;
    }),
    missing: pictures.filter(({ isError }) => isError).length,
  };
}

function dataUrl(file: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error ?? new Error('The picture cannot be read'));
    reader.readAsDataURL(file);
  });
}

/** Wider pictures break the mail on small screens. */
const widest = 600;

/** The element that shows a stored picture. Outlook sizes by the attribute only. */
export async function pictureElement(file: { id: string; name: string }): Promise<string> {
  const width = await widthOf(file.id).catch(() => null);
  const alt = file.name
    .replace(/\.[^.]+$/, '')
    .replaceAll('&', '&amp;')
    .replaceAll('"', '&quot;')
    .replaceAll('<', '&lt;')
    .replace(/[{}%]/g, '');
  return `<img src="cid:${file.id}" alt="${alt}"${width === null ? '' : ` width="${Math.min(width, widest)}"`} style="max-width:100%;height:auto">`;
}

async function widthOf(id: string): Promise<number> {
  const bitmap = await createImageBitmap(await client.files.content({ id }));
  const { width } = bitmap;
  bitmap.close();
  return width;
}
