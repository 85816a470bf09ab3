import { useEffect, useRef, useState } from 'react';
import type { SequenceBrief, SequenceDraft } from '../../../shared/schemas/sequence-draft.ts';
import { notifyError } from '../../components/notify.tsx';
import { client } from '../../lib/client.ts';

/** Has a sequence drafted for a brief. `begun` = mails that are begun while it is written, null when nothing is. */
export function useSequenceDraft() {
  const [begun, setBegun] = useState<number | null>(null);
  const [draft, setDraft] = useState<SequenceDraft | null>(null);
  const abort = useRef<AbortController | null>(null);
  useEffect(() => () => abort.current?.abort(), []);

  const write = async (brief: SequenceBrief) => {
    const own = new AbortController();
    abort.current = own;
    setBegun(0);
    setDraft(null);
    try {
      for await (const part of await client.assist.draftSequence(brief, { signal: own.signal })) {
        if (own.signal.aborted) break;
        if (part.kind === 'partial') setBegun(part.value);
        else setDraft(part.value);
      }
    } catch (error) {
      if (!own.signal.aborted) notifyError(error);
    } finally {
      if (abort.current === own) setBegun(null);
    }
  };
  return { begun, draft, write, cancel: () => abort.current?.abort(), forget: () => setDraft(null) };
}
