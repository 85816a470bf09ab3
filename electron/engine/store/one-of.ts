/**
 * SQL that says that a column is one of some constants, as comparisons. An IN list of three or more is built anew as a
 * table each time that a statement runs, and so is each one in a CHECK or a partial index at every write. A partial index
 * with such a condition serves whoever asks for one of its values, or for all of them in the same words.
 */
export function oneOf(column: string, values: readonly string[]): string {
  return `(${values.map((value) => `${column} = '${value}'`).join(' or ')})`;
}
