import data from '../../../resources/mailbox-presets.json';

type Security = 'tls' | 'starttls' | 'none';
interface PresetServer {
  readonly host: string;
  readonly port: number;
  readonly security: Security;
}
export interface Preset {
  readonly id: string;
  readonly name: string;
  readonly domains: readonly string[];
  readonly smtp: PresetServer;
  readonly imap: PresetServer;
  readonly hint: string;
  readonly help: string;
  /** What the provider is known to allow a day; drifts, so it is only told, never enforced. */
  readonly perDay: number;
}

export const presets = data.presets as readonly Preset[];

export function presetById(id: string): Preset | null {
  return presets.find((preset) => preset.id === id) ?? null;
}

/** The provider of an address by its domain. */
export function presetOf(address: string): Preset | null {
  const domain = address
    .slice(address.lastIndexOf('@') + 1)
    .trim()
    .toLowerCase();
  return presets.find((preset) => preset.domains.includes(domain)) ?? null;
}

/** The provider whose servers a stored mailbox uses. */
export function presetOfHost(smtpHost: string): Preset | null {
  return presets.find((preset) => preset.smtp.host === smtpHost.toLowerCase()) ?? null;
}
