import { isIP } from 'node:net';
import { fileURLToPath } from 'node:url';

import { checkStreamUrl, StreamError } from '@jiga/streams';

export interface AddressRules {
  /** As JIGA_STREAM_ALLOWED_HOSTS has them. */
  readonly allowedHosts: readonly string[];
  /** Absolute; null = no files. */
  readonly filesDirectory: string | null;
  /** Absolute paths of the clips that come with the server, by the name in `sample:<name>`. */
  readonly samples: Readonly<Record<string, string>>;
}

/** Where a stream is, checked as far as that can be done without opening anything. */
export type StreamAddress =
  | { readonly kind: 'hls'; readonly url: string }
  | { readonly kind: 'rtmp' | 'rtsp'; readonly url: string }
  | { readonly kind: 'sample'; readonly path: string }
  | { readonly kind: 'file'; readonly path: string };

/** `off`: the operator has to allow it first; `refused`: the client has to name another. `detail` repeats no address. */
export interface AddressRefusal {
  readonly kind: 'off' | 'refused';
  readonly detail: string;
}

const HOSTS_OFF: AddressRefusal = {
  kind: 'off',
  detail: 'This server fetches streams only from hosts that its operator names in JIGA_STREAM_ALLOWED_HOSTS.',
};
const FILES_OFF: AddressRefusal = {
  kind: 'off',
  detail: 'This server plays files only from the directory that its operator names in JIGA_STREAM_FILES_DIR.',
};
const HOST_REFUSED: AddressRefusal = {
  kind: 'refused',
  detail:
    'url must lead to a host that the operator of this server allows, without a user, by https unless the host is named',
};
const DEFAULT_PORTS: Readonly<Record<string, string>> = { 'rtmp:': '1935', 'rtsp:': '554' };

/** Reads the address of a `stream_url` session. */
export function readStreamAddress(text: string, rules: AddressRules): StreamAddress | AddressRefusal {
  const url = URL.parse(text.trim());
  switch (url?.protocol) {
    case 'sample:':
      return sample(url.pathname, rules.samples);
    case 'file:':
      return file(url, rules);
    case 'http:':
    case 'https:':
      return hls(url, rules.allowedHosts);
    case 'rtmp:':
      return direct('rtmp', url, rules.allowedHosts);
    case 'rtsp:':
      return direct('rtsp', url, rules.allowedHosts);
    default:
      return { kind: 'refused', detail: 'url must be an https, rtmp, rtsp, file or sample URL' };
  }
}

export const isRefusal = (address: StreamAddress | AddressRefusal): address is AddressRefusal =>
  address.kind === 'off' || address.kind === 'refused';

function sample(name: string, samples: AddressRules['samples']): StreamAddress | AddressRefusal {
  const path = Object.hasOwn(samples, name) ? samples[name] : undefined;
  if (path !== undefined) return { kind: 'sample', path };
  return { kind: 'refused', detail: `url must name one of the samples ${Object.keys(samples).join(', ')}` };
}

/** Whether the path stays in the directory is asked of the file system when the file is opened. */
function file(url: URL, { filesDirectory, samples }: AddressRules): StreamAddress | AddressRefusal {
  const path = pathOf(url);
  if (path === null) return { kind: 'refused', detail: 'url must be the file URL of a path on this machine' };
  if (Object.values(samples).includes(path)) return { kind: 'sample', path };
  return filesDirectory === null ? FILES_OFF : { kind: 'file', path };
}

function pathOf(url: URL): string | null {
  if (url.search || url.hash) return null;
  try {
    const path = fileURLToPath(url);
    return path.includes('\0') ? null : path;
  } catch {
    return null;
  }
}

function hls(url: URL, allowedHosts: readonly string[]): StreamAddress | AddressRefusal {
  if (allowedHosts.length === 0) return HOSTS_OFF;
  try {
    return { kind: 'hls', url: checkStreamUrl(url.href, { builtIn: [], named: allowedHosts }).href };
  } catch (error) {
    if (error instanceof StreamError) return HOST_REFUSED;
    throw error;
  }
}

/** ffmpeg looks the name up and connects by itself, so the host must be written out in the list: a suffix will not do. */
function direct(kind: 'rtmp' | 'rtsp', url: URL, allowedHosts: readonly string[]): StreamAddress | AddressRefusal {
  if (allowedHosts.length === 0) return HOSTS_OFF;
  const host = url.hostname.toLowerCase().replace(/^\[(.*)\]$/, '$1');
  const port = url.port || (DEFAULT_PORTS[url.protocol] ?? '');
  const withPort = isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`;
  const isNamed = host !== '' && (allowedHosts.includes(host) || allowedHosts.includes(withPort));
  if (!isNamed || url.username || url.password) return HOST_REFUSED;
  return { kind, url: url.href };
}
