import { join } from 'node:path';

export interface Surroundings {
  readonly platform: string;
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Where a user's workspace lives unless told otherwise: the system's place for application data. */
export function defaultDataDir({ platform, home, env }: Surroundings): string {
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'Homing');
  if (platform === 'win32') return join(env['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local'), 'Homing');
  return join(absolute(env['XDG_DATA_HOME']) ?? join(home, '.local', 'share'), 'homing');
}

/** Where key files live: the user's configuration folder, apart from the data so that one alone is of no use. */
export function defaultKeyDir({ platform, home, env }: Surroundings): string {
  if (platform === 'darwin') return join(home, 'Library', 'Preferences', 'Homing', 'keys');
  if (platform === 'win32') return join(env['APPDATA'] ?? join(home, 'AppData', 'Roaming'), 'Homing', 'keys');
  return join(absolute(env['XDG_CONFIG_HOME']) ?? join(home, '.config'), 'homing', 'keys');
}

// XDG Base Directory Specification: relative paths are invalid and must be ignored.
function absolute(path: string | undefined): string | undefined {
  return path?.startsWith('/') === true ? path : undefined;
}
