import type { SmtpAnswer } from '../ports.ts';

const oneLine = /^(\d{3})[ -](?:([245]\.\d{1,3}\.\d{1,3})(?:\s|$))?([^\r\n]*)$/;

/** Splits `250 2.0.0 queued` into code, enhanced code (RFC 3463) and text; lines of a multi-line answer are joined. */
export function parseAnswer(response: string): SmtpAnswer {
  const simple = oneLine.exec(response);
  if (simple !== null) return { code: Number(simple[1]), enhanced: simple[2] ?? null, text: (simple[3] ?? '').trim() };
  const lines = response.split(/\r?\n/);
  const code = Number(/^\d{3}/.exec(response)?.[0] ?? 0);
  let enhanced: string | null = null;
  const text = lines
    .map((line) => {
      const match = /^\d{3}[ -](?:([245]\.\d{1,3}\.\d{1,3})(?:\s|$))?(.*)$/.exec(line);
      if (match === null) return line;
      enhanced ??= match[1] ?? null;
      return match[2] ?? '';
    })
    .join(' ')
    .trim();
  return { code, enhanced, text };
}

/** Puts a server's bytes together into answers, however the network cut them. */
export interface AnswerReader {
  /** The answers that this piece completes, in order. Throws where the peer does not speak SMTP. */
  read(chunk: Buffer): SmtpAnswer[];
  /** A refusal that the server cut off before its line end, or null. */
  rest(): SmtpAnswer | null;
}

/** More than any server has to say; a peer that never ends its line must not fill the memory. */
const longestAnswer = 64 * 1024;
const lastLine = /^\d{3}(?: |$)/;

export function createAnswerReader(): AnswerReader {
  let line = '';
  let answer = '';

  return {
    read(chunk) {
      const answers: SmtpAnswer[] = [];
      const received = line + chunk.toString('latin1');
      let from = 0;
      for (let end = received.indexOf('\n'); end !== -1; end = received.indexOf('\n', from)) {
        const next = received.slice(from, received.charAt(end - 1) === '\r' && end > from ? end - 1 : end);
        from = end + 1;
        if (lastLine.test(next)) {
          answers.push(parseAnswer(decode(answer + next)));
          answer = '';
        } else if (answer !== '' || /^\d{3}-/.test(next)) answer += `${next}\n`;
        else if (next.trim() !== '') throw new Error(`The server does not speak SMTP: ${decode(next).slice(0, 100)}`);
      }
      line = received.slice(from);
      if (line.length + answer.length > longestAnswer) throw new Error('The answer of the server has no end');
      return answers;
    },
    rest: () => (/^[45]\d{2}[ -]/.test(answer + line) ? parseAnswer(decode(answer + line)) : null),
  };
}

/** Answers may be UTF-8 (RFC 6531 section 3.7.4.2); lines are cut as bytes. */
function decode(bytes: string): string {
  // eslint-disable-next-line no-control-regex -- anything outside of ASCII
  return /[^\u0000-\u007f]/.test(bytes) ? Buffer.from(bytes, 'latin1').toString('utf8') : bytes;
}
