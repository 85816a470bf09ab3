import type { SettingsService } from '../workspace/index.ts';
import { os } from './base.ts';

export function settingsRouter(settings: Pick<SettingsService, 'get' | 'update'>) {
  return {
    get: os.settings.get.handler(() => settings.get()),
    update: os.settings.update.handler(({ input }) => settings.update(input)),
  };
}
