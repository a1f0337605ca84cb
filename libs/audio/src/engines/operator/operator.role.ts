import { AppError } from '@jiga/contracts';

import { memoryOf, type AudioThreadData, type RoleMethods } from '../threads/messages.js';
import { loadSherpa, SherpaSpeech, SherpaTranscriber, type SherpaModule } from './sherpa.js';

export interface TranscribeJob {
  readonly pcm: Float32Array;
  readonly language: string;
}

export interface OperatorSpeakJob {
  readonly text: string;
  readonly speaker: number;
  readonly rate: number;
}

/** The work on the operator's models; each is loaded when it is first used. */
export async function loadOperator(
  { asrModelDir, ttsModelDir }: Pick<AudioThreadData, 'asrModelDir' | 'ttsModelDir'>,
  sherpa: () => SherpaModule = loadSherpa,
): Promise<RoleMethods> {
  const transcribers = new Map<string, SherpaTranscriber>();
  let speech: SherpaSpeech | null = null;

  const transcriber = async (language: string): Promise<SherpaTranscriber> => {
    if (asrModelDir === null) throw new AppError('capability_unavailable');
    const known = transcribers.get(language);
    if (known) return known;
    // A model is some hundred megabytes: the one of another language makes room.
    transcribers.clear();
    const loaded = await SherpaTranscriber.load(asrModelDir, language, sherpa());
    transcribers.set(language, loaded);
    return loaded;
  };
  const voice = async (): Promise<SherpaSpeech> => {
    if (ttsModelDir === null) throw new AppError('capability_unavailable');
    speech ??= await SherpaSpeech.load(ttsModelDir, sherpa());
    return speech;
  };
  return {
    probeTranscription: async () => ({ value: (await transcriber('en')).kind }),
    probeSpeech: async () => {
      const { kind, speakers } = await voice();
      return { value: { kind, speakers } };
    },
    transcribe: async ({ pcm, language }: TranscribeJob) => ({ value: (await transcriber(language)).transcribe(pcm) }),
    speak: async ({ text, speaker, rate }: OperatorSpeakJob) => {
      const value = (await voice()).speak(text, speaker, rate);
      return { value, transfer: memoryOf(value.pcm) };
    },
  };
}
