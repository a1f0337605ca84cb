import { describe, expect, it } from '@jest/globals';

import { effectiveConfiguration, sessionTypeOf, skillIdsOf } from './effective-configuration.js';

const of = (request: object = {}): ReturnType<typeof effectiveConfiguration> =>
  effectiveConfiguration({ user_id: 'player', ...request });

describe('effectiveConfiguration', () => {
  it('analyses every three seconds, one frame at a time, unless it is high-speed', () => {
    expect(of()).toMatchObject({ processing_mode: 'normal', analysis_interval: 3, max_concurrent_analyses: 1 });
    expect(of({ high_speed_vision: true })).toMatchObject({
      processing_mode: 'high_speed',
      analysis_interval: 0.5,
      max_concurrent_analyses: 10,
    });
  });

  it('lets high-speed settings wait until high speed is on', () => {
    const configuration = of({ high_speed_config: { analysis_interval: 0.2 } });
    expect(configuration.analysis_interval).toBe(3);
    expect(configuration.high_speed_config.analysis_interval).toBe(0.2);
  });

  it('puts overrides on top of the mode', () => {
    const { high_speed_config: config } = of({
      high_speed_mode: 'quality-focused',
      high_speed_config: { jpeg_quality: 70 },
    });
    expect(config).toMatchObject({ jpeg_quality: 70, compression_level: 'low', max_concurrent_analyses: 6 });
  });

  it.each([
    [false, false, 'standard'],
    [true, false, 'high_speed'],
    [false, true, 'voice_chat'],
    [true, true, 'combined'],
  ])('with high speed %s and voice %s is of type %s', (high_speed_vision, voice_chat_enabled, type) => {
    expect(sessionTypeOf(of({ high_speed_vision, voice_chat_enabled }))).toBe(type);
  });

  it('tells all skills from none', () => {
    expect(skillIdsOf(of())).toBeNull();
    expect(skillIdsOf(of({ skills: [] }))).toEqual([]);
    expect(skillIdsOf(of({ skills: ['tactics', 'tactics'] }))).toEqual(['tactics']);
    expect(skillIdsOf(of({ skills: { hud_reading: { min_confidence: 0.5 } } }))).toEqual(['hud_reading']);
  });
});
