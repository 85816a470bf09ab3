import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { maxFileBytes, type MailFile } from '../../shared/schemas/file.ts';
import { api, client } from './client.ts';
import { describeError } from './errors.ts';
import { formatBytes } from './format.ts';
import { newId } from './ids.ts';
import { t } from './messages/index.ts';

/** What mail programs show inside a mail. */
export const pictureTypes = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'];

/** A file on its way into the store, or why it did not get there. */
export interface Upload {
  readonly id: string;
  readonly name: string;
  readonly size: number;
  readonly error: string | null;
}

/** Why a file cannot be stored; null when it can. */
function refusal(file: File, pictures: boolean): string | null {
  if (pictures && !pictureTypes.includes(file.type)) return t('files.notPicture', { name: file.name });
  if (file.size === 0) return t('files.empty', { name: file.name });
  if (file.size > maxFileBytes) return t('files.tooLarge', { name: file.name, size: formatBytes(file.size), max: formatBytes(maxFileBytes) });
  return null;
}

/** Stores files one beside the other. What fails stays listed until it is dismissed; leaving the screen cancels what runs. */
export function useUploads(onStored: (file: MailFile) => void, pictures = false) {
  const queryClient = useQueryClient();
  const [uploads, setUploads] = useState<readonly Upload[]>([]);
  const running = useRef(new Map<string, AbortController>());
  const stored = useRef(onStored);
  stored.current = onStored;
  useEffect(() => {
    const controllers = running.current;
    return () => controllers.forEach((controller) => controller.abort());
  }, []);

  const forget = (id: string) => setUploads((list) => list.filter((upload) => upload.id !== id));
  const fail = (id: string, error: string) => setUploads((list) => list.map((upload) => (upload.id === id ? { ...upload, error } : upload)));

  async function store(id: string, file: File): Promise<void> {
    const controller = new AbortController();
    running.current.set(id, controller);
    try {
      const result = await client.files.upload({ file }, { signal: controller.signal });
      queryClient.setQueryData(api.files.get.queryKey({ input: { id: result.id } }), result);
      void queryClient.invalidateQueries({ queryKey: api.files.list.key() });
      forget(id);
      stored.current(result);
    } catch (error) {
      if (controller.signal.aborted) forget(id);
      else fail(id, t('files.failed', { name: file.name, reason: describeError(error).sentence }));
    } finally {
      running.current.delete(id);
    }
  }

  return {
    uploads,
    add(files: readonly File[]): void {
      const made = files.map((file) => ({ file, upload: { id: newId(), name: file.name, size: file.size, error: refusal(file, pictures) } }));
      setUploads((list) => [...list.filter(({ error }) => error === null), ...made.map(({ upload }) => upload)]);
      for (const { file, upload } of made) if (upload.error === null) void store(upload.id, file);
    },
    refuse(error: string): void {
      setUploads((list) => [...list, { id: newId(), name: '', size: 0, error }]);
    },
    /** Cancels what runs, dismisses what failed. */
    cancel(id: string): void {
      const controller = running.current.get(id);
      if (controller) controller.abort();
      else forget(id);
    },
  };
}
