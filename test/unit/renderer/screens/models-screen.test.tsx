// @vitest-environment happy-dom
import { notifications } from '@mantine/notifications';
import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, it } from 'vitest';
import type { Provider } from '../../../../shared/schemas/assist.ts';
import { emptyState } from '../../../support/memory-engine.ts';
import { renderApp } from '../../../support/render.tsx';

afterEach(() => {
  cleanup();
  notifications.clean();
});
const slow = { timeout: 8000 };

function provider(id: string, patch: Partial<Provider> = {}): Provider {
  const health = { state: 'ready', detail: '', version: '0.12.3', checkedAt: 1, restingUntil: null } as const;
  const settings = {
    kind: 'ollama',
    models: [],
    enabled: true,
    parallel: 1,
    timeoutSeconds: 120,
    keepAliveMinutes: 5,
    redact: false,
    currency: 'USD',
    priceInput: 0,
    priceOutput: 0,
  } as const;
  return { ...settings, models: [], id, name: id, url: 'http://127.0.0.1:11434', hasKey: false, local: true, consentAt: null, health, ...patch };
}
const remote = (patch: Partial<Provider> = {}) =>
  provider('Office', {
    url: 'http://192.168.1.20:8000/v1',
    kind: 'openai',
    local: false,
    health: { state: 'needs_consent', detail: '', version: null, checkedAt: null, restingUntil: null },
    ...patch,
  });

describe('without a model', () => {
  it('leads there in three steps, by one click each', async () => {
    const { engine } = renderApp('/settings/models', emptyState());
    await userEvent.click(await screen.findByRole('button', { name: 'Connect to Ollama on this computer' }, slow));
    expect(engine.state.providers).toMatchObject([{ name: 'This computer', url: 'http://127.0.0.1:11434' }]);
    expect(await screen.findByText(/does not answer yet/, {}, slow)).toBeTruthy();
    expect(screen.getByRole('button', { name: /Download qwen3:8b/ }).hasAttribute('disabled')).toBe(true);
    engine.state.providers = engine.state.providers.map((each) => ({ ...each, health: { ...each.health, state: 'no_model' } }));
    await userEvent.click(screen.getByRole('button', { name: 'More for This computer' }));
    await userEvent.click(await screen.findByText('Look again'));
    await waitFor(() => expect(screen.getByRole('button', { name: /Download qwen3:8b/ }).hasAttribute('disabled')).toBe(false), slow);
    await userEvent.click(screen.getByRole('button', { name: /Download qwen3:8b/ }));
    await userEvent.click(await screen.findByRole('button', { name: 'Cancel the download of qwen3:8b' }, slow));
    await waitFor(() => expect(engine.state.pulls).toMatchObject([{ model: 'qwen3:8b', state: 'cancelled' }]));
  });
});

describe('model servers', () => {
  it('sends nothing to another computer until a person has read what leaves, and agreed', async () => {
    const state = emptyState();
    state.providers = [remote()];
    const { engine } = renderApp('/settings/models', state);
    expect(await screen.findByText('Nothing is sent to 192.168.1.20:8000 until you agree.', {}, slow)).toBeTruthy();
    await userEvent.click(screen.getByRole('button', { name: 'Read and agree' }));
    const dialog = await screen.findByRole('dialog');
    expect(within(dialog).getByText(/not encrypted/)).toBeTruthy();
    await userEvent.click(within(dialog).getByRole('button', { name: 'Cancel' }));
    expect(engine.state.providers[0]?.consentAt).toBeNull();
    expect(engine.state.calls.some(({ name }) => name === 'assist.checkProvider')).toBe(false);
    await userEvent.click(screen.getByRole('button', { name: 'Read and agree' }));
    await userEvent.click(await screen.findByRole('button', { name: 'Agree, send data to 192.168.1.20:8000' }));
    expect(await screen.findByText(/You agreed on/, {}, slow)).toBeTruthy();
    expect(engine.state.calls.find(({ name }) => name === 'assist.consent')?.input).toEqual({ id: 'Office', url: 'http://192.168.1.20:8000/v1', agreed: true });
  });

  it('are asked in an order that a person sets, are tested with their speed, and say what is wrong', async () => {
    const state = emptyState();
    state.providers = [provider('One'), provider('Two', { health: { state: 'unreachable', detail: 'Connection refused', version: null, checkedAt: 1, restingUntil: null } })];
    const { engine } = renderApp('/settings/models', state);
    expect(await screen.findByText('Connection refused', {}, slow)).toBeTruthy();
    await userEvent.click(screen.getByRole('button', { name: 'Ask Two earlier' }));
    await waitFor(() => expect(engine.state.providers.map(({ name }) => name)).toEqual(['Two', 'One']));
    await userEvent.click(screen.getByRole('button', { name: 'Test One' }));
    expect(await screen.findByText(/31.5 tokens a second, the first after 0.4 s/, {}, slow)).toBeTruthy();
  });

  it('show their models: one is preferred, one is deleted, one is downloaded by its name', async () => {
    const state = emptyState();
    state.providers = [provider('Here', { models: ['b:1b'] })];
    state.models = ['a:1b', 'b:1b'].map((name) => ({ name, bytes: 2_019_393_189, parameters: '1B', quantization: 'Q4', capabilities: ['completion'] }));
    const { engine } = renderApp('/settings/models', state);
    await userEvent.click(await screen.findByRole('button', { name: 'Ask a:1b first' }, slow));
    await waitFor(() => expect(engine.state.providers[0]?.models).toEqual(['a:1b', 'b:1b']));
    await userEvent.click(screen.getByRole('button', { name: 'Delete b:1b' }));
    await userEvent.click(await screen.findByRole('button', { name: 'Delete model' }));
    await waitFor(() => expect(engine.state.models.map(({ name }) => name)).toEqual(['a:1b']));
    fireEvent.change(screen.getByRole('combobox', { name: 'Download a model' }), { target: { value: 'c:1b' } });
    await userEvent.click(screen.getByRole('button', { name: 'Download' }));
    await waitFor(() => expect(engine.state.pulls[0]?.model).toBe('c:1b'));
  });

  it('are added by the form, which warns of other computers and marks what is wrong', async () => {
    const { engine } = renderApp('/settings/models?edit=new', emptyState());
    const name = await screen.findByRole('textbox', { name: 'Name' }, slow);
    const address = screen.getByRole('textbox', { name: 'Address' });
    fireEvent.change(address, { target: { value: 'http://me:pw@example.com' } });
    await userEvent.click(screen.getByRole('button', { name: 'Save' }));
    expect(await screen.findByText(/without user name/)).toBeTruthy();
    fireEvent.change(address, { target: { value: 'https://models.example.com/v1' } });
    expect(screen.getByText(/asks for your consent/)).toBeTruthy();
    fireEvent.change(name, { target: { value: 'Hosted' } });
    await userEvent.click(screen.getByRole('radio', { name: /OpenAI-compatible/ }));
    await userEvent.click(screen.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(engine.state.providers).toMatchObject([{ name: 'Hosted', kind: 'openai', url: 'https://models.example.com/v1' }]));
  });
});

describe('features and figures', () => {
  it('are switched one by one, and the stored answers are forgotten after a question', async () => {
    const state = emptyState();
    state.usage = {
      days: 30,
      rows: [
        {
          feature: 'reply_class',
          provider: 'Here',
          model: 'a:1b',
          answers: 3,
          cached: 1,
          failed: 0,
          inputTokens: 1200,
          outputTokens: 80,
          costMicro: 123_000_000,
          currency: 'EUR',
          meanMs: 1400,
          slowestMs: 2300,
        },
      ],
      withoutModel: { reply_class: 2 },
      cache: { entries: 3, bytes: 2048, memoryHits: 1, storeHits: 0, misses: 3 },
    };
    const { engine } = renderApp('/settings/models', state);
    await userEvent.click(await screen.findByRole('switch', { name: /^Understand replies/ }, slow));
    await waitFor(() => expect(engine.state.settings.assistOff).toEqual(['reply_class']));
    expect(await screen.findByText('1.4 / 2.3 s')).toBeTruthy();
    expect(screen.getByText('€1.23')).toBeTruthy();
    expect(screen.getByText('2 questions were answered by rules, because no model could.')).toBeTruthy();
    expect(screen.getByText(/25 % of the questions/)).toBeTruthy();
    await userEvent.click(screen.getByRole('button', { name: 'Forget stored answers' }));
    await userEvent.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Forget stored answers' }));
    await waitFor(() => expect(engine.state.calls.some(({ name }) => name === 'assist.clearCache')).toBe(true));
  });

  it('are reached from the settings', async () => {
    renderApp('/settings', emptyState());
    await userEvent.click(await screen.findByRole('link', { name: 'Set up language models' }, slow));
    expect(await screen.findByRole('heading', { name: 'Language models' }, slow)).toBeTruthy();
  });
});
