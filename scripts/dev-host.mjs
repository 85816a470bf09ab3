// npm run dev: the headless host from source beside a Vite server that reloads the interface while you edit.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createServer } from 'vite';
import react from '@vitejs/plugin-react';
import { childEnv, projectNode, root, say } from './lib/project.mjs';

const args = process.argv.slice(2);
const host = spawn(
  projectNode,
  [
    '--watch-preserve-output',
    '--watch-path',
    join(root, 'electron'),
    '--watch-path',
    join(root, 'shared'),
    join(root, 'electron/headless/main.ts'),
    '--port',
    '4181',
    '--print-json',
    ...args,
  ],
  {
    env: childEnv(),
    stdio: ['ignore', 'pipe', 'inherit'],
  },
);
host.on('exit', (code) => process.exit(code ?? 1));
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => host.kill(signal));

const origin = 'http://127.0.0.1:4181';
const asHost = { target: origin, changeOrigin: true, headers: { origin } };
const vite = await createServer({
  configFile: false,
  root: join(root, 'renderer'),
  plugins: [react()],
  server: { host: '127.0.0.1', port: 4182, fs: { allow: [root] }, proxy: { '/rpc': asHost, '/api': asHost, '/ws': { ...asHost, ws: true } } },
});
await vite.listen();
host.stdout.on('data', (data) => {
  for (const line of String(data).split('\n')) {
    if (!line.startsWith('{')) continue;
    say(`Homing in development: http://127.0.0.1:4182/#token=${JSON.parse(line).token}`);
  }
});
