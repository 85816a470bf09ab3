import { Menu, type MenuItemConstructorOptions } from 'electron';

/** The application menu: what the system expects, so that copy, paste, zoom and quit work everywhere. */
export function setAppMenu(): void {
  const mac: MenuItemConstructorOptions[] = process.platform === 'darwin' ? [{ role: 'appMenu' }] : [{ role: 'fileMenu' }];
  Menu.setApplicationMenu(Menu.buildFromTemplate([...mac, { role: 'editMenu' }, { role: 'viewMenu' }, { role: 'windowMenu' }]));
}
