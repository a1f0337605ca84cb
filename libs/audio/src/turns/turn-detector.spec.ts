import { describe, expect, it } from '@jest/globals';

import type { VoiceFrame } from '../ports/front-end.port.js';
import { VOICE_WINDOW_SAMPLES } from '../ports/pcm.js';
import { TurnDetector, type TurnEvent, type TurnSettings } from './turn-detector.js';

const WINDOW_MS = 32;
const SETTINGS: TurnSettings = {
  voice_activation_threshold: 0.5,
  silence_timeout: 0.64,
  max_recording_duration: 30,
  continuous_listening: true,
  auto_voice_activation: true,
};

/** Hears `windows` times a probability each; `said` is what came of it, with the window after which it did. */
function ears(settings: Partial<TurnSettings> = {}) {
  const turns = new TurnDetector({ ...SETTINGS, ...settings });
  let count = 0;
  const hear = (windows: number, speechProbability: number): [number, TurnEvent][] => {
    const said: [number, TurnEvent][] = [];
    for (let i = 0; i < windows; i++) {
      const pcm = new Float32Array(VOICE_WINDOW_SAMPLES).fill(speechProbability);
      const frame: VoiceFrame = { pcm, speechProbability, startMs: count++ * WINDOW_MS, inputDb: -30, before: [] };
      for (const event of turns.push(frame)) said.push([count, event]);
    }
    return said;
  };
  return { turns, hear };
}
const types = (said: readonly [number, TurnEvent][]): string[] => said.map(([, { type }]) => type);
const turnOf = (said: readonly [number, TurnEvent][]) => {
  const found = said.map(([, event]) => event).find((event) => event.type === 'turn_ended');
  if (found?.type !== 'turn_ended') throw new Error('no turn has ended');
  return found.turn;
};

describe('the turns of a player', () => {
  it('begin with speech, after less than 150 ms of it', () => {
    const { hear } = ears();
    hear(20, 0);
    const [[after, event] = []] = hear(10, 0.9);
    expect(event).toEqual({ type: 'speech_started', atMs: 20 * WINDOW_MS });
    expect(((after ?? 0) - 20) * WINDOW_MS).toBeLessThan(150);
  });

  it('do not begin with a click', () => {
    const { hear } = ears();
    for (let click = 0; click < 20; click++) expect([...hear(2, 1), ...hear(8, 0)]).toEqual([]);
  });

  it('end after silence_timeout of silence, with a little sound around the speech', () => {
    const { hear } = ears();
    hear(30, 0.01);
    hear(20, 0.9);
    const said = hear(30, 0.02);
    expect(types(said)).toEqual(['paused', 'turn_ended']);
    expect(said[1]?.[0]).toBe(30 + 20 + 20);
    const { pcm, startMs, endMs, reason } = turnOf(said);
    expect([startMs, endMs, reason]).toEqual([30 * WINDOW_MS, 50 * WINDOW_MS, 'silence']);
    const lead = pcm.findIndex((sample) => sample > 0.5) / VOICE_WINDOW_SAMPLES;
    const tail = (pcm.length - 1 - pcm.findLastIndex((sample) => sample > 0.5)) / VOICE_WINDOW_SAMPLES;
    expect([lead, Math.round(tail)]).toEqual([12, 10]);
  });

  it('wait as long as silence_timeout says, from the next window on also when it changes', () => {
    const { hear, turns } = ears({ silence_timeout: 3 });
    hear(20, 0.9);
    expect(types(hear(60, 0))).toEqual(['paused']);
    turns.configure({ ...SETTINGS, silence_timeout: 0.64 });
    expect(types(hear(1, 0))).toEqual(['turn_ended']);
  });

  it('go on after a pause', () => {
    const { hear } = ears();
    hear(20, 0.9);
    expect(types([...hear(15, 0), ...hear(10, 0.9), ...hear(20, 0)])).toEqual([
      'paused',
      'resumed',
      'paused',
      'turn_ended',
    ]);
  });

  it('are only what is louder than voice_activation_threshold', () => {
    const quiet = [...Array(20).keys()].map(() => 0.4);
    const said = (threshold: number) => {
      const { hear } = ears({ voice_activation_threshold: threshold });
      return types(quiet.flatMap((probability) => hear(1, probability)));
    };
    expect(said(0.3)).toEqual(['speech_started']);
    expect(said(0.5)).toEqual([]);
    expect(said(1)).toEqual([]);
  });

  it('are dropped when they are too short for words', () => {
    const { hear } = ears();
    hear(3, 0.9);
    expect(hear(30, 0).map(([, event]) => event)).toEqual([
      { type: 'turn_discarded', atMs: expect.any(Number), reason: 'too_short' },
    ]);
  });

  it('end at max_recording_duration at the latest', () => {
    const { hear } = ears({ max_recording_duration: 2 });
    const said = hear(100, 0.9);
    expect(types(said).slice(0, 2)).toEqual(['speech_started', 'turn_ended']);
    const { reason, pcm } = turnOf(said);
    expect(reason).toBe('max_duration');
    expect(pcm.length / 16_000).toBeCloseTo(2, 1);
    expect(types(said)[2]).toBe('speech_started');
  });

  it('end as by silence when no more sound comes', () => {
    const { hear, turns } = ears();
    expect(turns.stall()).toEqual([]);
    hear(20, 0.9);
    expect(turns.stall()).toMatchObject([{ type: 'turn_ended', turn: { reason: 'silence' } }]);
  });

  it('end only when the client says so without continuous_listening', () => {
    const { hear, turns } = ears({ continuous_listening: false });
    hear(20, 0.9);
    expect(types(hear(200, 0))).toEqual(['paused']);
    expect(turns.stall()).toEqual([]);
    expect(turns.commit()).toMatchObject([{ type: 'turn_ended', turn: { reason: 'commit' } }]);
    hear(50, 0);
    expect(turns.commit()).toMatchObject([{ type: 'turn_discarded', reason: 'no_speech' }]);
  });

  it('are all the sound between two commits without auto_voice_activation', () => {
    const { hear, turns } = ears({ auto_voice_activation: false });
    expect(types(hear(50, 0))).toEqual(['speech_started']);
    const [event] = turns.commit();
    expect(event).toMatchObject({ type: 'turn_ended', turn: { startMs: 0, endMs: 50 * WINDOW_MS } });
    expect(turns.commit()).toMatchObject([{ type: 'turn_discarded' }]);
  });
});
