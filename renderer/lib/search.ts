/** A text parameter of an address as an object to spread: absent when it is missing or empty. */
export function textParam<K extends string>(search: Record<string, unknown>, key: K): { [P in K]?: string } {
  const value = search[key];
  const text = typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
  return (text === '' ? {} : { [key]: text }) as { [P in K]?: string };
}

/** A parameter that may only be one of a list. */
export function choiceParam<K extends string, T extends string>(search: Record<string, unknown>, key: K, choices: readonly T[]): { [P in K]?: T } {
  const value = search[key];
  return (typeof value === 'string' && (choices as readonly string[]).includes(value) ? { [key]: value } : {}) as { [P in K]?: T };
}
