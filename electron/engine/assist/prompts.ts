import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { appRoot } from '../lib/app-root.ts';

const promptFileSchema = z.strictObject({ system: z.string(), input: z.string(), maxTokens: z.number().int().min(1) });

export interface Prompt {
  /** Name and version, as the file is called: `reply-class.v1`. */
  readonly version: string;
  readonly system: string;
  readonly maxTokens: number;
  /** The question with its values. Throws when the file names a value that is not given. */
  fill(values: Readonly<Record<string, string>>): string;
}

const known = new Map<string, Prompt>();

/** Reads `resources/prompts/<version>.yaml`, once. A prompt that is changed gets a new version: answers are cached by it. */
export async function loadPrompt(version: string): Promise<Prompt> {
  let prompt = known.get(version);
  if (prompt === undefined) {
    // Loaded at the first question: it must not cost memory where nobody asks.
    const { parse } = await import('yaml');
    const { system, input, maxTokens } = promptFileSchema.parse(parse(readFileSync(join(appRoot(), 'resources', 'prompts', `${version}.yaml`), 'utf8')));
    prompt = { version, system: system.trim(), maxTokens, fill: (values) => fill(input.trim(), values, version) };
    known.set(version, prompt);
  }
  return prompt;
}

function fill(text: string, values: Readonly<Record<string, string>>, version: string): string {
  return text.replace(/\{\{ (\w+) \}\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`The prompt ${version} wants ${name}`);
    return value;
  });
}

/**
 * Somebody else's text as data of a prompt: between marks that the text cannot contain, for they are made of its own hash.
 * Nothing in it is an instruction; the prompts say so, and no answer can cause more than its schema allows.
 */
export function asData(text: string): string {
  const mark = createHash('sha256').update(text).digest('hex').slice(0, 16);
  return `<data ${mark}>\n${text}\n</data ${mark}>`;
}
