/**
 * A JSON parser that remembers: equal texts give the same object. For settings that every mail reads again (rules,
 * limits, calendars); what it returns must not be changed. `parse` fills in what a text of an older version lacks.
 */
export function createParseOnce<T>(parse: (value: unknown) => T, most = 200): (json: string) => T {
  const known = new Map<string, T>();
  return (json) => {
    let value = known.get(json);
    if (value === undefined) {
      if (known.size >= most) known.clear();
      known.set(json, (value = parse(JSON.parse(json))));
    }
    return value;
  };
}
