let zones: string[] | null = null;

/** IANA zones that this runtime knows, with `also` added where it is one that the list leaves out (aliases). */
export function allZones(also: string): string[] {
  zones ??= ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')];
  return zones.includes(also) ? zones : [also, ...zones];
}
