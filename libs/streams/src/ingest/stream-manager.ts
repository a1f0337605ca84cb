import { unixSeconds } from '@jiga/contracts';

import { leavesOutDisposable } from '../decode/disposable-pictures.js';
import type { DecodedFrame } from '../decode/stream-decoder.port.js';
import { StreamError } from '../stream-error.js';
import type {
  ResolvedDirect,
  ResolvedHls,
  ResolvedStream,
  StreamHandlers,
  StreamHealth,
  StreamIngest,
  StreamNotice,
  StreamResolver,
  StreamSound,
  StreamState,
} from '../stream-ingest.port.js';
import { CaptureClock } from './capture-clock.js';
import { ConnectionPolicy } from './connection-policy.js';
import { FrameOutlet } from './frame-outlet.js';
import { HlsPlayer, type PlayerEvents } from './hls-player.js';
import { SoundOutlet } from './sound-outlet.js';
import { soundTrackOf } from './sound-track.js';
import { StreamMeter } from './stream-meter.js';
import type { StreamManagerOptions, StreamWorld } from './stream-world.js';
import { doneOrAborted, wait } from './wait.js';

/** As many segments as may have their frames wait: the newest, and half of the one before. */
const SEGMENTS_WAITING = 1.5;
const FINAL: ReadonlySet<StreamState> = new Set(['ended', 'failed', 'closed']);
/** A broadcast that has just begun may be without a picture for about a minute. */
const STARTS_WITHIN_MS = 70_000;

/**
 * A stream as one object, whatever happens to it: resolves where it is, plays it, tells what becomes of it, and connects
 * again as its policy says.
 */
export class StreamManager implements StreamIngest {
  readonly #abort = new AbortController();
  readonly #policy: ConnectionPolicy;
  readonly #meter: StreamMeter;
  readonly #frames: FrameOutlet;
  readonly #sound: SoundOutlet | null;
  readonly #captureClock: CaptureClock;
  #state: StreamState = 'connecting';
  #since: number;
  #running: Promise<void> | null = null;
  #broadcastId: string | null = null;
  #sequence = 0;
  #sourceSize: { readonly width: number; readonly height: number } | null = null;
  #adBreakS = 0;

  constructor(
    private readonly resolver: StreamResolver,
    private readonly options: StreamManagerOptions,
    private readonly handlers: StreamHandlers,
    private readonly world: StreamWorld,
  ) {
    const { clock, random } = world;
    const { fps, batchProcessing } = options.picture;
    this.#since = unixSeconds(clock);
    this.#policy = new ConnectionPolicy(clock, options.connection, random);
    this.#meter = new StreamMeter(clock);
    this.#captureClock = new CaptureClock(fps);
    const onError = (error: unknown): void => world.onError?.(error);
    this.#frames = new FrameOutlet({
      clock,
      batches: batchProcessing,
      capacity: options.framesWaitingMax ?? Math.max(10, Math.ceil(fps * 10)),
      deliver: (frames) => handlers.onFrames(frames),
      onDropped: () => this.#meter.add('framesDropped'),
      onDelivered: (newest, count) => this.#meter.noteFrames(newest, count),
      onError,
    });
    this.#sound = handlers.onSound ? new SoundOutlet((sound) => handlers.onSound?.(sound), onError) : null;
  }

  start(): void {
    if (this.#running || this.#abort.signal.aborted) return;
    this.#tell(null, null, null);
    this.#running = this.#run(this.#abort.signal).catch((error: unknown) => {
      if (!this.#abort.signal.aborted) this.#fail(error);
    });
  }

  health(): StreamHealth {
    return this.#meter.health(this.#state, this.#since, this.#policy.attempts);
  }

  async close(): Promise<void> {
    if (!FINAL.has(this.#state)) this.#enter('closed');
    this.#abort.abort();
    this.#frames.close();
    this.#sound?.close();
    await this.#running;
  }

  async #run(signal: AbortSignal): Promise<void> {
    for (;;) {
      const failure = await this.#connect(signal);
      signal.throwIfAborted();
      if (!failure) {
        await this.#frames.whenEmpty();
        if (this.handlers.whenDone) await doneOrAborted(this.handlers.whenDone(), signal);
        signal.throwIfAborted();
        return this.#enter('ended');
      }
      this.#meter.noteError(failure);
      const step = this.#policy.afterFailure(failure);
      if (step.kind === 'give_up') return this.#fail(failure);
      const retryAt = unixSeconds(this.world.clock) + step.waitMs / 1000;
      this.#enter(this.#stateBetween(failure), failure, retryAt);
      await wait(this.world.clock, step.waitMs, signal);
      if (this.#policy.wasUp) this.#meter.add('reconnects');
    }
  }

  /** One connection, from finding the stream to its end. Null when what was recorded has been played. */
  async #connect(signal: AbortSignal): Promise<StreamError | null> {
    try {
      const stream = await this.resolver.resolve(signal);
      this.#noteResolved(stream);
      if (stream.kind === 'direct') await this.#playDirect(stream, signal);
      else await this.#play(stream, signal);
      return null;
    } catch (error) {
      if (signal.aborted || error instanceof StreamError) return error as StreamError;
      this.world.onError?.(error);
      return new StreamError('upstream');
    }
  }

  async #play(stream: ResolvedHls, signal: AbortSignal): Promise<void> {
    const { clock, http } = this.world;
    const startsWithinMs = this.#policy.wasUp ? 0 : STARTS_WITHIN_MS;
    const deliver = (sound: StreamSound): void => this.#sound?.push(sound);
    const onFailure = (error: StreamError): void => this.#meter.noteError(error);
    const track = this.#sound && soundTrackOf(stream, this.world, { startsWithinMs, deliver, onFailure });
    const decoder = this.world.openDecoder(
      {
        picture: this.options.picture,
        wantsSound: this.#sound !== null && !track,
        skipsDisposable: leavesOutDisposable(stream.variant, this.options.picture.fps),
      },
      {
        frame: (frame) => {
          player.noteFrame();
          this.#takeFrame(frame);
        },
        sound: deliver,
        damaged: () => {
          this.#meter.add('damaged');
          player.noteDamage();
        },
      },
    );
    const events = this.#playerEvents((durationS) => track?.notePictures(durationS));
    const player = new HlsPlayer({ clock, http, decoder, stream, events, startsWithinMs });
    await (track ? track.playBeside(() => player.play(signal)) : player.play(signal));
  }

  async #playDirect(stream: ResolvedDirect, signal: AbortSignal): Promise<void> {
    const { playDirect } = this.world;
    if (!playDirect) throw new StreamError('unsupported');
    const { picture } = this.options;
    const options = { picture, wantsSound: this.#sound !== null, skipsDisposable: false };
    this.#meter.clock = 'estimated';
    const output = {
      frame: (frame: DecodedFrame) => this.#takeFrame(frame),
      sound: (sound: StreamSound) => this.#sound?.push(sound),
      stalled: () => this.#stall(),
    };
    await playDirect(stream, options, output, signal);
  }

  #playerEvents(onContent: (durationS: number) => void): PlayerEvents {
    const { clock } = this.world;
    return {
      playlist: ({ serverTimeS }) => {
        if (serverTimeS !== null) this.#meter.clockOffsetS = serverTimeS - unixSeconds(clock);
      },
      content: ({ isEstimated, durationS }) => {
        onContent(durationS);
        this.#frames.allow(SEGMENTS_WAITING * durationS * this.options.picture.fps);
        this.#meter.clock = isEstimated ? 'estimated' : 'broadcaster';
        if (this.#state === 'stalled') this.#enter('live');
      },
      adBreakStarted: (about) => this.#startAdBreak(about),
      adSegment: (durationS) => {
        this.#adBreakS += durationS;
        this.#meter.add('adSeconds', durationS);
        if (this.#state === 'stalled') this.#enter('ad_break');
      },
      adBreakEnded: () => {
        this.#notify({ type: 'ad_break_ended', durationS: this.#adBreakS });
        this.#enter('live');
      },
      skipped: (count) => {
        this.#meter.add('skipped', count);
        this.#notify({ type: 'segments_skipped', count });
      },
      decoded: (bytes) => {
        this.#meter.add('bytes', bytes);
        this.#meter.add('decoded');
      },
      stalled: () => this.#stall(),
      roomy: () => this.#frames.whenRoomy(),
    };
  }

  #stall(): void {
    this.#meter.add('stalls');
    this.#enter('stalled', new StreamError('stalled'));
  }

  #startAdBreak(about: { readonly roll: string | null; readonly durationS: number | null }): void {
    this.#adBreakS = 0;
    this.#meter.add('adBreaks');
    this.#policy.noteUp();
    this.#notify({ type: 'ad_break_started', ...about });
    this.#enter('ad_break');
  }

  #takeFrame({ jpeg, capturedAt, sourceWidth, sourceHeight }: DecodedFrame): void {
    if (this.#abort.signal.aborted) return;
    this.#noteSourceSize(sourceWidth, sourceHeight);
    const at = this.#captureClock.rising(capturedAt);
    if (at === null) return;
    if (this.#state !== 'live' && this.#state !== 'ad_break') this.#enter('live');
    this.#policy.noteUp();
    const { width, height } = this.options.picture;
    this.#frames.push({ jpeg, width, height, capturedAt: at, sequence: ++this.#sequence });
  }

  #noteSourceSize(width: number, height: number): void {
    const known = this.#sourceSize;
    if (known?.width === width && known.height === height) return;
    this.#sourceSize = { width, height };
    if (known) this.#notify({ type: 'resolution_changed', width, height });
  }

  #noteResolved({ variant, broadcastId, ...stream }: ResolvedStream): void {
    const known = this.#meter.variant;
    const isSame = known?.name === variant.name && known.height === variant.height && known.choice === variant.choice;
    this.#meter.variant = variant;
    if (stream.kind === 'hls') this.#meter.clockOffsetS = stream.clockOffsetS ?? 0;
    if (!isSame) this.#notify({ type: 'variant_chosen', variant });
    if (broadcastId === null) return;
    if (this.#broadcastId !== null && this.#broadcastId !== broadcastId) {
      this.#meter.add('restarts');
      this.#notify({ type: 'restarted' });
    }
    this.#broadcastId = broadcastId;
  }

  #stateBetween(failure: StreamError): StreamState {
    if (!this.#policy.wasUp) return 'connecting';
    return failure.code === 'offline' || failure.code === 'offline_or_restricted' ? 'offline' : 'reconnecting';
  }

  #fail(error: unknown): void {
    const failure = error instanceof StreamError ? error : new StreamError('upstream');
    if (failure !== error) this.world.onError?.(error);
    this.#meter.noteError(failure);
    this.#frames.close();
    this.#sound?.close();
    this.#enter('failed', failure);
  }

  #enter(state: StreamState, error: StreamError | null = null, retryAt: number | null = null): void {
    if (this.#abort.signal.aborted || FINAL.has(this.#state)) return;
    // Further attempts are told of as well; anything else only when it changes.
    if (state === this.#state && retryAt === null) return;
    const previous = this.#state;
    if (state !== previous) this.#since = unixSeconds(this.world.clock);
    this.#state = state;
    this.#tell(previous, error, retryAt);
  }

  #tell(previous: StreamState | null, error: StreamError | null, retryAt: number | null): void {
    const { attempts } = this.#policy;
    const at = unixSeconds(this.world.clock);
    this.#guarded(() => this.handlers.onState?.({ state: this.#state, previous, at, error, attempts, retryAt }));
  }

  #notify(notice: StreamNotice): void {
    if (this.#abort.signal.aborted) return;
    this.#guarded(() => this.handlers.onNotice?.(notice));
  }

  #guarded(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.world.onError?.(error);
    }
  }
}
