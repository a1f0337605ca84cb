import type { SessionRequest } from '@jiga/contracts';

const examples = (all: Readonly<Record<string, { readonly summary: string; readonly value: SessionRequest }>>) => ({
  ...all,
});

/** Requests that work as they are, for the page where the API is tried. */
export const CREATE_EXAMPLES = examples({
  least: { summary: 'All defaults', value: { user_id: 'player-1' } },
  game: {
    summary: 'A known game, the analysis of the HUD alone',
    value: { user_id: 'player-1', game: 'openarena', team_id: 'blue-squad', skills: ['hud_reading'] },
  },
  high_speed: {
    summary: 'Half-second analyses, eight at once',
    value: {
      user_id: 'player-1',
      high_speed_vision: true,
      high_speed_mode: 'ultra-fast',
      high_speed_config: { max_concurrent_analyses: 8 },
    },
  },
  everything: {
    summary: 'High speed and voice, with limits',
    value: {
      user_id: 'example_user',
      permissions: 'configure',
      preferences: { language: 'en' },
      high_speed_vision: true,
      voice_chat_enabled: true,
      auto_connect_audio: true,
      voice_chat_config: { response_type: 'text', sample_rate: 16_000 },
      video_input_source: 'direct_screen',
      budget: { seconds: 3600 },
    },
  },
});
