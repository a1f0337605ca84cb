import type { AnsweredAudioDto } from './audio-process.dto.js';

/** Intermediaries cut or refuse long header fields. */
const TEXT_MAX = 500;

const clip = (text: string): string => (text.length <= TEXT_MAX ? text : `${text.slice(0, TEXT_MAX - 1)}…`);

/** An answer as JSON in ASCII, as a header field may hold: without the picture's findings, long texts cut. */
export function headerJson(answered: AnsweredAudioDto): string {
  const short = JSON.stringify(answered, (key, value: unknown) => {
    if (key === 'visual_context') return undefined;
    return key === 'text' && typeof value === 'string' ? clip(value) : value;
  });
  return short.replace(
    /[\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
