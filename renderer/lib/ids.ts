/** A random id for drafts and requests that must not be carried out twice. */
export function newId(): string {
  return crypto.randomUUID();
}
