import { networkInterfaces } from 'node:os';

/** Decides which names and pages may talk to the server: a wrong Host is DNS rebinding, a wrong Origin a foreign page. */
export interface Guard {
  hostAllowed(host: string | undefined): boolean;
  /** `origin` absent = not a browser, or a same-origin GET. */
  originAllowed(origin: string | undefined): boolean;
}

/**
 * Allows the loopback names and the bound address, each with our port, and the given names with any port (a reverse
 * proxy in front has its own).
 */
export function createGuard(options: { host: string; port: number; allowHosts: readonly string[] }): Guard {
  const names = new Set(['localhost', '127.0.0.1', '[::1]', bracketed(options.host)]);
  if (options.host === '0.0.0.0' || options.host === '::') {
    for (const address of Object.values(networkInterfaces()).flat()) if (address !== undefined) names.add(bracketed(address.address));
  }
  const own = new Set([...names].flatMap((name) => (options.port === 80 ? [name, `${name}:80`] : [`${name}:${options.port}`])));
  const proxied = new Set(options.allowHosts.map((name) => name.toLowerCase()));

  function hostAllowed(host: string | undefined): boolean {
    const given = host?.toLowerCase() ?? '';
    return own.has(given) || proxied.has(given) || proxied.has(given.replace(/:\d+$/, ''));
  }

  return {
    hostAllowed,
    originAllowed(origin) {
      if (origin === undefined) return true;
      const match = /^(https?):\/\/([^/]+)$/.exec(origin.toLowerCase());
      if (match?.[2] === undefined) return false;
      // Only a proxy speaks https; our own pages come over plain http.
      return match[1] === 'http' ? hostAllowed(match[2]) : proxied.has(match[2].replace(/:\d+$/, ''));
    },
  };
}

function bracketed(address: string): string {
  return address.includes(':') && !address.startsWith('[') ? `[${address.toLowerCase()}]` : address.toLowerCase();
}

export interface FailureLimit {
  /** Counts a failure of this client. Returns the seconds to wait when there were too many, else 0. */
  fail(client: string): number;
}

/** At most `limit` failures a minute and client; a right token always passes, so nobody can be locked out. */
export function createFailureLimit(limit: number, now: () => number = Date.now): FailureLimit {
  const windows = new Map<string, { startedAt: number; count: number }>();
  const windowMs = 60_000;
  return {
    fail(client) {
      const at = now();
      if (windows.size > 1000) for (const [key, window] of windows) if (at - window.startedAt >= windowMs) windows.delete(key);
      const current = windows.get(client);
      if (current === undefined || at - current.startedAt >= windowMs) {
        windows.set(client, { startedAt: at, count: 1 });
        return 0;
      }
      current.count += 1;
      return current.count > limit ? Math.max(1, Math.ceil((current.startedAt + windowMs - at) / 1000)) : 0;
    },
  };
}
