import type { CommandLanguage } from '../../ports/recognition.port.js';

/** Flite's phones that have another name in ARPAbet as the English model has it; the others differ in case alone. */
const ENGLISH: Readonly<Record<string, string>> = { ax: 'AH', axr: 'ER', el: 'AH L', em: 'AH M', en: 'AH N', dx: 'T' };

/** The nearest sounds of French. */
const FRENCH: Readonly<Record<string, string>> = {
  aa: 'aa',
  ae: 'aa',
  ah: 'aa',
  ao: 'oo',
  aw: 'aa ou',
  ax: 'ee',
  axr: 'oe rr',
  ay: 'aa yy',
  b: 'bb',
  ch: 'tt ch',
  d: 'dd',
  dh: 'dd',
  dx: 'tt',
  eh: 'ai',
  el: 'ee ll',
  em: 'ee mm',
  en: 'ee nn',
  er: 'oe rr',
  ey: 'ei',
  f: 'ff',
  g: 'gg',
  hh: '',
  ih: 'ii',
  iy: 'ii',
  jh: 'dd jj',
  k: 'kk',
  l: 'll',
  m: 'mm',
  n: 'nn',
  ng: 'nn gg',
  ow: 'au',
  oy: 'oo yy',
  p: 'pp',
  r: 'rr',
  s: 'ss',
  sh: 'ch',
  t: 'tt',
  th: 'ss',
  uh: 'ou',
  uw: 'ou',
  v: 'vv',
  w: 'ww',
  y: 'yy',
  z: 'zz',
  zh: 'jj',
};

/** Flite's phones of a word as the recogniser's model of a language names them. */
export function modelPhones(phones: readonly string[], language: CommandLanguage): string {
  const names = phones.map((phone) => (language === 'fr' ? FRENCH[phone] : (ENGLISH[phone] ?? phone.toUpperCase())));
  return names.filter(Boolean).join(' ');
}
