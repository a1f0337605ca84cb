import type { TeamMessagePriority } from '@jiga/contracts';

import type { ControlAction, QuestionTopic } from './intent.js';

/** Patterns with one meaning, as a language file writes them. */
export type RuleText =
  | { readonly kind: 'question'; readonly topic: QuestionTopic; readonly say: readonly string[] }
  | { readonly kind: 'control'; readonly action: ControlAction; readonly say: readonly string[] }
  | {
      readonly kind: 'team';
      readonly order: string;
      readonly priority: TeamMessagePriority;
      readonly say: readonly string[];
    };

/** All that understanding knows of a language. */
export interface LanguageRules {
  readonly rules: readonly RuleText[];
  /** Words around a command that mean nothing by themselves. */
  readonly fillers: readonly string[];
  /** What begins a message that goes to the team word for word, where free dictation is heard. */
  readonly relay: readonly string[];
  /** Spoken counts: word → as it is written. */
  readonly counts: Readonly<Record<string, string>>;
  /** Places that most games have. */
  readonly places: readonly string[];
}

export const question = (topic: QuestionTopic, ...say: string[]): RuleText => ({ kind: 'question', topic, say });
export const control = (action: ControlAction, ...say: string[]): RuleText => ({ kind: 'control', action, say });
export const order = (name: string, priority: TeamMessagePriority, ...say: string[]): RuleText => ({
  kind: 'team',
  order: name,
  priority,
  say,
});
