import type { AudioEngines, EngineInfo } from '@jiga/audio';
import type { Capability } from '@jiga/contracts';
import { ProviderError, UNKNOWN_USAGE } from '@jiga/providers';
import type { CapabilityPorts, Provider, SpeechProvider, TranscriptionProvider } from '@jiga/providers';

const FULL_SCALE = 32_768;
const RATE_HZ = 16_000;

/** The engines of this machine that a session may choose as it chooses models of services. */
export function embeddedProviders(engines: AudioEngines): Provider[] {
  const byId = new Map<string, EngineInfo[]>();
  for (const engine of engines.list()) {
    if (engine.capability !== 'speech' && engine.capability !== 'transcription') continue;
    byId.set(engine.id, [...(byId.get(engine.id) ?? []), engine]);
  }
  return [...byId.values()].map((same) => providerOf(same, engines));
}

function providerOf(same: readonly EngineInfo[], engines: AudioEngines): Provider {
  const ports: Partial<Pick<CapabilityPorts, 'speech' | 'transcription'>> = {
    speech: speechPort(engines),
    transcription: transcriptionPort(engines),
  };
  const [first] = same;
  const usable = same.filter(({ models }) => models.length > 0);
  const detail = same.map((engine) => engine.health().detail).find((text) => text !== null) ?? null;
  return {
    id: first?.id ?? '',
    name: first?.name ?? '',
    isRemote: false,
    models: Object.fromEntries(usable.map(({ capability, models }) => [capability, models])),
    ports: Object.fromEntries(same.map(({ capability }) => [capability, ports[capability as keyof typeof ports]])),
    possible: same.map(({ capability }) => capability as Capability),
    ...(usable.length === 0 && detail !== null && { hint: detail }),
    health: () =>
      same.map((engine) => engine.health()).find(({ state }) => state !== 'ok') ?? { state: 'ok', detail: null },
  };
}

function speechPort({ speech }: AudioEngines): SpeechProvider {
  return {
    async speak({ text, language, rate }, { model, signal }) {
      const request = { text, voice: model, language: language ?? 'en', quality: 'standard', rate } as const;
      const pieces = speech.synthesise(request, signal)[Symbol.asyncIterator]();
      const first = await pieces.next();
      if (first.done) throw new ProviderError('bad_answer', 'The voice had nothing to say.');
      const { sampleRateHz } = first.value;
      async function* chunks(): AsyncGenerator<Int16Array, void, void> {
        for (let piece = first; !piece.done; piece = await pieces.next()) yield toPcm16(piece.value.pcm);
      }
      return { sampleRateHz, chunks: chunks(), usage: () => UNKNOWN_USAGE };
    },
  };
}

function transcriptionPort({ transcriber, encoder }: AudioEngines): TranscriptionProvider {
  return {
    async transcribe({ samples, sampleRateHz, language }, { signal }) {
      const pcm = Float32Array.from(samples, (sample) => sample / FULL_SCALE);
      const heard = sampleRateHz === RATE_HZ ? pcm : await encoder.resample(pcm, sampleRateHz, RATE_HZ, signal);
      const transcript = await transcriber.transcribe(heard, { signal, ...(language !== null && { language }) });
      const seconds = samples.length / sampleRateHz;
      return { ...transcript, words: null, confidence: null, seconds, usage: UNKNOWN_USAGE };
    },
  };
}

const toPcm16 = (pcm: Float32Array): Int16Array =>
  Int16Array.from(pcm, (sample) => Math.max(-FULL_SCALE, Math.min(FULL_SCALE - 1, Math.round(sample * FULL_SCALE))));
