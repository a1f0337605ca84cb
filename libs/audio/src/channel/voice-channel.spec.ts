import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { AppError } from '@jiga/contracts';
import type { VisionResult } from '@jiga/contracts';
import { turn, VirtualClock } from '@jiga/testing';

import { sound, WINDOW_MS } from '../testing/fake-engines.js';
import { callout, NO_MODELS, Rig, talkingModel } from '../testing/voice-rig.js';

describe('a voice channel', () => {
  let rig: Rig;
  beforeEach(() => {
    rig = new Rig(new VirtualClock(), turn);
  });
  afterEach(() => {
    rig.channel.close();
    rig.channel.close();
    expect([rig.clock.pending, rig.stream.isClosed]).toEqual([0, true]);
  });

  it('hears a question, writes it down and answers it', async () => {
    rig.open();
    const teams = { player_team: 'red', scores: { red: 1, blue: 0 }, players: [] };
    rig.conversation.memory.observe({ game: null, hud: {}, teams } as unknown as VisionResult, 0);
    await rig.say("what's the score");
    expect(rig.types).toEqual([
      'speech_started',
      'transcript',
      'speech_stopped',
      'transcript',
      'voice_response',
      'answered',
    ]);
    const [before, final] = rig.of('transcript');
    expect([before?.isFinal, final?.isFinal, final?.text, final?.isAccepted]).toEqual([
      false,
      true,
      "what's the score",
      true,
    ]);
    expect(rig.of('voice_response')[0]).toMatchObject({
      utteranceId: final?.utteranceId,
      kind: 'answer',
      text: 'Red 1, blue 0, you lead by 1.',
      sequence: 0,
      isLast: true,
      speech: { format: 'wav', sampleRateHz: 22_050, channels: 1, durationMs: 800 },
    });
    expect(rig.stream.played).toEqual([800]);
    expect(rig.counted).toEqual(['accepted']);
  });

  it('sends the first sentence before the rest is made', async () => {
    rig.open();
    rig.models = talkingModel(async function* () {
      yield { type: 'text' as const, text: 'Wait there. Then ' };
      await turn();
      yield { type: 'text' as const, text: 'go.' };
    });
    rig.channel.say('what do you think of my chances', { request_id: 7 });
    await rig.hear(200);
    expect(rig.of('voice_response').map(({ text, sequence, isLast, echo }) => [text, sequence, isLast, echo])).toEqual([
      ['Wait there.', 0, false, { request_id: 7 }],
      ['Then go.', 1, false, { request_id: 7 }],
      ['', 2, true, { request_id: 7 }],
    ]);
  });

  it('tells of what was asked and is not answered to its end when it is closed, once each', async () => {
    rig.open();
    let go = (): void => {};
    const held = new Promise<void>((resolve) => (go = resolve));
    rig.models = talkingModel(async function* () {
      yield { type: 'text' as const, text: 'Wait there. Then ' };
      await held;
    });
    rig.channel.say("what's the score", { request_id: 'answered' });
    await rig.hear(100);
    rig.channel.say('what do you think of my chances', { request_id: 'begun' });
    await rig.hear(100);
    // The player speaks into it: the turn is over before its answer is.
    await rig.hear(300, 0.9);
    rig.channel.say('and now', { request_id: 'waiting' });
    rig.channel.commit({ request_id: 'commit' });
    rig.channel.close(new AppError('session_closed'));
    go();
    await turn();
    expect(rig.of('failed').map(({ error, echo }) => [error.code, echo])).toEqual([
      ['session_closed', { request_id: 'begun' }],
      ['session_closed', { request_id: 'waiting' }],
      ['session_closed', { request_id: 'commit' }],
    ]);
  });

  it('acts on nothing that it did not understand, and says nothing to it', async () => {
    rig.open();
    await rig.say('mute', { accepted: false, confidence: 0.4 });
    await rig.say('');
    expect(rig.of('transcript').filter(({ isFinal }) => isFinal)).toMatchObject([
      { isAccepted: false, reason: 'uncertain', confidence: 0.4 },
      { isAccepted: false, reason: 'not_a_command', text: '' },
    ]);
    expect(rig.of('voice_response')).toEqual([]);
    expect(rig.conversation.preferences.calloutsFrom).toBe('info');
    expect(rig.counted).toEqual(['rejected', 'rejected']);
  });

  it('recognises in the silence at the end, so that the words are there when the turn ends', async () => {
    rig.open({ silence_timeout: 2 });
    rig.recognizer.script.push({ text: 'where am i' });
    await rig.hear(500, 0.9);
    await rig.hear(400);
    expect(rig.types).toEqual(['speech_started', 'transcript']);
    await rig.hear(1_700);
    expect(rig.of('voice_response')).toHaveLength(1);
    expect(rig.recognizer.heardMs).toHaveLength(1);
  });

  describe('with callouts', () => {
    it('speaks them when nobody else does', async () => {
      rig.open();
      rig.channel.offerCallout(callout('Flag taken', 'important'), 5_000);
      await rig.hear(WINDOW_MS);
      expect(rig.of('callout')[0]).toMatchObject({ text: 'Flag taken', isLast: true, speech: { durationMs: 200 } });
    });

    it('waits for the player to end, unless it is urgent', async () => {
      rig.open();
      await rig.hear(500, 0.9);
      rig.channel.offerCallout(callout('Flag taken', 'important'), 60_000);
      await rig.hear(500, 0.9);
      expect(rig.of('callout')).toEqual([]);
      rig.channel.offerCallout(callout('Behind you', 'urgent'), 60_000);
      await rig.hear(WINDOW_MS, 0.9);
      expect(rig.of('callout').map(({ text }) => text)).toEqual(['Behind you']);
      rig.recognizer.script.push({ text: '' });
      await rig.hear(1_000);
      expect(rig.of('callout').map(({ text }) => text)).toEqual(['Behind you', 'Flag taken']);
    });

    it('breaks off what it says for an urgent one', async () => {
      rig.open();
      rig.channel.say('what can i say', {});
      await rig.hear(320);
      rig.channel.offerCallout(callout('Behind you', 'urgent'), 5_000);
      await rig.hear(WINDOW_MS);
      expect(rig.of('interrupted')[0]).toMatchObject({ reason: 'urgent_callout', isResumable: false });
      expect(rig.of('callout')).toHaveLength(1);
    });

    it('says those that the player wants to hear', async () => {
      rig.open();
      await rig.say('only urgent');
      await rig.hear(1_000);
      rig.channel.offerCallout(callout('Flag taken', 'important'), 5_000);
      await rig.hear(300);
      expect(rig.of('callout')).toEqual([]);
    });
  });

  it('ends a turn when no more sound comes', async () => {
    rig.open();
    rig.recognizer.script.push({ text: 'where am i' });
    await rig.hear(500, 0.9);
    rig.clock.advance(700);
    await rig.hear(WINDOW_MS);
    expect(rig.of('speech_stopped')[0]).toMatchObject({ reason: 'silence' });
  });

  it('refuses sound that comes faster than it can be heard', () => {
    rig.open();
    for (let s = 0; s < 10; s++) rig.channel.push(sound(1_000));
    expect(() => rig.channel.push(sound(1_000))).toThrow(expect.objectContaining({ code: 'audio_overloaded' }));
  });

  it('refuses commits while too many wait for their sound', async () => {
    rig.open();
    for (let i = 0; i < 4; i++) rig.channel.commit();
    expect(() => rig.channel.commit()).toThrow(expect.objectContaining({ code: 'audio_overloaded' }));
    await rig.hear(WINDOW_MS);
    rig.channel.commit();
    await turn();
    expect(rig.of('speech_stopped')).toHaveLength(5);
  });

  it('takes a bounded number of questions at once', async () => {
    rig.open();
    for (let i = 0; i < 6; i++) rig.channel.say('where am i', { request_id: i });
    await rig.hear(300);
    expect(rig.of('failed').map(({ error, echo }) => [error.code, echo])).toEqual([
      ['audio_overloaded', { request_id: 4 }],
      ['audio_overloaded', { request_id: 5 }],
    ]);
  });

  it('writes a broadcast down where a model can, and never answers it', async () => {
    rig.models = {
      ...NO_MODELS,
      dictate: () => Promise.resolve({ text: 'What a shot!', confidence: null, source: 'test:ears' }),
    };
    rig.open({}, 'stream');
    await rig.say('mute');
    rig.channel.offerCallout(callout('Behind you', 'urgent'), 5_000);
    await rig.hear(300);
    expect(rig.types).toEqual(['speech_started', 'speech_stopped', 'transcript']);
    expect(rig.of('transcript')[0]).toMatchObject({ text: 'What a shot!', source: 'test:ears' });
  });
});
