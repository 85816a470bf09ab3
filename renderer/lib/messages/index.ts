import { locale, mirrored } from '../locale.ts';
import { catalogue } from './catalogue.ts';
import { formatMessage, type MessageParams } from './format.ts';

export type MessageKey = keyof typeof catalogue;

const texts: Readonly<Record<MessageKey, string>> = locale.language === mirrored ? inBrackets(catalogue) : catalogue;

/** The words for a key: `t('activity.count', { count: 3 })`. Syntax in `format.ts`. */
export function t(key: MessageKey, params?: MessageParams): string {
  return formatMessage(texts[key], params);
}

/** Whether a key that was put together from data exists. */
export function has(key: string): key is MessageKey {
  return Object.hasOwn(catalogue, key);
}

function inBrackets<K extends string>(messages: Readonly<Record<K, string>>): Record<K, string> {
  return Object.fromEntries(Object.entries<string>(messages).map(([key, message]) => [key, `⟦${message}⟧`])) as Record<K, string>;
}
