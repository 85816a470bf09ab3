/** The workspace itself: its lock, identity, settings, secrets and backups. */
export { createBackups, type Backups } from './backups.ts';
export { folderWarnings } from './folder.ts';
export { openInstance, type Instance } from './instance.ts';
export { lockDataDir, type DataDirLock, type LockHolder } from './lock.ts';
export { createSettings, type SettingsService } from './settings.ts';
export { createVault, type SecretsKeptBy, type SecretsState, type Vault } from './vault.ts';
export { createTeam, type Team, type TeamMember } from './team.ts';
export { createSendingPause, untilResumed, type SendingPause } from './sending-pause.ts';
