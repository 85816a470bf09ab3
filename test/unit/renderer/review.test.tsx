// @vitest-environment happy-dom
import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { splitPassage } from '../../../renderer/features/reviews/passage.ts';
import { withoutPersonal, withPersonal } from '../../../renderer/features/sequences/model/personal.ts';
import { emailStepSchema } from '../../../shared/schemas/sequence.ts';
import { fakeDelivery } from '../../support/fake-data.ts';
import { busyState } from '../../support/memory-engine.ts';
import { renderApp } from '../../support/render.tsx';

const slow = { timeout: 15_000 };
const held = { state: 'held', why: { code: 'approval', until: null, detail: null } } as const;

describe('the review queue', () => {
  it('approves a mail of a step that a person wants to read, and goes on with the next one', async () => {
    const state = { ...busyState(), deliveries: [fakeDelivery(1, held), fakeDelivery(2, held)] };
    const { engine } = renderApp('/review', state);
    await userEvent.click(await screen.findByRole('button', { name: /^Approve A$/ }, slow));
    await waitFor(() => expect(engine.state.calls.find(({ name }) => name === 'reviews.approve')?.input).toEqual({ id: state.deliveries[0]?.id, hash: 'a'.repeat(64) }), slow);
    await waitFor(() => expect(screen.getAllByRole('listitem').filter((item) => item.querySelector('[aria-current]') !== null)).toHaveLength(1), slow);
    expect(screen.queryByRole('button', { name: /Write anew/ })).toBeNull();
  });

  it('says so when nothing waits', async () => {
    renderApp('/review', { ...busyState(), deliveries: [] });
    expect(await screen.findByText('No mail waits for you', {}, slow)).toBeTruthy();
  });
});

describe('the passage in a mail', () => {
  it('is found whatever line breaks the mail put into it, and taken literally', () => {
    expect(splitPassage('Hello,\n\nhow are (a.b)\n  things?\n\nBye', 'how are (a.b) things?')).toEqual({
      before: 'Hello,\n\n',
      passage: 'how are (a.b)\n  things?',
      after: '\n\nBye',
    });
    expect(splitPassage('how are aXb things', 'a.b')).toBeNull();
    expect(splitPassage('text', '  ')).toBeNull();
  });
});

describe('asking a step for a passage', () => {
  const step = (...bodies: object[]) => emailStepSchema.parse({ id: 'm', type: 'email', variants: bodies.map((body, index) => ({ id: 'AB'[index], ...body })), next: null });
  const bodies = (mail: ReturnType<typeof step>) => mail.variants.map(({ html, text }) => html || text);

  it('puts its tag after the greeting, once, and leaves an arm without a text alone', () => {
    const asked = withPersonal(step({ html: '<p>Hi,</p><p>more</p>' }, { subject: 'Other' }));
    expect(bodies(asked)).toEqual(['<p>Hi,</p><p>{{ personal.block }}</p><p>more</p>', '']);
    expect(withPersonal(asked)).toEqual(asked);
    expect(bodies(withPersonal(step({ text: 'Hi,\n\nmore' }, { text: 'Only {{personal.block}} here' })))).toEqual([
      'Hi,\n\n{{ personal.block }}\n\nmore',
      'Only {{personal.block}} here',
    ]);
  });

  it('and asking for none takes the tag out again', () => {
    for (const before of [step({ html: '<p>Hi,</p><p>more</p>' }), step({ text: 'Hi,\n\nmore' }), step({ html: '<p>Hi</p>' })]) {
      const { personal, ...after } = withoutPersonal(withPersonal(before)) as ReturnType<typeof step>;
      expect(after).toEqual(before);
      expect(personal).toBeUndefined();
    }
    expect(bodies(withoutPersonal(step({ text: 'So {{ personal.block | strip }} it is' })))).toEqual(['So  it is']);
  });
});
