import { nearest } from './nearest.ts';

/** Merge tags: the names that exist, how they are written, and what is wrong with an unknown one. */

/** The standard tags, in the order in which they are offered. */
export const standardTags: readonly { readonly tag: string; readonly label: string; readonly example: string }[] = [
  { tag: 'first_name', label: 'First name', example: 'Ada' },
  { tag: 'last_name', label: 'Last name', example: 'Lovelace' },
  { tag: 'full_name', label: 'Full name', example: 'Ada Lovelace' },
  { tag: 'company', label: 'Company', example: 'Analytical Engines' },
  { tag: 'title', label: 'Job title', example: 'Programmer' },
  { tag: 'email', label: 'E-mail address', example: 'ada@example.com' },
  { tag: 'domain', label: 'Domain of the address', example: 'example.com' },
  { tag: 'phone', label: 'Phone', example: '+44 20 7946 0018' },
  { tag: 'website', label: 'Website', example: 'https://example.com' },
  { tag: 'city', label: 'City', example: 'London' },
  { tag: 'country', label: 'Country', example: 'United Kingdom' },
  { tag: 'time_zone', label: 'Time zone', example: 'Europe/London' },
  { tag: 'sender.name', label: 'Your name', example: 'Grace' },
  { tag: 'sender.address', label: 'Your address', example: 'grace@example.com' },
  { tag: 'sender.signature', label: 'Your signature', example: 'Grace' },
  { tag: 'sender.postal_address', label: 'Your postal address', example: '1 Example Street, London' },
  { tag: 'sender.former_name', label: 'Who wrote before, after a change of mailbox', example: '' },
  { tag: 'personal.block', label: 'Personal block, written for each person', example: '' },
  { tag: 'unsubscribe', label: 'Opt-out link', example: 'mailto:grace@example.com?subject=unsubscribe' },
];

/** Names that `contact.` knows; anything else under `contact.` can never have a value. */
export const contactNames: readonly string[] = [
  'first_name',
  'last_name',
  'full_name',
  'company',
  'title',
  'email',
  'domain',
  'phone',
  'website',
  'city',
  'country',
  'time_zone',
  'tags',
  'custom',
  'firstName',
  'lastName',
  'fullName',
  'timeZone',
];
const senderNames: readonly string[] = ['name', 'address', 'signature', 'postal_address', 'former_name'];
const personalNames: readonly string[] = ['block'];
const topNames = new Set([...standardTags.map(({ tag }) => tag.split('.')[0] ?? tag), ...contactNames, 'contact', 'custom', 'sender', 'unsubscribe']);

/** Whether a mail shows its personal block. */
export function showsPersonalBlock({ subject, html, text }: { readonly subject: string; readonly html: string; readonly text: string }): boolean {
  return [subject, html, text].some((each) => /\bpersonal\s*\.\s*block\b/.test(each));
}

export interface UnknownTag {
  /** It can never have a value; else it depends on contacts that may still come. */
  readonly blocking: boolean;
  readonly message: string;
  /** The tag that was probably meant, as a path such as `custom.plan`. */
  readonly suggestion: string | null;
}

/**
 * What is wrong with the name of a merge tag, given as its keys (null = worked out while rendering). Null = nothing.
 * `customFields` are the custom fields in use; null = not known, so that only fixed names are checked.
 */
export function unknownTag(keys: readonly (string | null)[], customFields: readonly string[] | null): UnknownTag | null {
  const [root, second, third] = keys;
  if (root === undefined || root === null) return null;
  if (root === 'sender') return fixedName('sender', second, senderNames);
  if (root === 'personal') return fixedName('personal', second, personalNames);
  if (root === 'contact' && second !== 'custom') return fixedName('contact', second, contactNames);
  const field = root === 'contact' ? third : root === 'custom' ? second : root;
  if (field === undefined || field === null || (root === field && topNames.has(root)) || customFields === null || customFields.includes(field)) return null;
  const shown = keys.filter((key) => key !== null).join('.');
  const near = nearest(field, root === field ? [...customFields, ...standardTags.map(({ tag }) => tag)] : customFields);
  const suggestion = near === null ? null : root === field ? near : `${shown.slice(0, -field.length)}${near}`;
  return {
    blocking: false,
    message: `No contact has a field called “${field}”.${suggestion === null ? '' : ` Did you mean {{ ${suggestion} }}?`} A person without it is held, unless the tag has a fallback: {{ ${shown} | default: "…" }}.`,
    suggestion,
  };
}

function fixedName(root: string, name: string | null | undefined, names: readonly string[]): UnknownTag | null {
  if (name === undefined || name === null || names.includes(name)) return null;
  const near = nearest(name, names);
  const hint = near !== null ? ` Did you mean {{ ${root}.${near} }}?` : root === 'contact' ? ` A custom field is written {{ custom.${name} }}.` : '';
  return { blocking: true, message: `There is no merge tag {{ ${root}.${name} }}.${hint}`, suggestion: near === null ? null : `${root}.${near}` };
}

/** Everything of Liquid in a text: outputs, tags, and raw and comment blocks as a whole. Of three braces in a row the first is text. */
export const liquidTag = /\{%-?\s*raw\s*-?%\}[\s\S]*?\{%-?\s*endraw\s*-?%\}|\{%-?\s*comment\s*-?%\}[\s\S]*?\{%-?\s*endcomment\s*-?%\}|\{\{(?![{%])[\s\S]*?\}\}|\{%[\s\S]*?%\}/g;

/** A text in pieces: `liquid` ones verbatim. Joined they are the text again. */
export function splitLiquid(text: string): { readonly liquid: boolean; readonly text: string; readonly at: number }[] {
  const pieces: { liquid: boolean; text: string; at: number }[] = [];
  let from = 0;
  for (const found of text.matchAll(liquidTag)) {
    if (found.index > from) pieces.push({ liquid: false, text: text.slice(from, found.index), at: from });
    pieces.push({ liquid: true, text: found[0], at: found.index });
    from = found.index + found[0].length;
  }
  if (from < text.length) pieces.push({ liquid: false, text: text.slice(from), at: from });
  return pieces;
}

/** A merge tag of the plain kind: a name, and at most a fallback in quotes. */
export interface PlainTag {
  readonly name: string;
  readonly keys: readonly string[];
  readonly fallback: string | null;
}

const plainTag = /^\{\{-?\s*([\p{L}_][\p{L}\p{N}_-]*(?:\.[\p{L}\p{N}_-]+|\["[^"\]{}]+"\])*)\s*(?:\|\s*default:\s*(?:"([^"{}]*)"|'([^'{}]*)')\s*)?-?\}\}$/u;

/** Reads `{{ custom.plan | default: "free" }}`; null for anything with more in it. */
export function readMergeTag(source: string): PlainTag | null {
  const found = plainTag.exec(source.trim());
  const name = found?.[1];
  if (found === null || name === undefined) return null;
  const keys = [...name.matchAll(/\["([^"]+)"\]|[^.[\]"]+/g)].map(([whole, quoted]) => quoted ?? whole);
  return { name, keys, fallback: found[2] ?? found[3] ?? null };
}

/** The name of an output whatever filters follow it: `custom.plan` of `{{ custom.plan | upcase }}`; null for a literal or a tag of logic. */
export function outputKeys(source: string): string[] | null {
  const name = /^\{\{-?\s*([^|}]*?)\s*(?:\||-?\}\})/.exec(source)?.[1];
  return name === undefined ? null : [...(readMergeTag(`{{ ${name} }}`)?.keys ?? [])];
}

/**
 * The text of a merge tag. `tag` may come with or without braces; a fallback becomes `| default: "…"`. Liquid has no
 * escapes inside strings, so that the quote is chosen by what the fallback holds, and dropped where it holds both.
 */
export function mergeTag(tag: string, fallback = ''): string {
  const name = tag
    .replace(/^\{\{-?\s*/, '')
    .replace(/\s*-?\}\}$/, '')
    .trim();
  const value = fallback.trim().replace(/[{}%]/g, '');
  if (value === '') return `{{ ${name} }}`;
  const quote = value.includes('"') ? "'" : '"';
  return `{{ ${name} | default: ${quote}${value.replaceAll(quote, '')}${quote} }}`;
}
