import { createAudioEngines } from '@jiga/audio';
import { SystemClock } from '@jiga/platform';

/** Questions as sound, 16 kHz mono, spoken by voices of this machine one after the other. */
export async function speakAll(
  questions: readonly string[],
  voices: readonly string[],
): Promise<{ readonly text: string; readonly voice: string; readonly pcm: Float32Array }[]> {
  const clock = new SystemClock();
  const engines = createAudioEngines({ clock, ffmpegPath: null, asrModelDir: null, ttsModelDir: null });
  try {
    const spoken = [];
    for (const [index, text] of questions.entries()) {
      const voice = voices[index % voices.length] ?? 'rms';
      const parts: number[] = [];
      for await (const piece of engines.speech.synthesise({ text, voice, quality: 'standard' }))
        parts.push(...piece.pcm);
      spoken.push({ text, voice, pcm: Float32Array.from(parts) });
    }
    return spoken;
  } finally {
    await engines.close();
  }
}
