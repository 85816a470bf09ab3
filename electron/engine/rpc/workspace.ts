import type { Workspace } from '../../../shared/schemas/settings.ts';
import type { Analytics } from '../analytics/index.ts';
import { AppError } from '../../../shared/errors.ts';
import type { EnginePorts } from '../ports.ts';
import type { SendingPause, Vault } from '../workspace/index.ts';
import { os } from './base.ts';

export interface WorkspaceDeps {
  readonly workspace: () => Workspace;
  readonly analytics: Pick<Analytics, 'dashboard' | 'needsYou'>;
  readonly pause: Pick<SendingPause, 'pause' | 'resume'>;
  readonly vault: Pick<Vault, 'unlock' | 'setPassphrase'>;
  readonly openPractice: EnginePorts['openPractice'];
  readonly timeLapse: EnginePorts['timeLapse'];
  /** Makes the dispatcher look again. */
  readonly wake: () => void;
}

export function workspaceRouter({ workspace, analytics, pause, vault, openPractice, timeLapse, wake }: WorkspaceDeps) {
  return {
    get: os.workspace.get.handler(() => workspace()),
    dashboard: os.workspace.dashboard.handler(() => analytics.dashboard()),
    needsYou: os.workspace.needsYou.handler(() => ({ items: analytics.needsYou() })),
    pauseSending: os.workspace.pauseSending.handler(({ input }) => {
      pause.pause(input.until, null);
      wake();
      return workspace();
    }),
    resumeSending: os.workspace.resumeSending.handler(() => {
      pause.resume();
      wake();
      return workspace();
    }),
    unlock: os.workspace.unlock.handler(async ({ input }) => {
      await vault.unlock(input.passphrase);
      return workspace();
    }),
    setPassphrase: os.workspace.setPassphrase.handler(async ({ input }) => {
      await vault.setPassphrase(input.passphrase);
      return workspace();
    }),
    openPractice: os.workspace.openPractice.handler(() => {
      if (openPractice === null) throw new AppError('wrong_state', 'This is the practice workspace already.');
      return openPractice();
    }),
    setTimeLapse: os.workspace.setTimeLapse.handler(({ input }) => {
      if (timeLapse === null) throw new AppError('wrong_state', 'Time can only run faster in the practice workspace.');
      timeLapse.setFactor(input.factor);
      wake();
      return workspace();
    }),
  };
}
