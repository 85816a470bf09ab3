import { describe, expect, it } from 'vitest';
import { customFieldName } from '../../electron/engine/contacts/headers.ts';
import { columnsOf, guessMapping, planMapping } from '../../electron/engine/contacts/mapping.ts';
import { mapRow } from '../../electron/engine/contacts/row.ts';
import { knownZone, oneLine, splitName, splitTags } from '../../electron/engine/contacts/text.ts';
import { readBytes } from '../support/csv.ts';

async function guess(text: string): Promise<Record<string, string>> {
  const columns = columnsOf(await readBytes(text));
  return Object.fromEntries(Object.entries(guessMapping(columns)).map(([index, field]) => [`${columns[Number(index)]?.name ?? ''}#${index}`, field]));
}

describe('guess of the mapping', () => {
  it.each<[string, string, string, string[]]>([
    [
      'English',
      'Email,First name,Last name,Company,Job title,Phone,Website,City,Country,Time zone,Tags',
      'a@example.com,Ann,Lee,Acme,CEO,123,acme.example.com,Bonn,Germany,Europe/Berlin,vip',
      ['email', 'first_name', 'last_name', 'company', 'title', 'phone', 'website', 'city', 'country', 'time_zone', 'tags'],
    ],
    [
      'German',
      'Anrede;Vorname;Nachname;Firma;Position;E-Mail-Adresse;Telefonnummer;Ort;Land',
      'Frau;Ann;Lee;Acme;Chefin;a@example.com;123;Bonn;DE',
      ['custom:anrede', 'first_name', 'last_name', 'company', 'title', 'email', 'phone', 'city', 'country'],
    ],
    [
      'French',
      'Prénom;Nom;Société;Fonction;Adresse e-mail;Téléphone;Ville;Pays',
      'Ann;Lee;Acme;PDG;a@example.com;123;Lyon;France',
      ['first_name', 'last_name', 'company', 'title', 'email', 'phone', 'city', 'country'],
    ],
    [
      'Spanish',
      'Nombre;Apellidos;Empresa;Cargo;Correo electrónico;Teléfono;Ciudad;País',
      'Ann;Lee;Acme;CEO;a@example.com;123;Lugo;España',
      ['first_name', 'last_name', 'company', 'title', 'email', 'phone', 'city', 'country'],
    ],
    [
      'Italian',
      'Nome;Cognome;Azienda;Ruolo;Indirizzo email;Telefono;Città;Paese',
      'Ann;Lee;Acme;CEO;a@example.com;123;Bari;Italia',
      ['first_name', 'last_name', 'company', 'title', 'email', 'phone', 'city', 'country'],
    ],
    [
      'Dutch',
      'Voornaam;Achternaam;Bedrijf;Functie;E-mailadres;Telefoonnummer;Plaats;Land',
      'Ann;Lee;Acme;CEO;a@example.com;123;Ede;Nederland',
      ['first_name', 'last_name', 'company', 'title', 'email', 'phone', 'city', 'country'],
    ],
    [
      'Portuguese',
      'Primeiro nome;Sobrenome;Empresa;Cargo;Endereço de e-mail;Telefone;Cidade;País',
      'Ann;Lee;Acme;CEO;a@example.com;123;Faro;Portugal',
      ['first_name', 'last_name', 'company', 'title', 'email', 'phone', 'city', 'country'],
    ],
    [
      'HubSpot',
      'Record ID,First Name,Last Name,Email,Phone Number,Associated Company,Job Title,Country/Region',
      '1,Ann,Lee,a@example.com,123,Acme,CEO,Germany',
      ['custom:record_id', 'first_name', 'last_name', 'email', 'phone', 'company', 'title', 'country'],
    ],
    ['camel case', 'emailAddress,firstName,lastName,companyName', 'a@example.com,Ann,Lee,Acme', ['email', 'first_name', 'last_name', 'company']],
  ])('reads %s headers', async (_name, header, row, expected) => {
    expect(Object.values(await guess(`${header}\n${row}\n`))).toEqual(expected);
  });

  it('is not misled by decoys', async () => {
    expect(await guess('Title,First Name,Job Title,E-mail Address,E-mail Type,E-mail Display Name\nMr,Ann,CEO,a@example.com,SMTP,Ann (a@example.com)\n')).toEqual({
      'Title#0': 'custom:title_2',
      'First Name#1': 'first_name',
      'Job Title#2': 'title',
      'E-mail Address#3': 'email',
      'E-mail Type#4': 'custom:e_mail_type',
      'E-mail Display Name#5': 'custom:e_mail_display_name',
    });
  });

  it('believes the cells more than the name', async () => {
    expect(await guess('Email,Contact,Name\nyes,a@example.com,Ann Lee\nno,b@example.com,Bob Ray\n')).toEqual({
      'Email#0': 'custom:email_2',
      'Contact#1': 'email',
      'Name#2': 'full_name',
    });
    expect(await guess('a@example.com,Ann\nb@example.com,Bob\n')).toEqual({ 'Column 1#0': 'email', 'Column 2#1': 'custom:column_2' });
  });

  it('loses no column of a repeated name', async () => {
    expect(await guess('Email,Name,Email,Phone,Phone\na@example.com,Ann,b@example.com,1,2\nc@example.com,Bob,,3,\n')).toEqual({
      'Email#0': 'email',
      'Name#1': 'full_name',
      'Email#2': 'custom:email_2',
      'Phone#3': 'phone',
      'Phone#4': 'custom:phone_2',
    });
  });

  it('takes “Name” beside a first name for the last name', async () => {
    expect(Object.values(await guess('E-Mail;Vorname;Name\na@example.com;Ann;Lee\n'))).toEqual(['email', 'first_name', 'last_name']);
  });

  it('makes at most 200 custom fields', async () => {
    const mapping = await guess(`Email,${Array.from({ length: 300 }, (_, i) => `c${i}`).join(',')}\na@example.com,${'x,'.repeat(299)}x\n`);
    expect(Object.values(mapping).filter((field) => field.startsWith('custom:'))).toHaveLength(200);
    expect(Object.values(mapping).filter((field) => field === 'ignore')).toHaveLength(100);
  });
});

describe('mapping plan', () => {
  it('refuses reserved names, doubles, columns that are not there, and a mapping without address', () => {
    expect(() => planMapping({ 0: 'email', 1: 'custom:Status' }, 2)).toThrow(/standard field/);
    expect(() => planMapping({ 0: 'email', 1: 'email' }, 2)).toThrow(/Two columns/);
    expect(() => planMapping({ 0: 'email', 1: 'custom:a', 2: 'custom:A' }, 3)).toThrow(/Two columns/);
    expect(() => planMapping({ 0: 'email', 7: 'company' }, 2)).toThrow(/only 2 columns/);
    expect(() => planMapping({ 0: 'company' }, 1)).toThrow(/e-mail address/);
  });

  it('keeps hostile header names harmless', () => {
    expect(customFieldName('__proto__')).toBe('proto');
    const { standard, custom } = planMapping({ 0: 'email', 1: 'custom:__proto__', 2: 'custom:constructor' }, 3);
    const row = mapRow(['a@example.com', '1', '2'], { standard, custom }, () => undefined);
    expect(row.ok && Object.entries(row.value.custom)).toEqual([
      ['proto', '1'],
      ['constructor', '2'],
    ]);
    expect(({} as Record<string, unknown>)['1']).toBeUndefined();
  });
});

describe('row', () => {
  const plan = planMapping({ 0: 'email', 1: 'full_name', 2: 'time_zone', 3: 'company', 4: 'custom:note' }, 5);
  const read = (...cells: string[]) => {
    const notes: string[] = [];
    return { row: mapRow(cells, plan, (note) => notes.push(note.kind)), notes };
  };

  it('rejects a row with a reason', () => {
    expect(read('', 'Ann').row).toEqual({ ok: false, error: 'There is no e-mail address' });
    expect(read('ann@', 'Ann').row).toEqual({ ok: false, error: 'There is nothing after the @' });
    expect(read('a@example.com, b@example.com').row).toEqual({ ok: false, error: 'There is more than one address in the cell' });
  });

  it('takes the first of several Google values and keeps the others', () => {
    const { row, notes } = read('a@example.com ::: b@example.com');
    expect(row.ok && [row.value.email, row.value.custom['more_addresses']]).toEqual(['a@example.com', 'b@example.com']);
    expect(notes).toEqual(['more_addresses']);
  });

  it('leaves an unknown zone out with a note', () => {
    const { row, notes } = read('a@example.com', '', 'Mars/Base');
    expect(row.ok && row.value.timeZone).toBeNull();
    expect(notes).toEqual(['time_zone']);
  });

  it('shortens what is too long with a note, and keeps line ends only in custom fields', () => {
    const { row, notes } = read('a@example.com', 'Ann', '', `${'x'.repeat(300)}`, 'one\r\ntwo');
    expect(row.ok && [row.value.company.length, row.value.custom['note']]).toEqual([200, 'one\ntwo']);
    expect(notes).toEqual(['cut']);
    expect(oneLine('An\r\nna \u202eevil')).toBe('An na evil');
  });

  it('takes the name beside the address when there is no other', () => {
    const { row } = read('Ann van der Lee <a@example.com>');
    expect(row.ok && [row.value.firstName, row.value.lastName]).toEqual(['Ann', 'van der Lee']);
  });

  it('takes back the guard against formulas', () => {
    const { row } = read('a@example.com', '', '', "'=Acme");
    expect(row.ok && row.value.company).toBe('=Acme');
  });
});

describe('text', () => {
  it.each([
    ['Ann Lee', 'Ann', 'Lee'],
    ['Lee, Ann Mary', 'Ann Mary', 'Lee'],
    ['Dr. Ann Mary Lee', 'Ann Mary', 'Lee'],
    ['Ann', 'Ann', ''],
    ['Vincent van Gogh', 'Vincent', 'van Gogh'],
    ['李小龍', '李小龍', ''],
    ['', '', ''],
  ])('splits the name %s', (full, firstName, lastName) => expect(splitName(full)).toEqual({ firstName, lastName }));

  it('splits tags and knows zones', () => {
    expect(splitTags('vip, VIP; Fair 2026 | * myContacts ::: * Work')).toEqual(['vip', 'Fair 2026', 'myContacts', 'Work']);
    expect([knownZone('europe/berlin'), knownZone('America/New York'), knownZone('Berlin'), knownZone('+01:00')]).toEqual(['Europe/Berlin', 'America/New_York', null, null]);
  });
});
