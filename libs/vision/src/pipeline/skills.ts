import type { JsonSchema, SkillSelection } from '@jiga/contracts';

import { SKILL_DEFAULTS, SKILL_SCHEMAS, type SkillSettings } from './skill-settings.js';

export type SkillId = keyof SkillSettings;

/** Something that the heavy stage can be asked to do. */
export interface Skill {
  readonly id: SkillId;
  readonly description: string;
  /** Of the object of its settings: nothing is accepted that has no effect. */
  readonly settings: JsonSchema & { readonly properties: Readonly<Record<string, JsonSchema>> };
}

const skill = (id: SkillId, description: string): Skill => ({
  id,
  description,
  settings: { type: 'object', properties: SKILL_SCHEMAS[id], additionalProperties: false },
});

/** Ids as sessions name them. */
export const SKILLS = [
  skill('hud_reading', 'Reads numbers, messages and colours of the HUD with the profile of the game.'),
  skill('text_detection', 'Finds and reads text in games that have no profile.'),
  skill('game_events', 'Follows the match and tells what happened.'),
  skill('tactics', 'Judges the situation and gives recommendations.'),
  skill('callouts', 'Says what matters at the moment it matters.'),
] as const;

/** Which skills a session has, and with what settings. */
export class SkillSet {
  readonly #chosen: Readonly<Record<string, object>> | null;

  /**
   * @param chosen null = all; settings must have been checked
   * @param resting ids of chosen ones that are not used for now
   */
  constructor(
    chosen: SkillSelection | null,
    private readonly resting: readonly string[] = [],
  ) {
    this.#chosen = Array.isArray(chosen)
      ? Object.fromEntries((chosen as readonly string[]).map((id) => [id, {}]))
      : (chosen as Readonly<Record<string, object>> | null);
  }

  has(skill: SkillId): boolean {
    return (this.#chosen === null || Object.hasOwn(this.#chosen, skill)) && !this.resting.includes(skill);
  }

  /** What is set of a skill, with every default filled in. */
  of<K extends SkillId>(skill: K): SkillSettings[K] {
    return { ...SKILL_DEFAULTS[skill], ...this.#chosen?.[skill] };
  }

  /** Whether any skill needs the heavy stage. */
  get needsHeavyStage(): boolean {
    return SKILLS.some(({ id }) => this.has(id));
  }
}
