import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { turn, VirtualClock } from '@jiga/testing';

import { WINDOW_MS } from '../testing/fake-engines.js';
import { Rig } from '../testing/voice-rig.js';

describe('a voice channel', () => {
  let rig: Rig;
  beforeEach(() => {
    rig = new Rig(new VirtualClock(), turn);
  });
  afterEach(() => rig.channel.close());

  describe('by its settings', () => {
    it.each([
      ['audio_format', { audio_format: 'mp3' }, 'mp3 22050 1 4800'],
      ['sample_rate', { sample_rate: 8_000 }, 'wav 8000 1 4800'],
      [
        'sample_rate of mp3, in the nearest that it has',
        { audio_format: 'mp3', sample_rate: 23_000 },
        'mp3 22050 1 4800',
      ],
      ['channels', { channels: 2 }, 'wav 22050 2 4800'],
    ] as const)('speaks in the %s', async (_name, settings, encoded) => {
      rig.open(settings);
      await rig.say('louder');
      const speech = rig.of('voice_response')[0]?.speech;
      expect(
        Buffer.from(speech?.bytes ?? [])
          .toString()
          .replace(/\d+$/, '4800'),
      ).toBe(encoded);
    });

    it('speaks with the voice_quality, and at the pace and loudness that the player asked for', async () => {
      rig.open({ voice_quality: 'low' });
      await rig.say('slower');
      expect(rig.voice.asked.at(-1)).toMatchObject({ quality: 'low', rate: 0.8, volume: 1, language: 'en' });
    });

    it.each(['text', 'team_message'] as const)('sends words alone with response_type %s', async (response_type) => {
      rig.open({ response_type });
      await rig.say('what can i say');
      expect(rig.of('voice_response')[0]).toMatchObject({ speech: null, silentBecause: null, isLast: true });
      expect(rig.voice.asked).toEqual([]);
      expect(rig.sent).toHaveLength(response_type === 'team_message' ? 1 : 0);
    });

    it('says why there is no sound in a language that no voice here speaks', async () => {
      rig.open({ language: 'fr' });
      await rig.say('plus fort');
      expect(rig.of('voice_response')[0]).toMatchObject({ text: 'Plus fort.', speech: null });
      expect(rig.of('voice_response')[0]?.silentBecause).toContain('fr');
    });

    it('sends orders to the team only with enable_team_messaging', async () => {
      rig.open({ enable_team_messaging: false });
      await rig.say('rush b');
      expect(rig.sent).toEqual([]);
      rig.settings = { ...rig.settings, enable_team_messaging: true };
      await rig.say('rush b');
      expect(rig.sent).toEqual(['Rush b']);
    });

    it('asks its ears for noise suppression and echo cancellation, at once when that changes', () => {
      rig.open({ enable_noise_suppression: false });
      expect(rig.stream.configured).toMatchObject([{ noiseSuppression: 'off', echoCancellation: true }]);
      rig.settings = { ...rig.settings, enable_noise_suppression: true, enable_echo_cancellation: false };
      rig.channel.configure({ sampleRateHz: 48_000, channels: 2 });
      expect(rig.stream.configured.at(-1)).toEqual({
        sampleRateHz: 48_000,
        channels: 2,
        noiseSuppression: 'full',
        echoCancellation: false,
      });
    });

    it('ends a turn by commit alone without continuous_listening', async () => {
      rig.open({ continuous_listening: false });
      await rig.say('where am i');
      expect(rig.of('speech_stopped')).toEqual([]);
      const echo = { request_id: 'c1' };
      rig.channel.commit(echo);
      await rig.hear(WINDOW_MS);
      expect(rig.of('speech_stopped')[0]).toMatchObject({ reason: 'commit', echo });
      expect(rig.of('transcript').at(-1)).toMatchObject({ isFinal: true, echo });
      expect(rig.of('voice_response')).toEqual([expect.objectContaining({ echo })]);
    });
  });
});
