/** A whole answer that is nothing but an opt-out. */
const bareWords =
  /^(please |bitte |pls )?(stop|stop(p)? it|unsubscribe(d)?|un-subscribe|opt[- ]?out|remove( me)?|cancel( subscription)?|take me off|abmelden|abbestellen|austragen|l(ö|oe)schen|d(é|e)sinscri(re|ption|vez[- ]moi)|d(é|e)sabonne(r|ment)|stop ?mail|baja|darme de baja|cancelar|disiscri(vimi|viti|zione)|cancellami|uitschrijven|afmelden|remover|descadastrar|cancelar inscrição|wypisz( mnie)?|rezygnuj(ę|e)|wypisać)( me| us| please| bitte| now| all| thanks?| thank you| danke)*[.! ]*$/iu;

/** A person asks to be left alone, one line or sentence at a time. */
const requests: readonly RegExp[] = [
  /\b(unsubscribe|un-subscribe|opt[- ]?out|remove|delete) (me|us|my (e-?mail|address|name|contact|data|details)|our (e-?mail|address)|this (e-?mail|address)|[^\s@]+@[^\s@]+)\b(?! from (the )?(cc|thread|loop|copy))/i,
  /\b(please|kindly|pls|can you|could you|would you|i (want|wish|would like|'d like) to|i want you to|just) (immediately )?(unsubscribe|opt[- ]?out|be (removed|unsubscribed|taken off))\b/i,
  /\b(remove|take) (me|us|my|our|this|[^\s@]+@[^\s@]+)?.{0,40}(from|off) (of )?(your|the|this|all|any) .{0,30}(list|database|mailing|distribution|records|system|crm|campaign)/i,
  /\b(stop|quit|cease) (sending|e-?mailing|mailing|contacting|writing( to)?|messaging|spamming|bothering)( me| us| these| this| any| more| all| your)?\b/i,
  /\b(do not|don't|dont|never) (ever )?(e-?mail|contact|write( to)?|message|send|bother|mail) (me|us|any (more|further)|anything|these|more|again)\b/i,
  /\bno (more|further) (e-?mails?|mails?|messages?|contact|communication)\b/i,
  /\bleave me alone\b/i,
  /\b(i|we) (no longer|don't|do not) (want|wish|would like|care) to (receive|get|hear|be contacted|be e-?mailed)\b/i,
  /\b(nehmen sie|nimm|streichen sie|entfernen sie|l(ö|oe)schen sie|tragen sie|trag) (mich|uns|meine|unsere|diese)\b.{0,60}(verteiler|liste|aus|daten|adresse|raus|heraus|datenbank)/iu,
  /\bkeine (weiteren |weitere )?(e-?mails?|mails?|nachrichten|newsletter|werbung|werbemails?) (mehr|bitte)\b|\bbitte (k|K)eine (weiteren |weitere )?(e-?mails?|mails?|newsletter|werbung|werbemails?)\b/iu,
  /\b(bitte )?(keine|nie) (weiteren|weitere|mehr|e-?mails?|mails?|nachrichten|werbung|newsletter)( e-?mails?| mails?| nachrichten)?( mehr)?( (an (mich|uns)|senden|schicken|zusenden|erhalten|bitte|von ihnen))/iu,
  /\b(schreiben|kontaktieren|mailen|schicken|senden) sie (mir|mich|uns)?.{0,25}\b(nicht|nie|keine).{0,12}(mehr|wieder|weiteren)/iu,
  /\b(m(ö|oe)chte|will|wollen|m(ö|oe)chten) (ich |wir )?(mich |uns )?(hiermit )?(abmelden|austragen|abbestellen|keine .{0,30}(mails?|nachrichten|werbung|newsletter))/iu,
  /\bmelden sie (mich|uns) (bitte )?(ab|von)\b|\b(mich|uns|newsletter) (bitte )?(ab(melden|bestellen)|austragen)\b/iu,
  /\b(d(é|e)sinscri(re|vez|ption)|d(é|e)sabonne[rz]|retire[rz]|enlevez|supprime[rz])[- ](moi|nous|mon|notre|me)\b|\b(me|nous) (d(é|e)sinscrire|d(é|e)sabonner|retirer)\b|\bne (plus|pas) (me|nous) (contacter|(é|e)crire|envoyer|solliciter)|\bne m'(envoyez|(é|e)crivez|contactez) plus|\bplus (de|d'|aucun) (e-?mails?|mails?|messages?|courriels?)\b/iu,
  /\b(darme|dame|d(é|e)nme|darnos|d(é|e)me) de baja\b|\b(elim(i|í)n(e|en|a)me|b(o|ó)rr(e|en|a)me|qu(i|í)t(e|en|a)me)\b|\bno (quiero|deseo) (recibir )?m(á|a)s\b|\bno me (escriba|env(í|i)e|contacte)n? m(á|a)s|\bdejen? de (enviar|escribir|contactar)/iu,
  /\b(cancella|rimuov|disiscriv|toglie)(te|ete|imi|temi|temi|etemi|emi|ermi|rmi|mi)\b|\bnon (voglio|desidero) (più )?ricevere\b|\bnon (scrivetemi|mandatemi|inviatemi|contattatemi) più|\bsmett(ete|etela|i) di (scriver|mandar|inviar)/iu,
  /\b(schrijf|meld|haal|verwijder) (mij|me|ons)\b.{0,40}(uit|af|lijst|bestand)|\bgeen (e-?mails?|mails?|berichten) meer\b|\b(wil|willen) (me|mij|ons|geen) (graag )?(uitschrijven|afmelden|e-?mails? meer|mails? meer)/iu,
  /\b(remova|retire|exclua|descadastre)(m)?(-me| meu| o meu)\b|\b(não|nao) (quero|desejo) (mais )?receber\b|\bpare(m)? de (enviar|mandar|escrever)/iu,
  /\b(wypisz|usuń|usun|wykreśl)(cie)? (mnie|mój|moj|nas)\b|\bproszę (mnie |o )?(wypisa|usunię|wykreśl|nie wysyła|nie pisać|rezygn)|\bnie (chcę|życzę sobie) (już )?(więcej )?(otrzymywać|dostawać|maili|wiadomości)|\bnie (piszcie|wysyłajcie|kontaktujcie)/iu,
];

/** Wording that only speaks about unsubscribing: footers, negation, questions. */
const notAsked: readonly RegExp[] = [
  /\b(do not|don't|dont|didn't|did not|never|no need to|without|not) (want to |wish to |mean to |intend to |have to |need to |please )*(unsubscribe|un-subscribe|opt[- ]?out|remove|delete|take|cancel|drop|stop)\b/i,
  /\b(to|click( here)? to|link to|if you (want|wish|would like|no longer want)[^.]{0,60}) (unsubscribe|opt[- ]?out|stop receiving)\b/i,
  /\b(if you (wish|want|would like|do not|don't|no longer)|should you (wish|no longer)|wenn sie|falls sie|si vous|si no desea|se non|als u|se não|jeśli)\b/iu,
  /\b(how|why|where|what|when|who|can|could|does|do|is|are) [^.!]{0,60}(unsubscribe|opt[- ]?out|abmelden)[^.!]{0,60}\?/i,
  /\bwhy (did|was|were|am|are)\b/i,
  /\b(nicht|keinesfalls) (abmelden|austragen|abbestellen|l(ö|oe)schen|entfernen)\b/iu,
  /\b(unsubscribe|opt[- ]?out) (rate|link|page|button|list|function|feature|process|header)/i,
  /\b(don't|do not|doesn't) (stop|quit)\b/i,
];

/** Longest answer in which opt-out words are looked for, characters: further down stand signatures and footers. */
const readCap = 2500;

/**
 * Whether a person asks not to be mailed again. `ownText` must be their own words: quotes hold our own footer. Negation
 * ("please do not remove me"), questions and footers do not count.
 */
export function wantsOut(ownText: string, subject: string): boolean {
  const text = ownText.slice(0, readCap).replace(/[‘’]/g, "'").trim();
  const topic = subject.replace(/^((re|aw|fwd?|wg|sv|antw|odp|rif|tr)\s*:\s*)+/i, '').trim();
  if (bareWords.test(text.replace(/\s+/g, ' '))) return true;
  if (text === '' || text.length < 3) return bareWords.test(topic);
  const firstLine = text.split('\n')[0]?.trim() ?? '';
  if (bareWords.test(firstLine)) return true;
  // Lines broken by the mail program belong to one sentence; a blank line ends it.
  const sentences = text.split(/\n\s*\n/).flatMap((paragraph) => paragraph.replace(/\s*\n\s*/g, ' ').split(/(?<=[.!?;])\s+/));
  return sentences.some((sentence) => requests.some((pattern) => pattern.test(sentence)) && !notAsked.some((pattern) => pattern.test(sentence)));
}
