import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * Opens the app in the system browser. The address carries the token, so the browser is given a private file that
 * forwards to it: arguments of processes can be read by other users. Resolves false where there is no browser.
 */
export function openBrowser(address: string, dataDir: string): Promise<boolean> {
  const file = join(dataDir, 'open.html');
  writeFileSync(
    file,
    `<!doctype html><meta charset="utf-8"><title>Homing</title><script>location.replace(${JSON.stringify(address)})</script><a href="${address}">Open Homing</a>\n`,
    { mode: 0o600 },
  );
  const command = opener(process.platform, pathToFileURL(file).href);
  if (command === null) return Promise.resolve(false);
  return new Promise((resolve) => {
    const child = spawn(command[0], command[1], { stdio: 'ignore', detached: true, windowsHide: true });
    child.on('error', () => resolve(false));
    child.on('exit', (code) => resolve(code === 0));
    child.unref();
    // An opener that is still busy has found a browser.
    setTimeout(() => resolve(true), 5000).unref();
  });
}

function opener(platform: NodeJS.Platform, url: string): [string, string[]] | null {
  if (platform === 'darwin') return ['open', [url]];
  if (platform === 'win32') return ['rundll32', ['url.dll,FileProtocolHandler', url]];
  const display = process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY'] ?? '';
  return display === '' ? null : ['xdg-open', [url]];
}
