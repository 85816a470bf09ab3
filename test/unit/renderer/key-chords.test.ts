import { expect, test } from 'vitest';
import { chordWait, readKey, type Chord } from '../../../renderer/lib/key-chords.ts';

const keys = { 'g i': 'inbox', 'g c': 'campaigns', '?': 'sheet', i: 'other' };

/** What a run of keys means, each typed `gap` ms after the one before. */
function typed(run: string, gap = 100): (string | null)[] {
  let chord: Chord = null;
  return run.split(' ').map((key, index) => {
    const read = readKey(keys, chord, key, index * gap);
    chord = read.chord;
    return read.means;
  });
}

test('a chord of two keys means one thing, and is over then', () => {
  expect(typed('g i')).toEqual([null, 'inbox']);
  expect(typed('g c i')).toEqual([null, 'campaigns', 'other']);
});

test('a single key means what it means, also behind a first key that it does not complete', () => {
  expect(typed('?')).toEqual(['sheet']);
  expect(typed('g ?')).toEqual([null, 'sheet']);
});

test('a first key waits only so long; typed twice it begins anew; strange keys mean nothing', () => {
  expect(typed('g c', chordWait + 1)).toEqual([null, null]);
  expect(typed('g g c')).toEqual([null, null, 'campaigns']);
  expect(typed('g x c')).toEqual([null, null, null]);
});
