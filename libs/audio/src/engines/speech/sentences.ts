/** A sentence without a full stop that is longer is cut at a comma or a blank. */
const MAX_CHARS = 240;

const sentences = new Intl.Segmenter('en', { granularity: 'sentence' });

/**
 * What is said at a time, without what cannot be said: letters outside of the Latin script are left out, accents fall off,
 * and a sentence without a letter or digit is none.
 */
export function splitSentences(text: string): string[] {
  const sayable = text
    .normalize('NFKD')
    .replaceAll(/[\u2018\u2019]/g, "'")
    .replaceAll(/[^\x20-\x7e\s]/g, '')
    .replaceAll(/\s+/g, ' ');
  return [...sentences.segment(sayable)]
    .flatMap(({ segment }) => cut(segment.trim()))
    .filter((sentence) => /[a-z0-9]/i.test(sentence));
}

function cut(sentence: string): string[] {
  const parts: string[] = [];
  let rest = sentence;
  while (rest.length > MAX_CHARS) {
    const head = rest.slice(0, MAX_CHARS);
    const at = Math.max(head.lastIndexOf(', ') + 1, head.lastIndexOf('; ') + 1) || head.lastIndexOf(' ');
    const length = at > 0 ? at : MAX_CHARS;
    parts.push(rest.slice(0, length).trim());
    rest = rest.slice(length).trim();
  }
  return [...parts, rest];
}
