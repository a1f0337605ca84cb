const MAX_PLAYERS = 128;

/** Which of the two teams each player is on, from what was said about him. */
export class TeamBook {
  private readonly votes = new Map<string, [number, number]>();
  private readonly opponents = new Map<string, Set<string>>();
  private readonly colorVotes: [number, number] = [0, 0];

  constructor(private readonly names: readonly [string, string]) {}

  /** Team of a player: as said of him, or as follows from whom he fought. */
  teamOf(player: string | null): string | null {
    if (player === null) return null;
    const seen = new Set([player]);
    let ring = [player];
    for (let steps = 0; ring.length > 0; steps++) {
      const sum = ring.map((name) => this.voted(name)).reduce((a, b) => a + b, 0);
      if (sum !== 0) return this.names[sum > 0 === (steps % 2 === 0) ? 0 : 1];
      ring = [...new Set(ring.flatMap((name) => [...(this.opponents.get(name) ?? [])]))].filter(
        (name) => !seen.has(name),
      );
      for (const name of ring) seen.add(name);
    }
    return null;
  }

  private voted(player: string): number {
    const votes = this.votes.get(player);
    return votes === undefined ? 0 : Math.sign(votes[0] - votes[1]);
  }

  other(team: string): string {
    return team === this.names[0] ? this.names[1] : this.names[0];
  }

  isTeam(name: string): boolean {
    return this.names.includes(name);
  }

  vote(player: string | null, team: string | null, weight = 1): void {
    const side = team === null ? -1 : this.names.indexOf(team);
    if (player === null || side < 0) return;
    const votes = this.votes.get(player) ?? [0, 0];
    votes[side] = (votes[side] ?? 0) + weight;
    this.votes.set(player, votes);
  }

  /** A kill of an opponent: knowing one side tells the other. */
  noteFight(killer: string | null, victim: string | null): void {
    if (killer === null || victim === null || killer === victim || this.opponents.size > MAX_PLAYERS) return;
    this.opponents.set(killer, (this.opponents.get(killer) ?? new Set()).add(victim));
    this.opponents.set(victim, (this.opponents.get(victim) ?? new Set()).add(killer));
  }

  /** The colour that the HUD gives to the viewed player's team. */
  noteColor(color: string | null): void {
    const side = color === null ? -1 : this.names.indexOf(color);
    if (side >= 0) this.colorVotes[side] = (this.colorVotes[side] ?? 0) + 1;
  }

  /** Team of the viewed player by the HUD's colour, once three sights agree four to one. */
  byColor(): string | null {
    const [first, second] = this.colorVotes;
    if (Math.max(first, second) < 3 || Math.max(first, second) < 4 * Math.min(first, second)) return null;
    return first > second ? this.names[0] : this.names[1];
  }

  forgetColor(): void {
    this.colorVotes.fill(0);
  }

  clear(): void {
    this.votes.clear();
    this.opponents.clear();
    this.forgetColor();
  }
}
