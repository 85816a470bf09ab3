import { fold } from './fold.ts';

/** Small words of many languages that say nothing of a text; letters without marks. */
const small = new Set(
  `a about after all also am an and any are as at be been before but by can could did do does for from get had has have he her here him his how i if in into is it its just let like
   me more most my no not now of on one only or other our out over own so some such than that the their them then there these they this those to too up us very was we were what when
   where which who why will with would you your yours dear hi hello thanks thank regards best
   aber alle als am an auch auf aus bei bin bis bitte da damit dann das dass dem den denn der des die dies diese diesem diesen dieser doch du durch ein eine einem einen einer er es fur
   gern haben hat hatte ich ihm ihn ihnen ihr ihre ihrem ihren ihrer im in ist ja kann kein keine konnen man mehr mein meine mit nach nicht noch nur ob oder ohne schon sehr sein seine
   sich sie sind so uber um und uns unser unsere unter vom von vor war waren was wenn wer wie wir wird wurde wurden zu zum zur hallo liebe lieber grusse viele freundliche
   au aux avec ce ces cette dans de des du elle en est et il ils je la le les leur mais nous ou par pas plus pour que qui sa se ses son sur un une vos votre vous bonjour merci
   al con como de del el ella en es esta este la las lo los mas mi no nos o para pero por que se si sin su sus un una usted y ya hola gracias
   che di e il in la le non per si un una con sono da del della i gli een het van voor niet met dat die te op zijn wij u`
    .split(/\s+/)
    .filter((word) => word !== ''),
);

/** The words of a text that tell what it is about, each as often as it stands there: folded, without small words, numbers, addresses and tags. */
export function termsOf(text: string): string[] {
  const plain = text.replace(/\{[{%][\s\S]*?[%}]\}/g, ' ').replace(/\S*(?:@|:\/\/|www\.)\S*/g, ' ');
  return [...fold(plain).matchAll(/[\p{L}][\p{L}\d'’-]{2,29}/gu)].map(([word]) => word.replace(/['’]s?$/, '')).filter((word) => word.length > 2 && !small.has(word));
}

/**
 * Terms that mark texts off from others, most telling first: the log-odds of both sides with a flat Dirichlet prior, in
 * standard deviations (B. L. Monroe, M. P. Colaresi, K. M. Quinn: Fightin' Words, Political Analysis 16, 2008).
 * `minimum` of the texts have to hold a term.
 */
export function tellingTerms(own: readonly string[], other: readonly string[], count: number, minimum: number): { readonly term: string; readonly texts: number }[] {
  const [ours, theirs] = [countTerms(own), countTerms(other)];
  const prior = 0.5;
  const vocabulary = new Set([...ours.terms.keys(), ...theirs.terms.keys()]).size;
  const total = (counted: Counted) => counted.all + prior * vocabulary;
  const odds = (n: number, all: number) => Math.log((n + prior) / (all - n - prior));
  return [...ours.terms]
    .filter(([, { texts }]) => texts >= minimum)
    .map(([term, { n, texts }]) => {
      const m = theirs.terms.get(term)?.n ?? 0;
      const spread = Math.sqrt(1 / (n + prior) + 1 / (m + prior));
      return { term, texts, score: (odds(n, total(ours)) - odds(m, total(theirs))) / spread };
    })
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || (a.term < b.term ? -1 : 1))
    .slice(0, count)
    .map(({ term, texts }) => ({ term, texts }));
}

interface Counted {
  readonly all: number;
  readonly terms: Map<string, { n: number; texts: number }>;
}

function countTerms(texts: readonly string[]): Counted {
  const terms = new Map<string, { n: number; texts: number }>();
  let all = 0;
  for (const text of texts) {
    const seen = new Set<string>();
    for (const term of termsOf(text)) {
      const own = terms.get(term) ?? { n: 0, texts: 0 };
      own.n += 1;
      if (!seen.has(term)) own.texts += 1;
      seen.add(term);
      terms.set(term, own);
      all += 1;
    }
  }
  return { all, terms };
}
