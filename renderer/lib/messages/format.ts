import { locale } from '../locale.ts';

export type MessageParams = Readonly<Record<string, string | number>>;

type Part =
  | string
  | { readonly name: string }
  | { readonly name: string; readonly number: true }
  | { readonly name: string; readonly choices: ReadonlyMap<string, readonly Part[]>; readonly plural: boolean }
  | '#';

const plurals = new Intl.PluralRules(locale.tag);
const numbers = new Intl.NumberFormat(locale.tag);
const parsed = new Map<string, readonly Part[]>();

/**
 * Fills an ICU-like message: `{name}`, `{n, number}`, `{n, plural, =0 {none} one {# mail} other {# mails}}`,
 * `{kind, select, a {…} other {…}}`. A missing parameter shows as its name in braces, so that it is seen.
 */
export function formatMessage(message: string, params: MessageParams = {}): string {
  if (!message.includes('{')) return message;
  let parts = parsed.get(message);
  if (!parts) {
    parts = parse(message, 0, false).parts;
    parsed.set(message, parts);
  }
  return render(parts, params, null);
}

function render(parts: readonly Part[], params: MessageParams, count: number | null): string {
  let text = '';
  for (const part of parts) {
    if (part === '#') text += count === null ? '#' : numbers.format(count);
    else if (typeof part === 'string') text += part;
    else {
      const value = params[part.name];
      if (value === undefined) text += `{${part.name}}`;
      else if ('choices' in part) {
        const chosen = choose(part.choices, part.plural, value);
        text += chosen ? render(chosen, params, typeof value === 'number' ? value : count) : '';
      } else text += typeof value === 'number' ? numbers.format(value) : value;
    }
  }
  return text;
}

function choose(choices: ReadonlyMap<string, readonly Part[]>, plural: boolean, value: string | number): readonly Part[] | undefined {
  if (!plural) return choices.get(String(value)) ?? choices.get('other');
  return choices.get(`=${value}`) ?? choices.get(plurals.select(Number(value))) ?? choices.get('other');
}

function parse(message: string, from: number, inside: boolean): { parts: readonly Part[]; end: number } {
  const parts: Part[] = [];
  let text = '';
  let at = from;
  const flush = () => {
    if (text) parts.push(text);
    text = '';
  };
  while (at < message.length) {
    const char = message[at];
    if (char === '}' && inside) break;
    if (char === '#' && inside) {
      flush();
      parts.push('#');
      at += 1;
    } else if (char === '{') {
      flush();
      const argument = parseArgument(message, at);
      parts.push(argument.part);
      at = argument.end;
    } else {
      text += char;
      at += 1;
    }
  }
  flush();
  return { parts, end: at };
}

function parseArgument(message: string, from: number): { part: Part; end: number } {
  const head = /^\{\s*([A-Za-z0-9_]+)\s*(?:,\s*(number|plural|select)\s*)?([,}])/.exec(message.slice(from));
  if (!head?.[1]) throw new Error(`Message cannot be read at ${from}: ${message}`);
  const name = head[1];
  let at = from + head[0].length;
  if (head[3] === '}') return { part: head[2] === 'number' ? { name, number: true } : { name }, end: at };
  const choices = new Map<string, readonly Part[]>();
  for (;;) {
    const rest = message.slice(at);
    const close = /^\s*\}/.exec(rest);
    if (close) return { part: { name, choices, plural: head[2] === 'plural' }, end: at + close[0].length };
    const key = /^\s*(=?[A-Za-z0-9_-]+)\s*\{/.exec(rest);
    if (!key?.[1]) throw new Error(`Message cannot be read at ${at}: ${message}`);
    const branch = parse(message, at + key[0].length, true);
    choices.set(key[1], branch.parts);
    at = branch.end + 1;
  }
}
