import { Inject, Injectable, Logger } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';

import { CLOCK } from '@jiga/contracts';
import type { Clock } from '@jiga/contracts';
import { locateFfmpeg } from '@jiga/media';
import type { FfmpegLocation } from '@jiga/media';
import { CONFIG, ffmpegSearch, Shutdown } from '@jiga/platform';
import type { JigaConfig } from '@jiga/platform';
import { ffmpegDecoders, ffmpegDirect, GuardedHttp, StreamManager } from '@jiga/streams';
import type {
  ConnectionPolicyOptions,
  StreamHandlers,
  StreamIngest,
  StreamPictureOptions,
  StreamResolver,
  StreamWorld,
} from '@jiga/streams';

/** What all streams of this server share: the way out, the decoder, the policy of connections. */
@Injectable()
export class StreamWorldService implements OnModuleInit {
  readonly http: GuardedHttp;
  readonly world: StreamWorld;
  readonly #log = new Logger('Streams');
  #ffmpeg: FfmpegLocation | null = null;

  constructor(
    @Inject(CLOCK) readonly clock: Clock,
    @Inject(CONFIG) private readonly config: JigaConfig,
    @Inject(Shutdown) private readonly shutdown: Shutdown,
  ) {
    this.http = new GuardedHttp({ clock });
    this.world = {
      clock,
      http: this.http,
      ...ffmpegDecoders(() => this.#locate(), clock),
      playDirect: ffmpegDirect(() => this.#locate(), clock),
      onError: (error) => this.#log.error('A stream met something unforeseen', { err: error }),
    };
  }

  async onModuleInit(): Promise<void> {
    this.shutdown.register('storage', 'stream connections', () => this.http.close());
    const ffmpeg = await this.#locate();
    if (ffmpeg.found && ffmpeg.warning !== undefined) this.#log.warn(ffmpeg.warning);
  }

  /** What keeps every stream from being decoded; null = nothing. */
  get obstacle(): string | null {
    const ffmpeg = this.#ffmpeg;
    return ffmpeg === null || ffmpeg.found
      ? null
      : `This server has no ffmpeg to decode streams with. ${ffmpeg.remedy}`;
  }

  get connection(): ConnectionPolicyOptions {
    const { retryDelayMs, reconnectWindowMs } = this.config.streams;
    return { retryDelayMs, reconnectDelayMs: retryDelayMs, windowMs: reconnectWindowMs };
  }

  /** A stream that is found by this resolver. */
  open(resolver: StreamResolver, picture: StreamPictureOptions, handlers: StreamHandlers): StreamIngest {
    return new StreamManager(resolver, { picture, connection: this.connection }, handlers, this.world);
  }

  async #locate(): Promise<FfmpegLocation> {
    const { ffmpegPath } = this.config.streams;
    this.#ffmpeg ??= await locateFfmpeg({
      ...ffmpegSearch(),
      ...(ffmpegPath !== null && { configuredPath: ffmpegPath }),
    });
    return this.#ffmpeg;
  }
}
