import { StreamError, type ResolvedStream, type StreamErrorCode, type StreamResolver } from '@jiga/streams';

/** Failures of one way of asking that another way may not share. */
const PASSED_ON: ReadonlySet<StreamErrorCode> = new Set(['integrity_required', 'upstream', 'auth_invalid']);

/** Asks one resolver after another. What a channel itself is (offline, not there, closed to us) no other can change. */
export class ResolverChain implements StreamResolver {
  constructor(
    readonly service: string,
    private readonly resolvers: readonly [StreamResolver, ...StreamResolver[]],
  ) {}

  async resolve(signal: AbortSignal): Promise<ResolvedStream> {
    let first: unknown;
    for (const resolver of this.resolvers) {
      try {
        return await resolver.resolve(signal);
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof StreamError)) throw error;
        // The first one's answer is the one to tell, unless a later one knows more of the channel.
        first = first === undefined || !PASSED_ON.has(error.code) ? error : first;
        if (!PASSED_ON.has(error.code)) break;
      }
    }
    throw first;
  }
}
