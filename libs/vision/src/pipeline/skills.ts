/** What the heavy stage can be asked to do; ids as sessions name them. */
export const SKILLS = [
  { id: 'hud_reading', description: 'Reads numbers, messages and colours of the HUD with the profile of the game.' },
  { id: 'text_detection', description: 'Finds and reads text in games that have no profile.' },
  { id: 'game_events', description: 'Follows the match and tells what happened.' },
  { id: 'tactics', description: 'Judges the situation and gives recommendations.' },
  { id: 'callouts', description: 'Says what matters at the moment it matters.' },
] as const;
export type SkillId = (typeof SKILLS)[number]['id'];

/** Which skills a session has. */
export class SkillSet {
  /**
   * @param chosen null = all
   * @param resting of the chosen ones, those that are not used for now
   */
  constructor(
    private readonly chosen: readonly string[] | null,
    private readonly resting: readonly string[] = [],
  ) {}

  has(skill: SkillId): boolean {
    return (this.chosen === null || this.chosen.includes(skill)) && !this.resting.includes(skill);
  }

  /** Whether any skill needs the heavy stage. */
  get needsHeavyStage(): boolean {
    return SKILLS.some(({ id }) => this.has(id));
  }
}
