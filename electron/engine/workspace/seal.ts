import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto';

// Layout of everything sealed: version (1 byte) | nonce (12) | tag (16) | ciphertext. AES-256-GCM, NIST SP 800-38D.
const version = 1;
const nonceLength = 12;
const tagLength = 16;

export const keyLength = 32;

/** Encrypts under a 256-bit key. `label` is authenticated with it: a sealed value cannot be passed off as another's. */
export function seal(key: Uint8Array, label: string, plain: Uint8Array): Buffer {
  const nonce = randomBytes(nonceLength);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagLength });
  cipher.setAAD(Buffer.from(label, 'utf8'));
  const body = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([Buffer.from([version]), nonce, cipher.getAuthTag(), body]);
}

/** The plain bytes, or null when the key, the label or a byte is wrong. */
export function unseal(key: Uint8Array, label: string, sealed: Uint8Array): Buffer | null {
  if (sealed.length < 1 + nonceLength + tagLength || sealed[0] !== version) return null;
  const nonce = sealed.subarray(1, 1 + nonceLength);
  const tag = sealed.subarray(1 + nonceLength, 1 + nonceLength + tagLength);
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagLength });
  decipher.setAAD(Buffer.from(label, 'utf8'));
  decipher.setAuthTag(tag);
  try {
    return Buffer.concat([decipher.update(sealed.subarray(1 + nonceLength + tagLength)), decipher.final()]);
  } catch {
    return null;
  }
}

/** Parameters of scrypt (RFC 7914), stored beside what they protect so that they can be raised later. */
export interface ScryptParams {
  readonly salt: string;
  readonly cost: number;
  readonly blockSize: number;
  readonly parallelization: number;
}

/** Fresh parameters: N = 2^17, r = 8, p = 1 (OWASP Password Storage Cheat Sheet); about 128 MB and a third of a second. */
export function newScryptParams(): ScryptParams {
  return { salt: randomBytes(16).toString('base64'), cost: 2 ** 17, blockSize: 8, parallelization: 1 };
}

/** Derives a 256-bit key from a passphrase (Unicode NFKC, so that it can be typed on another keyboard). */
export function passphraseKey(passphrase: string, params: ScryptParams): Promise<Buffer> {
  const { salt, cost, blockSize, parallelization } = params;
  const maxmem = 256 * cost * blockSize;
  return new Promise((resolve, reject) => {
    scrypt(passphrase.normalize('NFKC'), Buffer.from(salt, 'base64'), keyLength, { cost, blockSize, parallelization, maxmem }, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}
