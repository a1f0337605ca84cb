/** What may happen to an ingested stream; published as `source.<type>`. */
export const SOURCE_EVENTS = [
  'connected',
  'ad_break',
  'resumed',
  'reconnecting',
  'stalled',
  'variant_changed',
  'ended',
] as const;
export type SourceEventType = (typeof SOURCE_EVENTS)[number];

/** Facts about the stream that a session ingests. `at` is Unix seconds. */
export interface SourceEvents {
  'source.event': {
    readonly sessionId: string;
    readonly at: number;
    readonly type: SourceEventType;
    /** As clients see it; what each type tells is in the wire description of its event. */
    readonly data: object;
  };
}
