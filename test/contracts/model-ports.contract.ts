import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import type { Capability } from '@jiga/contracts';
import { ProviderError } from '@jiga/providers';
import type {
  CapabilityPorts,
  ModelCall,
  ReplyPart,
  ReplyRequest,
  SpeechRequest,
  TranscriptionRequest,
  VisionRequest,
} from '@jiga/providers';
import { FakeModelServer, until, type FakeConduct, type FakeSaying } from '@jiga/testing';

export const LOOK: VisionRequest = {
  picture: Uint8Array.of(0xff, 0xd8, 0xff, 0xd9),
  width: 480,
  height: 270,
  question: 'What is this?',
  context: 'health: 85',
  maxOutputTokens: 300,
};
export const SOUND: TranscriptionRequest = {
  samples: new Int16Array(1600),
  sampleRateHz: 16_000,
  language: 'fr-CA',
  hints: ['rail gun', 'Sarge'],
};
export const WORDS: SpeechRequest = { text: 'Enemy behind you.', voice: null, language: null, rate: 1 };
export const TALK: ReplyRequest = {
  messages: [
    { role: 'system', text: 'Be brief.' },
    { role: 'user', text: 'What is the score?', picture: { bytes: LOOK.picture, width: 480, height: 270 } },
    {
      role: 'assistant',
      text: 'I look.',
      toolCalls: [{ id: 'call_0', name: 'get_state', arguments: { of: 'score' } }],
    },
    { role: 'tool', toolCallId: 'call_0', toolName: 'get_state', result: '{"score":3}' },
  ],
  tools: [
    {
      name: 'get_state',
      description: 'Reads the match.',
      parameters: {
        type: 'object',
        properties: { of: { type: 'string' } },
        required: ['of'],
        additionalProperties: false,
      },
    },
  ],
  maxOutputTokens: 200,
};
export const FINDINGS = {
  game: 'OpenArena',
  game_confidence: 0.9,
  scene: 'A player in a corridor.',
  scene_confidence: 0.8,
  detections: [
    { label: 'enemy', category: 'player', confidence: 0.7, box: [0.4, 0.4, 0.1, 0.2] },
    { label: 'armour', category: 'object', confidence: 3, box: [0.9, 0.9, 0.5, 0.5] },
  ],
  texts: [{ text: '85', confidence: 0.9, box: [] }],
};

export interface PortsUnderTest {
  readonly ports: Partial<CapabilityPorts>;
  /** What the port's other side does from now on. */
  readonly conduct: (conduct: FakeConduct, retryAfter?: string) => void;
  readonly say: (saying: Partial<FakeSaying>) => void;
  /** How often the other side was asked. */
  readonly asked: () => number;
  /** How many of its answers were broken off before they were whole; null = it has no connections. */
  readonly brokenOff: () => number | null;
}

/** Makes the ports of a vendor whose service is `server`. */
export type MakePorts = (server: FakeModelServer) => PortsUnderTest;

/** Does what the port does, to its end. */
async function run(ports: Partial<CapabilityPorts>, capability: Capability, call: ModelCall): Promise<unknown> {
  if (capability === 'vision') return ports.vision?.look(LOOK, call);
  if (capability === 'transcription') return ports.transcription?.transcribe(SOUND, call);
  if (capability === 'reply') return collect(ports.reply?.reply(TALK, call));
  const audio = await ports.speech?.speak(WORDS, call);
  return collect(audio?.chunks);
}

async function collect<T>(source: AsyncIterable<T> | undefined): Promise<T[]> {
  const pieces: T[] = [];
  for await (const piece of source ?? []) pieces.push(piece);
  return pieces;
}

/** What every port promises, whoever is behind it. */
export function modelPortsContract(name: string, capabilities: readonly Capability[], make: MakePorts): void {
  describe(`model ports: ${name}`, () => {
    let server: FakeModelServer;
    let it_: PortsUnderTest;
    const signal = new AbortController().signal;
    const call: ModelCall = { model: 'fake-1', options: {}, signal };

    beforeAll(async () => {
      server = await FakeModelServer.listen();
    });
    afterAll(() => server.close());
    beforeEach(() => {
      server.received.length = 0;
      it_ = make(server);
      it_.conduct('answer');
    });

    if (capabilities.includes('vision')) {
      it('sees, within bounds, and says what it used', async () => {
        it_.say({ text: JSON.stringify(FINDINGS), toolCall: null });
        const answer = await it_.ports.vision?.look(LOOK, call);
        expect(answer?.usage).toMatchObject({ inputTokens: 11, outputTokens: 7 });
        expect(answer?.findings.scene).toMatchObject({ confidence: expect.any(Number) });
      });
    }
    if (capabilities.includes('reply')) {
      it('talks piece by piece and ends with what it used', async () => {
        it_.say({ text: 'Three to two.', toolCall: null });
        const parts = (await run(it_.ports, 'reply', call)) as ReplyPart[];
        const text = parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
        expect(text).toBe('Three to two.');
        const usage = expect.objectContaining({ inputTokens: 11, outputTokens: 7 });
        expect(parts.at(-1)).toEqual({ type: 'end', reason: 'stop', usage });
      });

      it('asks for a tool with its arguments whole', async () => {
        it_.say({ text: 'I look.', toolCall: { name: 'get_state', arguments: { of: 'score' } } });
        const parts = (await run(it_.ports, 'reply', call)) as ReplyPart[];
        expect(parts).toContainEqual({
          type: 'tool_call',
          call: { id: expect.any(String), name: 'get_state', arguments: { of: 'score' } },
        });
        expect(parts.at(-1)).toMatchObject({ type: 'end', reason: 'tool_calls' });
      });
    }
    if (capabilities.includes('transcription')) {
      it('writes down what was said', async () => {
        it_.say({ text: 'enemy at the rail gun' });
        const transcript = await run(it_.ports, 'transcription', call);
        expect(transcript).toMatchObject({ text: 'enemy at the rail gun', seconds: 0.1, usage: { inputTokens: 11 } });
      });
    }
    if (capabilities.includes('speech')) {
      it('speaks samples, whole', async () => {
        const samples = Int16Array.from({ length: 4801 }, (_, index) => (index * 7) % 30_000);
        it_.say({ samples });
        const audio = await it_.ports.speech?.speak(WORDS, call);
        expect(audio?.sampleRateHz).toBe(24_000);
        expect((await collect(audio?.chunks)).flatMap((chunk) => [...chunk])).toEqual([...samples]);
      });
    }

    describe.each(capabilities)('%s', (capability) => {
      const failure = async (signal_: AbortSignal = signal): Promise<ProviderError> => {
        const outcome: unknown = await run(it_.ports, capability, { ...call, signal: signal_ }).catch(
          (error: unknown) => error,
        );
        if (outcome instanceof ProviderError) return outcome;
        throw new Error(`no ProviderError but ${String(outcome)}`, { cause: outcome });
      };

      it.each<[FakeConduct, string]>([
        [401, 'unauthenticated'],
        [400, 'bad_request'],
        [429, 'rate_limited'],
        [500, 'unavailable'],
        ['break', 'unavailable|bad_answer'],
        ['nonsense', 'bad_answer'],
        ['flood', 'bad_answer'],
      ])('fails at %s with %s, having asked once', async (conduct, wanted) => {
        it_.conduct(conduct);
        expect((await failure()).failure).toMatch(new RegExp(`^(${wanted})$`));
        expect(it_.asked()).toBe(1);
      });

      it('says how long it was asked to wait', async () => {
        it_.conduct(429, '7');
        expect(await failure()).toMatchObject({ retryAfterMs: 7_000, isTransient: true });
      });

      it('never repeats what the service said of the key', async () => {
        it_.conduct(401);
        expect((await failure()).message).not.toContain('sk-');
      });

      it.each<FakeConduct>(['silence', 'stall'])('ends at once when it is broken off in a %s', async (conduct) => {
        it_.conduct(conduct);
        const abort = new AbortController();
        const before = it_.brokenOff();
        const waiting = failure(abort.signal);
        await until(() => it_.asked() === 1, 'the request');
        abort.abort();
        expect((await waiting).failure).toBe('aborted');
        if (before !== null) await until(() => it_.brokenOff() === before + 1, 'the end of the connection');
      });

      it('asks nobody when it is broken off before', async () => {
        expect((await failure(AbortSignal.abort())).failure).toBe('aborted');
        expect(it_.asked()).toBe(0);
      });
    });
  });
}
