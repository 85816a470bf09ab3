/** A mail's own words and, apart, what it quotes at its end: lines marked with “>” and the line that introduces them. */
export function splitQuote(text: string): { own: string; quote: string } {
  const lines = text.split('\n');
  let start = lines.length;
  let marked = false;
  while (start > 0) {
    const line = (lines[start - 1] ?? '').trim();
    if (line !== '' && !line.startsWith('>')) break;
    marked ||= line !== '';
    start -= 1;
  }
  if (!marked) return { own: text, quote: '' };
  // “On Tuesday Anna Berg <anna@example.com> wrote:”, which mail programs break into up to three lines.
  if ((lines[start - 1] ?? '').trim().endsWith(':')) {
    start -= 1;
    for (let more = 0; more < 2 && start > 0 && (lines[start - 1] ?? '').trim() !== ''; more += 1) start -= 1;
  }
  const own = lines.slice(0, start).join('\n').trimEnd();
  return own.trim() === '' ? { own: text, quote: '' } : { own, quote: lines.slice(start).join('\n').trim() };
}
