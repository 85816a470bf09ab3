import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';
import { sequenceFileSchema, type SequenceFile } from '../../../shared/schemas/sequence.ts';

/** What the fields of a step are when a file does not name them; left out of files, so that they stay readable. */
const silent: Readonly<Record<string, unknown>> = { weight: 1, active: true, html: '', text: '', subject: '', businessDays: false, not: false, name: '', stepId: null };

/**
 * A sequence as one readable file, YAML or JSON. Reading it back gives exactly the same sequence. Lists, files and other
 * sequences are named by their ids, which mean nothing in another workspace: after an import the check says so.
 */
export function writeSequenceFile(sequence: Omit<SequenceFile, 'format'>, format: 'yaml' | 'json'): string {
  const file = { format: 'homing-sequence-1' as const, name: sequence.name, description: sequence.description, steps: sequence.steps.map(short) };
  if (format === 'json') return `${JSON.stringify(file, null, 2)}\n`;
  return stringify(file, { lineWidth: 0, blockQuote: 'literal' });
}

/** Reads a file, YAML or JSON. Throws AppError validation with the place of what is wrong. */
export function readSequenceFile(text: string): SequenceFile {
  let value: unknown;
  try {
    // No anchors that grow: a file of a few lines must not become gigabytes.
    value = parse(text.replace(/^\ufeff/, ''), { maxAliasCount: 0, schema: 'core' });
  } catch (error) {
    throw new AppError('validation', `This file cannot be read as YAML or JSON: ${error instanceof Error ? error.message.split('\n')[0] : ''}`, {
      fields: { text: 'Not YAML or JSON' },
    });
  }
  const read = sequenceFileSchema.safeParse(value);
  if (read.success) return read.data;
  const fields = Object.fromEntries(read.error.issues.slice(0, 20).map((issue) => [issue.path.join('.') || 'file', issue.message]));
  const [first] = Object.entries(fields);
  throw new AppError('validation', `This is not a sequence that Homing can read${first === undefined ? '' : `: ${first[0]}: ${first[1]}`}.`, { fields });
}

/** The published JSON Schema (draft 2020-12) of the file. */
export function sequenceFileJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(sequenceFileSchema, { io: 'input' });
}

/** Without what a file need not say. A field of another kind with the same name (a task's `note`) is never in the table. */
function short(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(short);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, own]) => own !== undefined && !(key in silent && silent[key] === own))
      .map(([key, own]) => [key, short(own)]),
  );
}
