import type { TeamMessagePriority } from '@jiga/contracts';

/** What a player may ask of the match. */
export const QUESTION_TOPICS = [
  'score',
  'time_left',
  'location',
  'killed_by',
  'performance',
  'advice',
  'health',
  'armor',
  'ammo',
  'weapon',
  'rank',
  'lap',
  'money',
  'flag',
  'enemies_left',
  'team',
  'map',
  'mode',
  'last_event',
  'help',
] as const;
export type QuestionTopic = (typeof QUESTION_TOPICS)[number];

/** What a player may say about the voice itself. */
export const CONTROL_ACTIONS = [
  'mute',
  'unmute',
  'only_urgent',
  'all_callouts',
  'repeat',
  'stop',
  'slower',
  'faster',
  'louder',
  'quieter',
] as const;
export type ControlAction = (typeof CONTROL_ACTIONS)[number];

/** Values that stood in an utterance, by slot, written as the game or the profile writes them. */
export type Slots = Readonly<Partial<Record<SlotName, string>>>;
export const SLOT_NAMES = ['place', 'weapon', 'player', 'count'] as const;
export type SlotName = (typeof SLOT_NAMES)[number];

export type Meaning =
  | { readonly kind: 'question'; readonly topic: QuestionTopic }
  /** Words for the team; what is sent is `text`. */
  | {
      readonly kind: 'team';
      readonly order: string;
      readonly text: string;
      readonly priority: TeamMessagePriority;
    }
  | { readonly kind: 'control'; readonly action: ControlAction };

/** What an utterance means. `coverage` is the share of its words, fillers apart, that the meaning accounts for. */
export type Intent = Meaning & { readonly slots: Slots; readonly coverage: number };
