import type { CommandLanguage, SpokenCommand, SpokenGrammar } from '../../ports/recognition.port.js';
import { VOICE_WINDOW_SAMPLES } from '../../ports/pcm.js';
import { loadSilero } from '../front-end/silero.js';
import { Flite } from '../speech/flite.js';
import type { RoleMethods } from '../threads/messages.js';
import { judge } from './judgement.js';
import { modelPhones } from './phone-maps.js';
import { CommandDecoder } from './sound-swallower.js';
import { utteranceOf } from './utterance.js';

export interface RecogniseJob {
  readonly pcm: Float32Array;
  readonly grammar: SpokenGrammar;
}

/** The thread's side of the recogniser: one decoder for each language that is spoken, and the voice detector as a witness. */
export async function loadCommands(): Promise<RoleMethods> {
  const detector = (await loadSilero())();
  const decoders = new Map<CommandLanguage, CommandDecoder>();
  let flite: Flite | null = null;

  const spell = async (word: string, language: CommandLanguage): Promise<string> => {
    flite ??= await Flite.load();
    return modelPhones(flite.phones(word), language);
  };
  const decoderFor = async (grammar: SpokenGrammar): Promise<CommandDecoder> => {
    const decoder = decoders.get(grammar.language) ?? (await CommandDecoder.load(grammar.language, spell));
    decoders.set(grammar.language, decoder);
    await decoder.use(grammar);
    return decoder;
  };
  const listen = async (pcm: Float32Array): Promise<number[]> => {
    detector.reset();
    const probabilities: number[] = [];
    for (let at = 0; at + VOICE_WINDOW_SAMPLES <= pcm.length; at += VOICE_WINDOW_SAMPLES) {
      probabilities.push(await detector.detect(pcm.subarray(at, at + VOICE_WINDOW_SAMPLES)));
    }
    return probabilities;
  };
  const recognise = async ({ pcm, grammar }: RecogniseJob): Promise<SpokenCommand | null> => {
    const utterance = utteranceOf(pcm, await listen(pcm));
    if (!utterance) return null;
    const decoder = await decoderFor(grammar);
    const found = decoder.recognise(utterance.pcm);
    return found && judge(found, utterance);
  };
  return {
    probe: async () => {
      const decoder = decoders.get('en') ?? (await CommandDecoder.load('en', spell));
      decoders.set('en', decoder);
      return { value: null };
    },
    prepare: async (grammar: SpokenGrammar) => {
      await decoderFor(grammar);
      return { value: null };
    },
    recognise: async (job: RecogniseJob) => ({ value: await recognise(job) }),
  };
}
