/**
 * Exact one-sided tests for counts, honest where counts are small and the normal approximation is not. Both give the
 * chance (0..1) of a result at least this extreme if there were no difference.
 */

/** ln(n!) by Stirling's series; exact to 1e-10 from 0 on. */
function logFactorial(n: number): number {
  if (n < 12) {
    let product = 1;
    for (let factor = 2; factor <= n; factor += 1) product *= factor;
    return Math.log(product);
  }
  const x = n + 1;
  return (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + 1 / (12 * x) - 1 / (360 * x ** 3) + 1 / (1260 * x ** 5);
}

const logChoose = (n: number, k: number): number => logFactorial(n) - logFactorial(k) - logFactorial(n - k);

/**
 * R. A. Fisher's exact test (The Logic of Inductive Inference, 1935): how likely it is that of two groups of the same
 * rate the first one shows `hits` or fewer of its `of`, given what both show together.
 */
export function fisherLower(first: { readonly hits: number; readonly of: number }, second: { readonly hits: number; readonly of: number }): number {
  const hits = first.hits + second.hits;
  const all = logChoose(first.of + second.of, hits);
  let sum = 0;
  for (let k = Math.max(0, hits - second.of); k <= first.hits; k += 1) sum += Math.exp(logChoose(first.of, k) + logChoose(second.of, hits - k) - all);
  return Math.min(1, sum);
}

/** The sign test (J. Arbuthnott, 1710): how likely `hits` or more heads are in `of` throws of a fair coin. */
export function signTest(hits: number, of: number): number {
  let sum = 0;
  for (let k = hits; k <= of; k += 1) sum += Math.exp(logChoose(of, k) - of * Math.LN2);
  return Math.min(1, sum);
}
