import type { Config, Decoder } from 'soundswallower';

import type { DecoderKit } from './decoder-kit.js';

/**
 * Phones out of context, and narrow beams: the loop is to tell what speech like this can score at all, not which phones they
 * are. No dictionary is at its place, which saves 20 MB and half of a second.
 */
const CONFIG: Config = {
  cionly: true,
  beam: 1e-20,
  wbeam: 1e-15,
  pbeam: 1e-20,
  lw: 2,
  bestpath: false,
  dict: '/no-dictionary',
};

/**
 * How well any phones in any order account for a sound. A command that was said scores close to it, since the grammar cost it
 * nothing; other speech, pressed into the grammar, scores far below. Noise lowers both.
 * @see R. C. Rose, D. B. Paul, "A hidden Markov model based keyword recognition system", ICASSP 1990 (background model)
 */
export class PhoneLoop {
  private constructor(
    private readonly kit: DecoderKit,
    private readonly decoder: Decoder,
  ) {}

  static async load(kit: DecoderKit): Promise<PhoneLoop> {
    const decoder = await kit.start(CONFIG);
    const phones = await kit.phones();
    const words = phones.map((phone): [string, string] => [`phone-${phone.toLowerCase()}`, phone]);
    decoder.add_words(...words);
    const rule = words.map(([word]) => word).join(' | ');
    decoder.set_grammar(`#JSGF V1.0;\ngrammar loop;\npublic <phones> = (${rule})+;\n`);
    return new PhoneLoop(kit, decoder);
  }

  /** Of the best phones, for each frame of 10 ms; null when there are none. */
  scorePerFrame(pcm: Float32Array): number | null {
    return this.kit.decode(this.decoder, pcm)?.scorePerFrame ?? null;
  }
}
