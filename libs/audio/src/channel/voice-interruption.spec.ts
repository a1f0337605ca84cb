import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import type { VoiceChatConfig } from '@jiga/contracts';
import type { ReplyPart } from '@jiga/providers';
import { deferred, turn, VirtualClock } from '@jiga/testing';

import { WINDOW_MS } from '../testing/fake-engines.js';
import { Rig, talkingModel } from '../testing/voice-rig.js';

describe('a voice channel that is interrupted', () => {
  let rig: Rig;
  beforeEach(() => {
    rig = new Rig(new VirtualClock(), turn);
  });
  afterEach(() => {
    rig.channel.close();
    expect([rig.clock.pending, rig.stream.isClosed]).toEqual([0, true]);
  });

  const help = async (settings: Partial<VoiceChatConfig> = {}): Promise<string> => {
    rig.open(settings);
    rig.channel.say('what can i say', {});
    await rig.hear(320);
    const id = rig.of('voice_response')[0]?.responseId ?? '';
    expect(rig.channel.speaking).toBe(id);
    rig.events.length = 0;
    return id;
  };

  it('stops with the first window of a voice, and goes on when no speech follows', async () => {
    const responseId = await help();
    await rig.hear(WINDOW_MS, 0.9);
    expect(rig.of('interrupted')).toMatchObject([{ responseId, reason: 'speech', isResumable: true }]);
    expect(rig.stream.played.at(-1)).toBe('stop');
    await rig.hear(7 * WINDOW_MS);
    expect(rig.of('resumed')).toEqual([]);
    await rig.hear(WINDOW_MS);
    expect(rig.types).toEqual(['interrupted', 'resumed']);
    expect(rig.of('resumed')[0]).toMatchObject({ responseId });
    expect(rig.channel.speaking).toBe(responseId);
  });

  it('tells the echo canceller again what is left to play', async () => {
    await help();
    const total = (played: readonly (number | 'stop')[]): number =>
      played.reduce<number>((sum, ms) => sum + Number(ms), 0);
    const { played } = rig.stream;
    const saidMs = total(played);
    await rig.hear(WINDOW_MS, 0.9);
    const stoppedAt = played.indexOf('stop');
    await rig.hear(8 * WINDOW_MS);
    const fromMs = rig.of('resumed')[0]?.fromMs ?? 0;
    expect(fromMs).toBeGreaterThan(300);
    expect(total(played.slice(stoppedAt + 1))).toBeCloseTo(saidMs - fromMs, 0);
  });

  it('goes on after something too short for words', async () => {
    await help();
    await rig.hear(3 * WINDOW_MS, 0.9);
    await rig.hear(700);
    expect(rig.types).toEqual(['interrupted', 'speech_started', 'speech_stopped', 'resumed']);
  });

  it('does not stop for what is hardly a voice', async () => {
    await help();
    await rig.hear(WINDOW_MS, 0.25);
    expect(rig.types).toEqual([]);
    await rig.hear(WINDOW_MS);
    await rig.hear(WINDOW_MS, 0.25);
    expect(rig.types).toEqual([]);
  });

  it('is wary for a while after a pause in vain', async () => {
    await help();
    await rig.hear(WINDOW_MS, 0.4);
    await rig.hear(8 * WINDOW_MS);
    await rig.hear(WINDOW_MS, 0.4);
    expect(rig.types).toEqual(['interrupted', 'resumed']);
    await rig.hear(4 * WINDOW_MS);
    await rig.hear(WINDOW_MS, 0.6);
    expect(rig.types).toEqual(['interrupted', 'resumed', 'interrupted']);
  });

  it('goes on also after words that were not understood', async () => {
    await help();
    await rig.say('');
    expect(rig.types.at(-1)).toBe('resumed');
  });

  it('answers what was said instead, and remembers only what was heard', async () => {
    const responseId = await help();
    await rig.hear(500, 0.9);
    rig.channel.reportPlayed(responseId, 400);
    rig.recognizer.script.push({ text: 'where am i' });
    await rig.hear(700);
    expect(rig.of('interrupted').map(({ isResumable }) => isResumable)).toEqual([true, false]);
    expect(rig.of('voice_response').at(-1)).toMatchObject({ kind: 'answer', sequence: 0 });
    const texts = rig.conversation.history.entries.map(({ text }) => text);
    expect(texts.slice(0, 2)).toEqual(['what can i say', "Ask me what's the"]);
  });

  it('takes late reports, and refuses those about what it never said', async () => {
    const responseId = await help();
    rig.channel.interrupt(null, {});
    expect(() => rig.channel.reportPlayed(responseId, 400)).not.toThrow();
    expect(() => rig.channel.reportPlayed('resp_of_nobody', 400)).toThrow(
      expect.objectContaining({ code: 'invalid_message' }),
    );
  });

  it('hears what is said although its own answer is not finished', async () => {
    rig.open();
    const rest = deferred<ReplyPart>();
    const parts = async function* (): AsyncGenerator<ReplyPart> {
      yield { type: 'text', text: 'Let me think. ' };
      yield await rest.promise;
    };
    rig.models = talkingModel(parts);
    rig.channel.say('what do you think of my chances', {});
    await rig.hear(100);
    await rig.say('where am i');
    expect(rig.of('voice_response').map(({ kind }) => kind)).toEqual(['talk', 'answer']);
    rest.resolve({ type: 'text', text: 'No.' });
    await rig.hear(100);
    expect(rig.of('voice_response')).toHaveLength(2);
  });

  it('stops for good when the client says so', async () => {
    const responseId = await help();
    rig.channel.interrupt(300, { request_id: 'i1' });
    const told = { responseId, playedMs: 300, reason: 'client', echo: { request_id: 'i1' } };
    expect(rig.events[0]).toMatchObject({ type: 'interrupted', ...told });
    expect(rig.channel.speaking).toBeNull();
  });

  it('tells a client that interrupts nothing that it has been heard', () => {
    rig.open();
    rig.channel.interrupt(null, { request_id: 'i1' });
    expect(rig.of('interrupted')).toEqual([
      {
        type: 'interrupted',
        responseId: null,
        playedMs: 0,
        reason: 'client',
        isResumable: false,
        echo: { request_id: 'i1' },
      },
    ]);
  });

  it('stops when it is told to stop', async () => {
    await help();
    await rig.say('stop');
    expect(rig.channel.speaking).toBeNull();
  });
});
