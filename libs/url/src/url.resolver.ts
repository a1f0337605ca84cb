import { dirname } from 'node:path';

import { openPlaylist, StreamError } from '@jiga/streams';
import type {
  ResolvedDirect,
  ResolvedStream,
  StreamHttp,
  StreamResolver,
  StreamVariant,
  VariantWish,
} from '@jiga/streams';

import type { AddressRules, StreamAddress } from './stream-address.js';
import { openableFile } from './stream-file.js';

export interface UrlResolverDeps {
  readonly address: StreamAddress;
  readonly rules: AddressRules;
  readonly wish: VariantWish;
  readonly http: StreamHttp;
}

/** A stream at an address that the client gave and the operator allows. */
export class UrlResolver implements StreamResolver {
  readonly service = 'url';

  constructor(private readonly deps: UrlResolverDeps) {}

  async resolve(signal: AbortSignal): Promise<ResolvedStream> {
    const { address, rules } = this.deps;
    if (address.kind === 'hls') return this.#resolveHls(address.url, signal);
    if (address.kind === 'sample') return this.#file(address.path, dirname(address.path));
    if (address.kind !== 'file') return this.#direct({ protocol: address.kind, url: address.url, isLive: true });
    if (rules.filesDirectory === null) throw new StreamError('blocked_url');
    return this.#file(address.path, rules.filesDirectory);
  }

  async #resolveHls(url: string, signal: AbortSignal): Promise<ResolvedStream> {
    const { http, wish, rules } = this.deps;
    const hosts = { builtIn: [], named: rules.allowedHosts };
    const opened = await openPlaylist(http, { url, hosts, headers: {}, wish }, signal);
    return { kind: 'hls', ...opened, headers: {}, hosts, broadcastId: null, expiresAt: null };
  }

  async #file(path: string, directory: string): Promise<ResolvedStream> {
    return this.#direct({ protocol: 'file', url: await openableFile(path, directory), isLive: false });
  }

  #direct(stream: Pick<ResolvedDirect, 'protocol' | 'url' | 'isLive'>): ResolvedDirect {
    return { kind: 'direct', ...stream, variant: this.#onlyVariant, broadcastId: null, expiresAt: null };
  }

  get #onlyVariant(): StreamVariant {
    const unknown = { name: null, width: null, height: null, fps: null, bitsPerSecond: null };
    return { ...unknown, isSource: true, requested: this.deps.wish.quality, choice: 'only' };
  }
}
