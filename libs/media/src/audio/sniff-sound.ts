import { findMp3 } from './mp3-frames.js';

/** What a sound file is by its content; `other` names it for the reader of an error. */
export type SoundKind =
  { readonly kind: 'wav' | 'mp3' | 'ogg' | 'webm' } | { readonly kind: 'other'; readonly looksLike: string };

const SIGNATURES: readonly (readonly [offset: number, text: string, looksLike: string])[] = [
  [0, 'fLaC', 'a FLAC file'],
  [4, 'ftyp', 'an MP4 or QuickTime file'],
  [0, 'RIFX', 'a big-endian WAV file'],
  [0, 'RF64', 'a WAV file of more than 4 GB'],
  [0, 'FORM', 'an AIFF file'],
  [0, 'FLV', 'a Flash video'],
  [0, '#!AMR', 'an AMR file'],
  [0, 'MThd', 'a MIDI file'],
  [0, '\x89PNG', 'a PNG picture'],
  [0, '\xff\xd8\xff', 'a JPEG picture'],
  [0, '%PDF', 'a PDF document'],
  [0, 'PK\x03\x04', 'a ZIP archive'],
  [0, '{', 'text'],
  [0, '<', 'text'],
];

const textAt = (bytes: Uint8Array, at: number, length: number): string =>
  String.fromCharCode(...bytes.subarray(at, at + length));

/** Looks at the first bytes; for MP3 also whether a second frame follows the first. */
export function sniffSound(bytes: Uint8Array): SoundKind {
  const start = textAt(bytes, 0, 4);
  if (start === 'RIFF') {
    const type = textAt(bytes, 8, 4);
    return type === 'WAVE' ? { kind: 'wav' } : { kind: 'other', looksLike: `a RIFF file of type ${printable(type)}` };
  }
  if (start === 'OggS') return { kind: 'ogg' };
  if (start === '\x1a\x45\xdf\xa3') return { kind: 'webm' };
  for (const [at, text, looksLike] of SIGNATURES) {
    if (textAt(bytes, at, text.length) === text) return { kind: 'other', looksLike };
  }
  if ((bytes[0] === 0xff && ((bytes[1] ?? 0) & 0xf6) === 0xf0) || start === 'ADIF') {
    return { kind: 'other', looksLike: 'an AAC file' };
  }
  if (bytes[0] === 0x47 && bytes[188] === 0x47) return { kind: 'other', looksLike: 'an MPEG transport stream' };
  return findMp3(bytes) === null ? { kind: 'other', looksLike: 'something unknown' } : { kind: 'mp3' };
}

const printable = (text: string): string => (/^[\x20-\x7e]+$/.test(text) ? text.trim() : 'unknown');
