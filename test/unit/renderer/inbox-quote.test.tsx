import { describe, expect, it } from 'vitest';
import { splitQuote } from '../../../renderer/features/inbox/quote.ts';

describe('quoted text', () => {
  it('is split off with the line that introduces it, broken or not', () => {
    for (const intro of ['On Tue, 3 Mar 2026, Robin wrote:', 'On Tue, 3 Mar 2026, Robin Vale\n<robin@example.com> wrote:', 'Am 3. März schrieb Robin:']) {
      expect(splitQuote(`Hi,\n\nthat suits me.\nAnna\n\n${intro}\n> Hello\n>\n> Robin\n`)).toEqual({ own: 'Hi,\n\nthat suits me.\nAnna', quote: `${intro}\n> Hello\n>\n> Robin` });
    }
  });
  it('stays where it belongs to an answer between the lines', () => {
    const text = '> Does Tuesday suit you?\nYes.\n> And Friday?\nNo.';
    expect(splitQuote(text)).toEqual({ own: text, quote: '' });
  });
  it('is shown when there is nothing else, and is not invented', () => {
    expect(splitQuote('> only this')).toEqual({ own: '> only this', quote: '' });
    expect(splitQuote('Three things:\n\none')).toEqual({ own: 'Three things:\n\none', quote: '' });
    expect(splitQuote('')).toEqual({ own: '', quote: '' });
  });
});
