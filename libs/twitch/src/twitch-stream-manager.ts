import {
  StreamManager,
  type ConnectionPolicyOptions,
  type StreamHandlers,
  type StreamHealth,
  type StreamIngest,
  type StreamResolver,
  type StreamWorld,
} from '@jiga/streams';

import { channelLogin } from './channel-name.js';

/** The parameters of a Twitch stream, with their defaults in {@link twitchDefaults}. Seconds and pixels. */
export interface TwitchStreamParameters {
  /** A name, `@name`, or the address of the channel's page. */
  readonly channelName: string;
  /** `best` (for the size looked at), `worst`, `source`, or a name such as `720p60`. */
  readonly quality?: string;
  readonly fps?: number;
  /** Before a stream that was up is connected again, in seconds. */
  readonly reconnectDelay?: number;
  readonly highSpeedMode?: boolean;
  readonly targetResolution?: readonly [width: number, height: number];
  /** 1–100 */
  readonly jpegQuality?: number;
  /** Hands the frames of a segment over together. */
  readonly batchProcessing?: boolean;
}

/** What holds where a parameter is not given: high speed looks more often at smaller pictures. */
export function twitchDefaults(highSpeedMode: boolean): Required<Omit<TwitchStreamParameters, 'channelName'>> {
  return {
    quality: 'best',
    fps: highSpeedMode ? 5 : 2,
    reconnectDelay: 5,
    highSpeedMode,
    targetResolution: highSpeedMode ? [480, 270] : [640, 360],
    jpegQuality: highSpeedMode ? 30 : 50,
    batchProcessing: highSpeedMode,
  };
}

export interface TwitchStreamWorld extends StreamWorld {
  /** Makes the resolver, or the chain of them, for a channel. */
  readonly resolverFor: (wish: { login: string; quality: string; height: number }) => StreamResolver;
  readonly connection: Omit<ConnectionPolicyOptions, 'reconnectDelayMs'>;
}

/** A Twitch channel as a stream. The constructor throws StreamError `invalid_channel` for what is no channel name. */
export class TwitchStreamManager implements StreamIngest {
  readonly parameters: Required<TwitchStreamParameters>;
  readonly #stream: StreamManager;

  constructor(parameters: TwitchStreamParameters, handlers: StreamHandlers, world: TwitchStreamWorld) {
    const given = Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== undefined));
    const defaults = twitchDefaults(parameters.highSpeedMode ?? false);
    const login = channelLogin(parameters.channelName);
    this.parameters = { ...defaults, ...given, channelName: login };
    const { quality, fps, reconnectDelay, targetResolution, jpegQuality, batchProcessing } = this.parameters;
    const [width, height] = targetResolution;
    this.#stream = new StreamManager(
      world.resolverFor({ login, quality, height }),
      {
        picture: { fps, width, height, jpegQuality, batchProcessing },
        connection: { ...world.connection, reconnectDelayMs: reconnectDelay * 1000 },
      },
      handlers,
      world,
    );
  }

  start(): void {
    this.#stream.start();
  }

  health(): StreamHealth {
    return this.#stream.health();
  }

  close(): Promise<void> {
    return this.#stream.close();
  }
}
