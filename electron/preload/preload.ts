import { contextBridge, ipcRenderer } from 'electron';

// The one thing the page gets: a port to the engine, handed on as it comes, and the name of the platform.
ipcRenderer.on('homing:port', (event) => {
  window.postMessage('homing:port', window.location.origin, event.ports);
});

contextBridge.exposeInMainWorld(
  'homing',
  Object.freeze({
    platform: process.platform,
    requestPort: () => ipcRenderer.send('homing:request-port'),
  }),
);
