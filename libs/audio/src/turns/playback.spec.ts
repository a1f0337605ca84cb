import { beforeEach, describe, expect, it } from '@jest/globals';

import { Playback } from './playback.js';

const SOUND = { pcm: Float32Array.from({ length: 400 }, (_, at) => at), sampleRateHz: 1_000 };

describe('what a client is playing', () => {
  let playback: Playback;
  beforeEach(() => {
    playback = new Playback();
    playback.begin('a', 1_000);
    playback.add({ text: 'One two three four.', durationMs: 400, sound: SOUND }, 1_000);
    playback.add({ text: 'Five six.', durationMs: 200, sound: { ...SOUND, pcm: SOUND.pcm.subarray(0, 200) } }, 1_100);
  });

  it('runs on the clock until it is over', () => {
    playback.complete();
    expect([playback.isActive(1_599), playback.isSounding(1_599), playback.leftMs(1_500)]).toEqual([true, true, 100]);
    expect([playback.isActive(1_600), playback.isSounding(1_600)]).toEqual([false, false]);
  });

  it('is not over while more may come, but is silent', () => {
    expect([playback.isActive(5_000), playback.isSounding(5_000), playback.leftMs(5_000)]).toEqual([true, false, null]);
    playback.add({ text: 'Seven.', durationMs: 100, sound: null }, 5_000);
    expect(playback.positionMs(5_050)).toBe(650);
  });

  it('believes what the client reports, and nothing about other speech', () => {
    playback.report('a', 120, 1_300);
    playback.report('b', 999, 1_300);
    playback.report('a', 120, 1_300);
    expect(playback.positionMs(1_350)).toBe(170);
    playback.report('a', 99_999, 1_350);
    expect(playback.positionMs(1_350)).toBe(600);
  });

  it('stands still while it is paused', () => {
    expect(playback.pause(1_250)).toBe(250);
    expect([playback.positionMs(9_000), playback.isSounding(9_000), playback.isActive(9_000)]).toEqual([
      250,
      false,
      true,
    ]);
    expect(playback.resume(9_000)).toBe(250);
    expect(playback.positionMs(9_100)).toBe(350);
  });

  it('knows the sound that is left after a pause', () => {
    playback.pause(1_250);
    const rest = playback.rest().map(({ pcm }) => [pcm[0], pcm.length]);
    expect(rest).toEqual([
      [250, 150],
      [0, 200],
    ]);
  });

  it.each([
    [1_100, 'One', true],
    [1_200, 'One two', true],
    [1_500, 'One two three four. Five', true],
    [1_600, 'One two three four. Five six.', false],
  ])('tells at %s what was heard: "%s"', (atMs, heardText, wasCut) => {
    playback.complete();
    expect(playback.stop(atMs)).toMatchObject({ id: 'a', heardText, wasCut });
    expect(playback.stop(atMs)).toBeNull();
  });
});
