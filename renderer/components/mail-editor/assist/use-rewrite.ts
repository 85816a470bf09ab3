import { useEffect, useRef, useState } from 'react';
import type { RewriteInput, Rewritten } from '../../../../shared/schemas/assist.ts';
import { client } from '../../../lib/client.ts';
import { notifyError } from '../../notify.tsx';

/** Has a text rewritten. `partial` = what is written until now, null when nothing is being written. */
export function useRewrite() {
  const [partial, setPartial] = useState<string | null>(null);
  const [done, setDone] = useState<Rewritten | null>(null);
  const abort = useRef<AbortController | null>(null);
  useEffect(() => () => abort.current?.abort(), []);

  const rewrite = async (input: RewriteInput) => {
    abort.current?.abort();
    const own = new AbortController();
    abort.current = own;
    setPartial('');
    setDone(null);
    try {
      for await (const part of await client.assist.rewrite(input, { signal: own.signal })) {
        if (own.signal.aborted) break;
        if (part.kind === 'partial') setPartial(part.value);
        else setDone(part.value);
      }
    } catch (error) {
      if (!own.signal.aborted) notifyError(error);
    } finally {
      if (abort.current === own) setPartial(null);
    }
  };
  return {
    partial,
    done,
    rewrite,
    cancel: () => {
      abort.current?.abort();
      setPartial(null);
    },
    forget: () => setDone(null),
  };
}
