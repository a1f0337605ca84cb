import { CALLOUT_PRIORITIES, GAME_PHASES } from '../vision.js';
import { array, count, mapOf, nullable, number, object, oneOf, share, text } from './json-schema.js';
import type { JsonSchema } from './json-schema.js';

const UNIX_SECONDS = 'Unix seconds.';

const BOX: JsonSchema = {
  type: 'array',
  items: { type: 'number' },
  minItems: 4,
  maxItems: 4,
  description: '`[x, y, width, height]` in 0–1 of the frame.',
};

/** A value of the free-form parts of an event. */
const SCALAR: JsonSchema = { type: ['string', 'number', 'boolean', 'null'] };
const SCALAR_OR_BOX: JsonSchema = { oneOf: [SCALAR, BOX] };

export const CALLOUT_SCHEMA = object(
  {
    callout_id: text(),
    text: text('What to say to the player.'),
    priority: oneOf(CALLOUT_PRIORITIES),
    category: text(),
    timestamp: number(`Time of the frame that gave rise to it. ${UNIX_SECONDS}`),
    expires_at: number(`After this moment it is no longer worth saying. ${UNIX_SECONDS}`),
    reason: text(),
  },
  {},
  'Something worth saying to the player now.',
);

const HUD_VALUE = object(
  {
    value: { type: ['number', 'string', 'boolean', 'null'], description: 'Typed: a timer is in seconds.' },
    text: nullable(text('What was drawn.')),
    confidence: share(),
    box: nullable(BOX),
    age_ms: number('How long before this frame it was last read.'),
  },
  { unit: text(), unreadable: { type: 'boolean', description: 'The place was looked at, but cannot be read.' } },
);

const DETECTION = object(
  {
    label: text(),
    category: oneOf(['hud_text', 'icon', 'player', 'object', 'banner']),
    confidence: share(),
    box: BOX,
    text: nullable(text()),
  },
  { provider: text('`provider:model` of the remote model that saw it; absent when it was seen here.') },
);

const SCENE = object(
  {
    description: nullable(text()),
    confidence: nullable(share('Of the description, as the model states it.')),
    game: nullable(object({ name: text('As the model names it.'), confidence: share() })),
    provider: text('`provider:model`.'),
    age_ms: number('How long before this frame the model was shown the scene.'),
  },
  {},
  'What a remote model said about the scene; only there when the session has one.',
);

export const GAME_EVENT_SCHEMA = object({
  event_id: text(),
  type: text('`kill`, `death`, `score_changed`, …; types of one game alone are prefixed with its id.'),
  timestamp: number(`Time of the frame that first showed it. ${UNIX_SECONDS}`),
  confidence: share(),
  detail: mapOf(SCALAR),
  evidence: mapOf(SCALAR_OR_BOX),
});

const FRAME = object({
  id: text(),
  sequence: count("Counts the session's analysed frames.", 1),
  timestamp: number(`When it was captured, as its sender said. ${UNIX_SECONDS}`),
  width: count('Pixels.', 1),
  height: count('Pixels.', 1),
  hash: { type: 'string', pattern: '^[0-9a-f]{16}$', description: '64-bit difference hash.' },
  source: text(),
  channel: nullable(text()),
});

const MAP = object({
  name: text(),
  location: nullable(object({ label: text(), x: nullable(number()), y: nullable(number()) })),
  confidence: share(),
});

const TEAMS = object({
  player_team: nullable(text('Team of the player whose view it is.')),
  scores: nullable(mapOf(nullable(number()))),
  players: array(object({ name: text(), team: nullable(text()), score: nullable(number()), confidence: share() })),
});

const TACTICAL = object({
  threat_level: nullable(oneOf(['low', 'elevated', 'high', 'critical'])),
  situation: nullable(text()),
  recommendations: array(object({ text: text(), reason: text(), confidence: share() })),
});

/** How often something kept was used again instead of being worked out anew. */
export const REUSED_SCHEMA = object({ hits: count('Known already.'), misses: count('Worked out anew.') });

const METADATA = object(
  {
    provider: text('`local`; with a `scene`, also whose it is: `local+provider:model`.'),
    mode: oneOf(['normal', 'high_speed']),
    cache: oneOf(['hit', 'miss', 'off']),
    heavy_age_ms: nullable(
      number(
        'Milliseconds since the last heavy stage, which may have read numbers alone: text is read once an interval and after cuts. Null before the first one.',
      ),
    ),
    stages_ms: mapOf(number()),
    queue_ms: number('How long the frame waited.'),
    processing_ms: number('How long the analysis took.'),
    motion: nullable(share('Mean luma difference to the previous frame.')),
    scene_cut: { type: 'boolean' },
  },
  {
    reuse: object(
      {},
      { scene: REUSED_SCHEMA, hud: REUSED_SCHEMA, text: REUSED_SCHEMA },
      'On frames with a heavy stage: how much of its work was known already.',
    ),
  },
);

/** `data` of every result message. What was not seen is null, never invented. */
export const VISION_RESULT_SCHEMA = object(
  {
    analysis_id: text(),
    frame: FRAME,
    game: nullable(object({ id: text(), name: text(), confidence: share(), phase: oneOf(GAME_PHASES) })),
    game_mode: nullable(object({ name: text(), confidence: share(), evidence: text() })),
    map: nullable(MAP),
    teams: nullable(TEAMS),
    hud: mapOf(nullable(HUD_VALUE)),
    detections: array(DETECTION),
    events: array(GAME_EVENT_SCHEMA),
    tactical: TACTICAL,
    callouts: array(CALLOUT_SCHEMA),
    team_messages: array(text()),
    confidence: nullable(share('How sure the reading as a whole is.')),
    metadata: METADATA,
  },
  { scene: SCENE },
);
