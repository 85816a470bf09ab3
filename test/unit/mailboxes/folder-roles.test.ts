import { describe, expect, test } from 'vitest';
import { assignRoles, type ListedFolder } from '../../../electron/engine/mailboxes/folder-roles.ts';

const roles = (...folders: (string | ListedFolder)[]) =>
  Object.fromEntries(assignRoles(folders.map((each) => (typeof each === 'string' ? { path: each, delimiter: '/' } : each))).map(({ path, role }) => [path, role]));

describe('roles of folders', () => {
  test('what the server says stands above every name', () => {
    const marked: ListedFolder = { path: 'Postausgang 2', delimiter: '/', specialUse: '\\Sent', specialUseSource: 'extension' };
    expect(roles('INBOX', marked, 'Sent')).toEqual({ INBOX: 'inbox', 'Postausgang 2': 'sent', Sent: 'other' });
  });

  test('names in many languages, whatever their case, accents and joints', () => {
    expect(roles('Gesendete Objekte', 'SPAMVERDACHT', 'Papierkorb', 'Entwürfe', 'Archiv')).toMatchObject({
      'Gesendete Objekte': 'sent',
      SPAMVERDACHT: 'junk',
      Papierkorb: 'trash',
      Entwürfe: 'drafts',
      Archiv: 'archive',
    });
    for (const sent of [
      'Envoyés',
      'Éléments envoyés',
      'Enviados',
      'Posta inviata',
      'Itens enviados',
      'Verzonden',
      'Wysłane',
      'Skickade',
      'Sendt',
      'Lähetetyt',
      'Odeslaná pošta',
      'Gönderilmiş Öğeler',
      'Отправленные',
      'Надіслані',
      '送信済みアイテム',
      '已发送',
      '보낸편지함',
      'sent_items',
    ])
      expect(roles('INBOX', sent)[sent], sent).toBe('sent');
    for (const junk of [
      'Courrier indésirable',
      'Correo no deseado',
      'Posta indesiderata',
      'Lixo eletrônico',
      'Skräppost',
      'Roskaposti',
      'Спам',
      '迷惑メール',
      '垃圾邮件',
      'Junk E-mail',
    ])
      expect(roles(junk)[junk], junk).toBe('junk');
  });

  test('a folder under INBOX or [Gmail] counts, a deep one is the person’s own, and only one folder has a role', () => {
    expect(roles({ path: 'INBOX.Sent', delimiter: '.' })).toEqual({ 'INBOX.Sent': 'sent' });
    expect(roles('[Gmail]/Alle Nachrichten')).toEqual({ '[Gmail]/Alle Nachrichten': 'all' });
    expect(roles('Projects/2024/Sent', 'Projects/Sent')).toEqual({ 'Projects/2024/Sent': 'other', 'Projects/Sent': 'other' });
    expect(Object.values(roles('INBOX/Sent Items', 'Sent')).sort()).toEqual(['other', 'sent']);
    expect(roles('INBOX/Sent Items', 'Sent')['Sent']).toBe('sent');
    expect(roles('Sent to clients')).toEqual({ 'Sent to clients': 'other' });
  });
});
