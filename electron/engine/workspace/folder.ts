import { readFileSync, realpathSync } from 'node:fs';
import { sep } from 'node:path';

const syncFolders: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/^OneDrive( - .+)?$/i, 'OneDrive'],
  [/^Dropbox( \(.+\))?$/i, 'Dropbox'],
  [/^(iCloud ?Drive|com~apple~CloudDocs|Mobile Documents)$/i, 'iCloud Drive'],
  [/^(Google ?Drive|GoogleDrive-.+|My Drive)$/i, 'Google Drive'],
  [/^(Nextcloud|ownCloud|pCloud ?Drive|Box|Box Sync|SynologyDrive|Syncthing)$/i, 'a sync service'],
];
const networkFileSystems = /^(nfs\d?|cifs|smb\w*|afpfs|9p|sshfs|fuse\.sshfs|fuse\.rclone|davfs|fuse\.davfs2|glusterfs|ceph|ncpfs)$/;

/**
 * Warnings about a data directory in a place where SQLite loses data: a folder that a sync service copies while it
 * is written, or a network file system with unreliable locks (sqlite.org/howtocorrupt.html, section 2.1).
 */
export function folderWarnings(dataDir: string, mounts: string = readMounts()): string[] {
  const path = resolved(dataDir);
  const warnings: string[] = [];
  const segments = path.split(/[\\/]/);
  const sync = syncFolders.find(([pattern]) => segments.some((segment) => pattern.test(segment)));
  if (sync !== undefined)
    warnings.push(`The data directory ${path} lies in a folder of ${sync[1]}. Syncing a database while it is in use can damage it: move it to a local folder.`);
  const type = fileSystemOf(path, mounts);
  const network = (type !== null && networkFileSystems.test(type)) || path.startsWith('\\\\');
  if (network) warnings.push(`The data directory ${path} lies on a network drive${type === null ? '' : ` (${type})`}. Locks are not reliable there: move it to a local disk.`);
  return warnings;
}

function resolved(dataDir: string): string {
  try {
    return realpathSync(dataDir);
  } catch {
    return dataDir;
  }
}

function readMounts(): string {
  try {
    return readFileSync('/proc/mounts', 'utf8');
  } catch {
    return '';
  }
}

/** The file-system type of the longest mount point above the path; null where mounts are not listed. */
function fileSystemOf(path: string, mounts: string): string | null {
  let best: { point: string; type: string } | null = null;
  for (const line of mounts.split('\n')) {
    const [, rawPoint, type] = line.split(' ');
    if (rawPoint === undefined || type === undefined) continue;
    const point = rawPoint.replaceAll(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));
    const above = point === '/' || path === point || path.startsWith(point + sep);
    if (above && (best === null || point.length >= best.point.length)) best = { point, type };
  }
  return best?.type ?? null;
}
