import type { z } from 'zod';

/**
 * The JSON object in a model's answer: alone, in a code fence, after its thoughts or among words. Undefined when there is
 * none or it is cut off.
 */
export function readJson(text: string): unknown {
  const spoken = text.replace(/^[\s\S]*<\/think>/, '').trim();
  const fenced = /```(?:json)?\s*\n([\s\S]*?)\n\s*```/.exec(spoken)?.[1];
  for (const candidate of [spoken, fenced, spoken.slice(spoken.indexOf('{'), spoken.lastIndexOf('}') + 1)]) {
    if (candidate === undefined || candidate === '') continue;
    try {
      const value: unknown = JSON.parse(candidate);
      if (typeof value === 'object' && value !== null) return value;
    } catch {
      // The next candidate may be better.
    }
  }
  return undefined;
}

/** The answer as the schema knows it; undefined when it does not keep to it. */
export function readAnswer<T>(text: string, schema: z.ZodType<T>, restore: (answer: unknown) => unknown): T | undefined {
  const json = readJson(text);
  if (json === undefined) return undefined;
  const parsed = schema.safeParse(restore(json));
  return parsed.success ? parsed.data : undefined;
}

/** What is known of a string field of a JSON object that is still being written; empty = it has not begun. */
export function partialText(json: string, field: string): string {
  const begun = new RegExp(`"${field}"\\s*:\\s*"`).exec(json);
  if (begun === null) return '';
  const rest = json.slice(begun.index + begun[0].length);
  const body = /^(?:[^"\\]|\\(?:u[0-9a-fA-F]{4}|[^u]))*/.exec(rest)?.[0] ?? '';
  try {
    return JSON.parse(`"${body}"`) as string;
  } catch {
    return '';
  }
}
