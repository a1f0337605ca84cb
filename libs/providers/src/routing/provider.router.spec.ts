import { beforeEach, describe, expect, it } from '@jest/globals';

import type { Capability } from '@jiga/contracts';
import { turn, type FakePorts, type VirtualClock } from '@jiga/testing';

import type { HealthBoard } from '../health-board.js';
import { LOCAL_PROVIDER } from '../local.provider.js';
import type { ReplyRequest, VisionRequest } from '../ports/index.js';
import type { ProviderRegistry } from '../provider.registry.js';
import { ALL, heard, RouterRig, type Accounts } from '../../../../test/support/router-rig.js';
import type { ProviderRouter, RoutedCall } from './provider.router.js';

const TALK: ReplyRequest = { messages: [{ role: 'user', text: 'Hello there' }], tools: [], maxOutputTokens: 50 };
const LOOK: VisionRequest = {
  picture: new Uint8Array(4),
  width: 750,
  height: 100,
  question: 'What?',
  context: null,
  maxOutputTokens: 50,
};
const SOUND = { samples: new Int16Array(16_000), sampleRateHz: 16_000, language: null, hints: [] };
const WORDS = { text: 'Behind you', voice: null, language: null, rate: 1 };

let clock: VirtualClock;
let accounts: Accounts;
let registry: ProviderRegistry;
let router: ProviderRouter;
let board: HealthBoard;
let ports: Record<'first' | 'second' | 'here', FakePorts>;
let counted: string[];
let abort: AbortController;
let rig: RouterRig;

beforeEach(() => {
  rig = new RouterRig();
  ({ clock, accounts, registry, router, board, ports, counted, abort } = rig);
});

const callOf = (...chain: string[]): RoutedCall => rig.call(...chain);
const talk = (...chain: string[]) => router.reply(callOf(...chain), TALK);
const inTime = <T>(work: Promise<T>): Promise<T> => rig.inTime(work);

describe('ProviderRouter', () => {
  it('asks the first of the chain and says who served', async () => {
    const served = await router.transcription(callOf('first:m', 'second:m'), SOUND);
    expect(served).toMatchObject({ provider: 'first', model: 'm', answer: { text: 'fake' } });
    expect(ports.second.calls).toEqual([]);
    expect(accounts.settled).toEqual([{ inputTokens: 11, outputTokens: 7, audioSeconds: 1 }]);
    expect(counted).toEqual(['first ok']);
    expect(clock.pending).toBe(0);
  });

  it('passes options of the session on, and takes a changed chain with the next call', async () => {
    const chain = [{ model: 'first:m', options: { temperature: 1 } }];
    await router.transcription({ ...callOf(), selection: { transcription: chain } }, SOUND);
    expect(ports.first.calls).toMatchObject([{ model: 'm', options: { temperature: 1 } }]);
    expect(await router.transcription(callOf('second:m'), SOUND)).toMatchObject({ provider: 'second' });
  });

  it.each(['rate_limited', 'unavailable'] as const)('tries once more after %s, then asks the next', async (failure) => {
    ports.first.conduct = failure;
    const served = await inTime(talk('first:m', 'second:m'));
    expect(served.provider).toBe('second');
    expect(counted).toEqual([`first ${failure}`, `first ${failure}`]);
    expect(await heard(served.answer)).toBe('fake');
    expect(accounts.released).toBe(2);
  });

  it.each(['unauthenticated', 'bad_request', 'bad_answer'] as const)(
    'asks the next at once after %s',
    async (failure) => {
      ports.first.conduct = failure;
      expect(await talk('first:m', 'second:m')).toMatchObject({ provider: 'second' });
      expect(ports.first.calls).toHaveLength(1);
    },
  );

  it('waits as long as it was asked to, if that is not long', async () => {
    ports.first.conduct = 'rate_limited';
    ports.first.retryAfterMs = 1_500;
    const startMs = clock.monotonicMs();
    await inTime(talk('first:m', 'second:m'));
    expect(clock.monotonicMs() - startMs).toBe(1_500);
    ports.first.retryAfterMs = 60_000;
    clock.advance(60_000);
    await talk('first:m', 'second:m');
    expect(ports.first.calls).toHaveLength(3);
  });

  it.each(ALL)('bounds %s in time, also with a provider that does not listen', async (capability) => {
    ports.first.conduct = 'deaf';
    const call = callOf('first:m', 'second:m');
    const work: Record<Capability, () => Promise<unknown>> = {
      vision: () => router.vision(call, LOOK),
      transcription: () => router.transcription(call, SOUND),
      reply: () => router.reply(call, TALK),
      speech: () => router.speech(call, WORDS),
    };
    expect(await inTime(work[capability]())).toMatchObject({ provider: 'second' });
    expect(counted[0]).toBe('first timeout');
    expect(clock.monotonicMs()).toBe(1000);
  });

  it.each([
    [500, 500],
    [5000, 1000],
  ])('waits for a call that is given %i ms, and never longer than the operator allows', async (timeoutMs, waitedMs) => {
    ports.first.conduct = 'deaf';
    await inTime(router.transcription({ ...callOf('first:m', 'second:m'), timeoutMs }, SOUND));
    expect(clock.monotonicMs()).toBe(waitedMs);
  });

  it('tells when nobody did it, of each why', async () => {
    ports.first.conduct = 'hang';
    ports.second.conduct = 'bad_answer';
    await expect(inTime(talk('first:m', 'second:m'))).rejects.toThrow(
      'No reply: first:m: It gave no answer within 1000 ms; second:m: It is bad_answer.',
    );
  });

  it('says how to turn on what nobody offers', async () => {
    await expect(router.reply({ ...callOf(), selection: { reply: ['gone:m'] } }, TALK)).rejects.toThrow(
      'This server has no reply.',
    );
  });

  describe('when the caller breaks off', () => {
    it('asks nobody further', async () => {
      ports.first.conduct = 'deaf';
      const work = talk('first:m', 'second:m');
      await turn();
      abort.abort();
      await expect(work).rejects.toMatchObject({ failure: 'aborted' });
      expect(ports.first.calls[0]?.signal.aborted).toBe(true);
      expect(ports.second.calls).toEqual([]);
      expect(clock.pending).toBe(0);
    });

    it('waits for no retry', async () => {
      ports.first.conduct = 'unavailable';
      const work = talk('first:m');
      await turn();
      abort.abort();
      await expect(work).rejects.toMatchObject({ failure: 'aborted' });
      expect(clock.pending).toBe(0);
    });
  });

  describe('streams', () => {
    it('are paid by their text when they are broken off, which is no failure', async () => {
      const { answer } = await talk('first:m');
      for await (const part of answer) if (part.type === 'text') break;
      expect(accounts.settled).toEqual([{ inputTokens: 3, outputTokens: 1, audioSeconds: 0 }]);
      expect(ports.first.calls[0]?.signal.aborted).toBe(true);
      expect(board.read(registry.find('first') ?? LOCAL_PROVIDER).state).toBe('ok');
    });

    it('end when their session does, also if nobody reads them', async () => {
      await talk('first:m');
      abort.abort();
      expect(accounts.settled).toHaveLength(1);
      expect(counted).toEqual(['first aborted']);
    });

    it('that stall end after the longest silence, without another taking over', async () => {
      ports.first.conduct = 'stall';
      const { answer } = await talk('first:m', 'second:m');
      await expect(inTime(heard(answer))).rejects.toMatchObject({ failure: 'timeout' });
      expect(clock.monotonicMs()).toBe(500);
      expect(ports.second.calls).toEqual([]);
    });

    it('of speech are counted in seconds spoken', async () => {
      const { answer } = await router.speech(callOf('first:m'), WORDS);
      for await (const _chunk of answer.chunks);
      expect(accounts.settled).toEqual([{ inputTokens: 11, outputTokens: 7, audioSeconds: 0.1 }]);
    });
  });

  describe('the breaker', () => {
    const fail = async (times: number): Promise<void> => {
      ports.first.conduct = 'bad_answer';
      for (let count = 0; count < times; count++) await talk('first:m', 'second:m');
    };

    it('opens after failures in a row, tries one call when its time is over, and closes with a success', async () => {
      await fail(7);
      expect(ports.first.calls).toHaveLength(5);
      expect(counted).toContain('first not asked: open');
      expect(board.read(registry.find('first') ?? LOCAL_PROVIDER)).toMatchObject({ state: 'failed' });
      clock.advance(15_000);
      await fail(2);
      expect(ports.first.calls).toHaveLength(6);
      clock.advance(30_000);
      ports.first.conduct = 'answer';
      const served = await talk('first:m', 'second:m');
      expect(served.provider).toBe('first');
      await heard(served.answer);
      expect(board.read(registry.find('first') ?? LOCAL_PROVIDER)).toEqual({ state: 'ok', detail: null });
    });

    it('opens at once for a refused key, and only for the capability', async () => {
      ports.first.conduct = 'unauthenticated';
      await talk('first:m', 'second:m');
      await talk('first:m', 'second:m');
      expect(ports.first.calls).toHaveLength(1);
      ports.first.conduct = 'answer';
      expect(await router.vision(callOf('first:m'), LOOK)).toMatchObject({ provider: 'first' });
    });

    it('is not moved by requests that are refused', async () => {
      ports.first.conduct = 'bad_request';
      for (let count = 0; count < 9; count++) await talk('first:m', 'second:m');
      expect(ports.first.calls).toHaveLength(9);
    });
  });

  describe('the budget', () => {
    it('is asked with all that a call can come to', async () => {
      await talk('first:m', 'here:m');
      await router.vision(callOf('first:m'), LOOK);
      expect(accounts.planned).toMatchObject([
        { capability: 'reply', mostInputTokens: 75, mostOutputTokens: 50, hasLocalAlternative: true, isRemote: true },
        { capability: 'vision', mostInputTokens: null, hasLocalAlternative: true },
      ]);
    });

    it('sends the work to this machine when it refuses', async () => {
      accounts.refuse = () => 'degraded';
      expect(await talk('first:m', 'here:m')).toMatchObject({ provider: 'here' });
      expect(counted).toEqual(['first not asked: degraded']);
      expect(ports.first.calls).toEqual([]);
    });

    it('that is spent is said to be', async () => {
      accounts.refuse = () => 'spent';
      await expect(talk('first:m')).rejects.toThrow("first:m: the session's budget is spent");
      accounts.refuse = () => 'unpriced';
      await expect(talk('first:m')).rejects.toThrow('no price of the model is known');
    });

    it('pays a call that was answered with nonsense or too late by a guess', async () => {
      ports.first.conduct = 'bad_answer';
      await expect(router.vision(callOf('first:m'), LOOK)).rejects.toThrow('It is bad_answer');
      expect(accounts.settled).toEqual([{ inputTokens: 102, outputTokens: 0, audioSeconds: 0 }]);
    });
  });

  it('leaves frames to the local analysis where the chain says so', async () => {
    expect(await router.vision(callOf('local:default', 'first:m'), LOOK)).toBeNull();
    expect(await router.vision({ ...callOf(), selection: null }, LOOK)).toBeNull();
    ports.first.conduct = 'bad_answer';
    expect(await router.vision(callOf('first:m', 'local:default'), LOOK)).toBeNull();
    expect(ports.first.calls).toHaveLength(1);
  });
});
