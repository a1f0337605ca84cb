import { loadConfig } from '@jiga/platform';
import {
  GuardedHttp,
  StreamError,
  type StreamFrame,
  type StreamNotice,
  type StreamState,
  type StreamStateChange,
} from '@jiga/streams';
import { FakeDecoders, FakeTwitch, FakeTwitchTransport, turn, VirtualClock, type FakeChannel } from '@jiga/testing';
import { TwitchResolver, TwitchStreamManager, twitchService, type TwitchStreamParameters } from '@jiga/twitch';

const STEP_MS = 250;

/** A Twitch stream against a fake Twitch, all on a virtual clock: no socket, no process. */
export class StreamRig {
  readonly clock = new VirtualClock();
  readonly twitch = new FakeTwitch({
    nowMs: () => this.clock.nowMs() + this.serverAheadMs,
    origins: { playlist: 'https://pop1.playlist.ttvnw.net', segment: 'https://d1.j.cloudfront.hls.ttvnw.net' },
  });
  readonly transport = new FakeTwitchTransport(this.twitch, this.clock);
  readonly decoders = new FakeDecoders(() => new StreamError('bad_media'));
  readonly frames: StreamFrame[] = [];
  readonly changes: StreamStateChange[] = [];
  readonly notices: StreamNotice[] = [];
  readonly errors: unknown[] = [];
  readonly managers: TwitchStreamManager[] = [];
  readonly channel: FakeChannel;
  /** How much the fake's clock is ahead of ours. */
  serverAheadMs = 0;
  addresses: (host: string) => readonly string[] = () => ['93.184.216.34'];
  resolving = (host: string): Promise<{ address: string; family: number }[]> =>
    Promise.resolve(this.addresses(host).map((address) => ({ address, family: 4 })));
  onFrames: (frames: readonly StreamFrame[]) => void | Promise<void> = () => undefined;
  environment: Record<string, string> = {};
  random: () => number = () => 0.5;
  /** Ways of asking for a token that the fake did not take. */
  readonly refused: string[] = [];
  #service: ReturnType<typeof twitchService> | null = null;
  #http: GuardedHttp | null = null;

  constructor(readonly login = 'somebody') {
    this.channel = this.twitch.channel(login).goLive();
  }

  get states(): StreamState[] {
    return this.changes.map(({ state }) => state);
  }

  get service(): ReturnType<typeof twitchService> {
    const { clock, transport } = this;
    this.#http ??= new GuardedHttp({
      clock,
      transport,
      resolve: (host) => this.resolving(host),
    });
    return (this.#service ??= {
      ...twitchService(loadConfig(this.environment), clock, this.#http, () => 0.5),
      onRefused: (query) => void this.refused.push(query),
    });
  }

  /** A manager that is not started yet. */
  manager(parameters: Partial<TwitchStreamParameters> = {}): TwitchStreamManager {
    const { clock, service } = this;
    const manager = new TwitchStreamManager(
      { channelName: this.login, ...parameters },
      {
        onFrames: (frames) => {
          this.frames.push(...frames);
          return this.onFrames(frames);
        },
        onState: (change) => this.changes.push(change),
        onNotice: (notice) => this.notices.push(notice),
      },
      {
        clock,
        http: service.http,
        openDecoder: this.decoders.opener,
        random: () => this.random(),
        onError: (error) => this.errors.push(error),
        resolverFor: (wish) => new TwitchResolver(service, wish),
        connection: { retryDelayMs: 5000, windowMs: 600_000 },
      },
    );
    this.managers.push(manager);
    return manager;
  }

  /** Starts a stream and lets time pass. */
  async play(seconds: number, parameters: Partial<TwitchStreamParameters> = {}): Promise<TwitchStreamManager> {
    const manager = this.manager(parameters);
    manager.start();
    await this.run(seconds);
    return manager;
  }

  async run(seconds: number): Promise<void> {
    await turn();
    for (let passedMs = 0; passedMs < seconds * 1000; passedMs += STEP_MS) {
      this.clock.advance(STEP_MS);
      await turn();
    }
  }

  noticed<T extends StreamNotice['type']>(type: T): Extract<StreamNotice, { type: T }>[] {
    return this.notices.filter((notice): notice is Extract<StreamNotice, { type: T }> => notice.type === type);
  }

  lastError(): string | undefined {
    return this.managers[0]?.health().lastError?.code;
  }

  async close(): Promise<void> {
    await Promise.all(this.managers.map((manager) => manager.close()));
  }
}
