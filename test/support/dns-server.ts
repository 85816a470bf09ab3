import { createSocket, type RemoteInfo } from 'node:dgram';
import { onTestFinished } from 'vitest';

/** Records by name: `A`, `AAAA` an address, `MX` "10 host", `TXT` one or several strings, `SRV` "priority weight port host". `SILENT` = no answer. */
export type Zone = Record<string, Partial<Record<'A' | 'AAAA' | 'MX' | 'TXT' | 'SRV', readonly string[]>> | 'SERVFAIL' | 'SILENT'>;

const types = { A: 1, MX: 15, TXT: 16, AAAA: 28, SRV: 33 } as const;
type Type = keyof typeof types;

export interface DnsServer {
  /** As the setting `dnsServers` takes it. */
  readonly address: string;
  readonly zone: Zone;
  /** What was asked so far, `TYPE name`. */
  readonly asked: string[];
}

/** A DNS server on loopback that knows one zone; every other name does not exist. */
export async function startDnsServer(zone: Zone): Promise<DnsServer> {
  const socket = createSocket('udp4');
  const asked: string[] = [];
  socket.on('message', (query: Buffer, from: RemoteInfo) => {
    const { name, type, end } = readQuestion(query);
    asked.push(`${type ?? '?'} ${name}`);
    const entry = zone[name];
    if (entry === 'SILENT') return;
    const records = entry === undefined || entry === 'SERVFAIL' || type === null ? [] : (entry[type] ?? []);
    const exists = entry !== undefined || Object.keys(zone).some((known) => known.endsWith(`.${name}`));
    const code = entry === 'SERVFAIL' ? 2 : exists ? 0 : 3;
    const head = Buffer.alloc(12);
    query.copy(head, 0, 0, 2);
    head.writeUInt16BE(0x8580 | code, 2);
    head.writeUInt16BE(1, 4);
    head.writeUInt16BE(records.length, 6);
    const answers = type === null ? [] : records.map((record) => writeRecord(type, record));
    socket.send(Buffer.concat([head, query.subarray(12, end), ...answers]), from.port, from.address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  onTestFinished(() => void socket.close());
  return { address: `127.0.0.1:${socket.address().port}`, zone, asked };
}

function readQuestion(query: Buffer): { name: string; type: Type | null; end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  const code = query.readUInt16BE(at + 1);
  const type = (Object.keys(types) as Type[]).find((each) => types[each] === code) ?? null;
  return { name: labels.join('.').toLowerCase(), type, end: at + 5 };
}

function writeRecord(type: Type, record: string): Buffer {
  const data = writeData(type, record);
  const head = Buffer.alloc(12);
  head.writeUInt16BE(0xc00c, 0);
  head.writeUInt16BE(types[type], 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt32BE(60, 6);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}

function writeName(name: string): Buffer {
  const labels = name.split('.').filter((label) => label !== '');
  return Buffer.concat([...labels.map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)])), Buffer.from([0])]);
}

function writeData(type: Type, record: string): Buffer {
  if (type === 'A') return Buffer.from(record.split('.').map(Number));
  if (type === 'AAAA') return Buffer.concat([Buffer.alloc(15), Buffer.from([1])]);
  if (type === 'TXT') {
    // Strings of a record hold up to 255 bytes: a long one is cut as a zone file would.
    const parts = record.match(/.{1,255}/g) ?? [''];
    return Buffer.concat(parts.map((part) => Buffer.concat([Buffer.from([part.length]), Buffer.from(part)])));
  }
  const [first = '0', ...rest] = record.split(' ');
  const number = (text: string): Buffer => {
    const two = Buffer.alloc(2);
    two.writeUInt16BE(Number(text));
    return two;
  };
  if (type === 'MX') return Buffer.concat([number(first), writeName(rest[0] ?? '')]);
  return Buffer.concat([number(first), number(rest[0] ?? '0'), number(rest[1] ?? '0'), writeName(rest[2] ?? '')]);
}
