/** Two-sided 95 % quantile of the normal distribution. */
const z = 1.959963984540054;

/**
 * The 95 % interval of a proportion by E. B. Wilson (JASA 22, 1927), without continuity correction: honest for few
 * people and for rates near 0. Null when nobody was asked.
 */
export function wilson(successes: number, total: number): { readonly rate: number; readonly low: number; readonly high: number } | null {
  if (total <= 0) return null;
  const rate = successes / total;
  const spread = 1 + z ** 2 / total;
  const centre = (rate + z ** 2 / (2 * total)) / spread;
  const half = (z / spread) * Math.sqrt((rate * (1 - rate)) / total + z ** 2 / (4 * total ** 2));
  return { rate, low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}
