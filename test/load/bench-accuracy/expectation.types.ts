export type Scalar = string | number | boolean;

/** A field of the result that the truth knows. */
export interface ExpectedField {
  /** Name in the report, such as `health` or `scores.red`. */
  readonly name: string;
  /** Where results hold it: a HUD field, or a team's score. */
  readonly at: { readonly hud: string } | { readonly score: readonly string[] };
  readonly kind: 'number' | 'text';
  /** Accepted difference of a number; 0 = exact. */
  readonly tolerance: number;
  /** What is drawn at a source frame; null = nothing is drawn there, so there is nothing to read. */
  readonly drawn: (frame: number) => Scalar | null;
}

/** Something that happened, in the words of the contract. */
export interface ExpectedEvent {
  readonly type: string;
  /** Seconds from the start of the clip. */
  readonly t: number;
  /** What a claim must say to be this event; a value that is left out does not matter. */
  readonly detail: Readonly<Record<string, Scalar | null>>;
  /** Counted on its own, only for events that were found. */
  readonly weapon?: string;
  /** False at the clip's edges, where it may be too short on the screen: finding it is no error, missing it neither. */
  readonly required: boolean;
}

export interface Expectations {
  readonly gameId: string;
  readonly fields: readonly ExpectedField[];
  readonly events: readonly ExpectedEvent[];
  /** Event types that this truth can judge: a claim of one of them that did not happen is false. */
  readonly judged: readonly string[];
  /** Things that hold for the whole clip, such as map and mode. */
  readonly identity: Readonly<Record<string, string>>;
}
