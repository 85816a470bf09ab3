import { ORPCError } from '@orpc/client';
import type { ErrorCode } from '../../shared/errors.ts';
import { has, t, type MessageKey } from './messages/index.ts';

/** What the UI knows of a failed call. `sentence` is the engine's own words where it had any. */
export interface Trouble {
  readonly code: ErrorCode | 'offline';
  readonly title: string;
  readonly sentence: string;
  readonly advice: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** Words for any thrown thing: a typed error of the contract, a lost connection, or an unexpected failure. */
export function describeError(error: unknown): Trouble {
  if (error instanceof ORPCError) {
    const code = (has(`error.${error.code}.title`) ? error.code : 'internal') as ErrorCode;
    const data: unknown = error.data;
    return { code, title: words(code, 'title'), sentence: error.message || words(code, 'title'), advice: words(code, 'advice'), fields: fieldsOf(data) };
  }
  // fetch rejects with a TypeError when the server is gone; a closed socket or port throws plain errors.
  if (error instanceof TypeError || (error instanceof Error && /fetch|network|closed|aborted/i.test(error.message))) {
    return { code: 'offline', title: t('error.offline.title'), sentence: t('error.offline.sentence'), advice: t('error.offline.advice'), fields: {} };
  }
  return { code: 'internal', title: words('internal', 'title'), sentence: error instanceof Error ? error.message : String(error), advice: words('internal', 'advice'), fields: {} };
}

function words(code: ErrorCode, part: 'title' | 'advice'): string {
  return t(`error.${code}.${part}` as MessageKey);
}

function fieldsOf(data: unknown): Record<string, string> {
  if (typeof data !== 'object' || data === null) return {};
  const found: Record<string, string> = {};
  if ('fields' in data && typeof data.fields === 'object' && data.fields !== null) {
    for (const [path, sentence] of Object.entries(data.fields)) found[path] = String(sentence);
  }
  // Input that the contract itself refuses arrives as zod issues.
  if ('issues' in data && Array.isArray(data.issues)) {
    for (const issue of data.issues as { path?: unknown[]; message?: string }[]) {
      const path = (issue.path ?? []).map((part) => String(typeof part === 'object' && part !== null && 'key' in part ? part.key : part)).join('.');
      if (path && !found[path]) found[path] = issue.message ?? '';
    }
  }
  return found;
}
